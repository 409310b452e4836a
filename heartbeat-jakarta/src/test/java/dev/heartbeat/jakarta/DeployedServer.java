package dev.heartbeat.jakarta;

import static dev.heartbeat.jakarta.Bench.await;

import dev.heartbeat.testkit.Descriptors;
import dev.heartbeat.testkit.RawPeer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A process that serves {@link DeployedEndpoint}, and what that has heard. */
final class DeployedServer implements AutoCloseable {

    private static final Duration START = Duration.ofMinutes(3);

    private final Process process;
    private final int port;
    private final Path events;

    private DeployedServer(Process process, int port, Path events) {
        this.process = process;
        this.port = port;
        this.events = events;
    }

    /** Returns when the server has opened a session. What the server prints is in {@code target}. */
    static DeployedServer start(ApplicationServer kind) throws IOException {
        Path directory = Files.createTempDirectory(
                Files.createDirectories(Path.of("target")).toAbsolutePath(), kind + "-");
        Path events = directory.resolve("events.tsv");
        Path war = directory.resolve("app.war");
        War.write(war, events);
        int port = freePort();
        Process process = new ProcessBuilder(
                        kind.command(war, port, Files.createDirectory(directory.resolve("server"))))
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("server.log").toFile())
                .start();
        DeployedServer server = new DeployedServer(process, port, events);
        try {
            await(kind + " serves, or tells why not in " + directory)
                    .atMost(START)
                    .pollInterval(Duration.ofMillis(250))
                    .until(server::serves);
            return server;
        } catch (RuntimeException late) {
            server.close();
            throw late;
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private boolean serves() {
        if (!process.isAlive()) {
            throw new IllegalStateException("the server has ended");
        }
        try {
            RawPeer.connect(uri("first")).close();
            return true;
        } catch (IOException | RuntimeException notYet) {
            return false;
        }
    }

    URI uri(String which) {
        return uri("127.0.0.1", which);
    }

    URI uri(String host, String which) {
        return URI.create("ws://" + host + ":" + port + "/app/watched/" + which);
    }

    boolean holds(int peerPort) {
        return Descriptors.isHeld(process.pid(), port, peerPort);
    }

    long count(String event, String which) {
        return lines().stream()
                .filter(line -> line.startsWith(event + "\t" + which + "\t"))
                .count();
    }

    /** What was told last, with the last event of a case. */
    String last(String which) {
        return lines().stream()
                .map(line -> line.split("\t", -1))
                .filter(cells -> cells[1].equals(which))
                .reduce((earlier, later) -> later)
                .map(cells -> cells[2])
                .orElse("");
    }

    private List<String> lines() {
        try {
            return Files.exists(events) ? Files.readAllLines(events) : List.of();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    @Override
    public void close() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        try {
            process.waitFor(1, TimeUnit.MINUTES);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
