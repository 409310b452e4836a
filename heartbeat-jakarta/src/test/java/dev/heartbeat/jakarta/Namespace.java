package dev.heartbeat.jakarta;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.Closeable;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Scanner;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A network namespace joined to this one by a pair of virtual links, so that a peer in it can really vanish: no frame, no
 * FIN, no RST. Needs root and {@code ip}.
 */
final class Namespace implements Closeable {

    private static final long ID = ProcessHandle.current().pid();
    private static final AtomicInteger MADE = new AtomicInteger();

    private final int number = MADE.getAndIncrement() % 64;
    private final String name = "heartbeat-" + ID + "-" + number;
    private final String outer = "hb" + ID + "o" + number;
    private final String inner = "hb" + ID + "i" + number;
    private final List<Process> peers = new ArrayList<>();

    private Namespace() {}

    /** This side's address; only the virtual link has it. */
    String server() {
        return address(1);
    }

    private String address(int host) {
        return "10.231." + ID % 250 + "." + (4 * number + host);
    }

    /** Makes it, or skips the test where that cannot be done. */
    static Namespace open() throws IOException, InterruptedException {
        assumeTrue("root".equals(System.getProperty("user.name")), "network namespaces need root");
        assumeTrue(succeeds("ip", "-V"), "network namespaces need the command ip");
        Namespace namespace = new Namespace();
        namespace.close();
        assumeTrue(succeeds("ip", "netns", "add", namespace.name), "this machine allows no network namespace");
        try {
            run(
                    "ip",
                    "link",
                    "add",
                    namespace.outer,
                    "type",
                    "veth",
                    "peer",
                    "name",
                    namespace.inner,
                    "netns",
                    namespace.name);
            run("ip", "address", "add", namespace.address(1) + "/30", "dev", namespace.outer);
            run("ip", "link", "set", namespace.outer, "up");
            run("ip", "-n", namespace.name, "address", "add", namespace.address(2) + "/30", "dev", namespace.inner);
            run("ip", "-n", namespace.name, "link", "set", namespace.inner, "up");
            return namespace;
        } catch (IOException | RuntimeException failed) {
            namespace.close();
            throw failed;
        }
    }

    /** Starts a live peer over there, and returns the port it comes from. */
    int startPeer(URI address) throws IOException {
        List<String> command = List.of(
                "ip",
                "netns",
                "exec",
                name,
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-cp",
                PeerMain.classes(),
                PeerMain.class.getName(),
                address.toString());
        Process peer = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        peers.add(peer);
        return new Scanner(peer.getInputStream(), StandardCharsets.US_ASCII).nextInt();
    }

    /** Takes the peer's side of the link down: from now on nothing arrives, and nobody is told. */
    void cutTheLink() throws IOException, InterruptedException {
        run("ip", "-n", name, "link", "set", inner, "down");
    }

    @Override
    public void close() throws IOException {
        peers.forEach(Process::destroyForcibly);
        try {
            for (Process peer : peers) {
                peer.waitFor(30, TimeUnit.SECONDS);
            }
            succeeds("ip", "link", "delete", outer);
            succeeds("ip", "netns", "delete", name);
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
