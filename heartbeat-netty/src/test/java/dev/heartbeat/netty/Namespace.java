package dev.heartbeat.netty;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Scanner;
import java.util.concurrent.TimeUnit;

/**
 * A network namespace joined to this one by a pair of virtual links, so that a peer in it can really vanish: no frame, no
 * FIN, no RST. Needs root and {@code ip}.
 */
final class Namespace implements Closeable {

    private static final long ID = ProcessHandle.current().pid();

    /** Other than that of the link that an earlier process may have left behind. */
    private static final long LINK = ID / 250 % 64;

    /** This side's address; only the virtual link has it. */
    static final String SERVER = "10.232." + ID % 250 + "." + (4 * LINK + 1);

    private static final String PEER = "10.232." + ID % 250 + "." + (4 * LINK + 2);
    private static final String NAME = "heartbeat-netty-" + ID;
    private static final String OUTER = "hn" + ID + "o";
    private static final String INNER = "hn" + ID + "i";

    private final List<Process> peers = new ArrayList<>();

    private Namespace() {}

    /** Makes it, or skips the test where that cannot be done. */
    static Namespace open() throws IOException, InterruptedException {
        assumeTrue("root".equals(System.getProperty("user.name")), "network namespaces need root");
        assumeTrue(succeeds("ip", "-V"), "network namespaces need the command ip");
        Namespace namespace = new Namespace();
        namespace.close();
        assumeTrue(succeeds("ip", "netns", "add", NAME), "this machine allows no network namespace");
        try {
            run("ip", "link", "add", OUTER, "type", "veth", "peer", "name", INNER, "netns", NAME);
            run("ip", "address", "add", SERVER + "/30", "dev", OUTER);
            run("ip", "link", "set", OUTER, "up");
            run("ip", "-n", NAME, "address", "add", PEER + "/30", "dev", INNER);
            run("ip", "-n", NAME, "link", "set", INNER, "up");
            return namespace;
        } catch (IOException | RuntimeException failed) {
            namespace.close();
            throw failed;
        }
    }

    /** Starts a live peer of a server over there, and returns the port it comes from. */
    int startPeer(int port) throws IOException {
        List<String> command = List.of(
                "ip",
                "netns",
                "exec",
                NAME,
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-cp",
                PeerMain.classes(),
                PeerMain.class.getName(),
                SERVER,
                Integer.toString(port));
        Process peer = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        peers.add(peer);
        return new Scanner(peer.getInputStream(), StandardCharsets.US_ASCII).nextInt();
    }

    /** Takes the peer's side of the link down: from now on nothing arrives, and nobody is told. */
    void cutTheLink() throws IOException, InterruptedException {
        run("ip", "-n", NAME, "link", "set", INNER, "down");
    }

    @Override
    public void close() throws IOException {
        peers.forEach(Process::destroyForcibly);
        try {
            for (Process peer : peers) {
                peer.waitFor(30, TimeUnit.SECONDS);
            }
            succeeds("ip", "link", "delete", OUTER);
            succeeds("ip", "netns", "delete", NAME);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static void run(String... command) throws IOException, InterruptedException {
        if (!succeeds(command)) {
            throw new IOException("failed: " + String.join(" ", command));
        }
    }

    private static boolean succeeds(String... command) throws InterruptedException {
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return process.waitFor(30, TimeUnit.SECONDS) && process.exitValue() == 0;
        } catch (IOException missing) {
            return false;
        }
    }
}
