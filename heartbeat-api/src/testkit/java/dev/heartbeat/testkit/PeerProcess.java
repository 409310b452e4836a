package dev.heartbeat.testkit;

import java.io.Closeable;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Scanner;

/**
 * A live peer in a process of its own, which answers pings until it is ended, frozen or cut off. A frozen one is what a hung
 * device is to its server: its kernel goes on acknowledging, the process does nothing.
 */
public final class PeerProcess implements Closeable {

    private final Process process;
    private final int port;

    private PeerProcess(Process process) throws IOException {
        this.process = process;
        try {
            this.port = new Scanner(process.getInputStream(), StandardCharsets.US_ASCII).nextInt();
        } catch (NoSuchElementException failed) {
            process.destroyForcibly();
            throw new IOException("the peer could not connect", failed);
        }
    }

    /**
     * Starts a peer on this machine's own network.
     *
     * @param server the address of the server
     * @return a peer that is connected
     * @throws IOException if there is no process, or it cannot connect
     */
    public static PeerProcess start(URI server) throws IOException {
        return new PeerProcess(start(command(server)));
    }

    /**
     * Starts a peer in a network namespace, which can be cut off.
     *
     * @param server the address of the server, as seen from there
     * @param namespace where it lives
     * @return a peer that is connected
     * @throws IOException if there is no process, or it cannot connect
     */
    public static PeerProcess start(URI server, Namespace namespace) throws IOException {
        return new PeerProcess(namespace.start(command(server)));
    }

    static Process start(List<String> command) throws IOException {
        return new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    /** The kit alone is its class path. */
    private static List<String> command(URI server) throws IOException {
        try {
            Path kit = Path.of(PeerProcess.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
            String java =
                    Path.of(System.getProperty("java.home"), "bin", "java").toString();
            return List.of(java, "-Xmx64m", "-cp", kit.toString(), PeerProcess.class.getName(), server.toString());
        } catch (URISyntaxException unlikely) {
            throw new IOException(unlikely);
        }
    }

    /**
     * The port that it comes from.
     *
     * @return its number
     */
    public int localPort() {
        return port;
    }

    /**
     * Stops the process where it is, by SIGSTOP; its kernel goes on.
     *
     * @throws IOException if it cannot be done
     */
    public void freeze() throws IOException {
        signal("STOP");
    }

    /**
     * Lets the process go on.
     *
     * @throws IOException if it cannot be done
     */
    public void thaw() throws IOException {
        signal("CONT");
    }

    private void signal(String name) throws IOException {
        if (!Processes.succeeds(List.of("kill", "-" + name, Long.toString(process.pid())))) {
            throw new IOException("no signal " + name + " for the peer");
        }
    }

    /** Kills the process; its kernel ends the connection. */
    @Override
    public void close() {
        process.destroyForcibly();
    }

    /**
     * Is the peer: connects, says from which port, and answers pings until it is killed or whoever started it is gone.
     *
     * @param args the address of the server
     * @throws IOException if it cannot connect
     */
    public static void main(String[] args) throws IOException {
        RawPeer peer = RawPeer.connect(URI.create(args[0]));
        System.out.println(peer.localPort());
        peer.live();
        while (System.in.read() >= 0) {
            // nothing is ever said
        }
    }
}
