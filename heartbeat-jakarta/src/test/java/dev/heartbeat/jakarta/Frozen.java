package dev.heartbeat.jakarta;

import java.io.Closeable;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Scanner;
import java.util.concurrent.TimeUnit;

/** A live peer in a process of its own, which can be frozen: its kernel goes on acknowledging, the process does nothing. */
final class Frozen implements Closeable {

    private final Process process;
    private final int port;

    private Frozen(Process process) {
        this.process = process;
        this.port = new Scanner(process.getInputStream(), StandardCharsets.US_ASCII).nextInt();
    }

    static Frozen start(URI address) throws IOException {
        return new Frozen(new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx64m",
                        "-cp",
                        PeerMain.classes(),
                        PeerMain.class.getName(),
                        address.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start());
    }

    int localPort() {
        return port;
    }

    void freeze() throws IOException, InterruptedException {
        signal("-STOP");
    }

    private void signal(String name) throws IOException, InterruptedException {
        new ProcessBuilder("kill", name, Long.toString(process.pid())).start().waitFor(30, TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
