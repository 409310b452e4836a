package dev.heartbeat.examples.load;

import dev.heartbeat.HeartbeatPolicy;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The process of a {@link LoadServer}, which ends with this. */
final class ServerProcess implements AutoCloseable {

    private final Process process;
    private final PrintStream commands;
    private final BufferedReader answers;
    private final int port;

    /** Starts a server, with a heartbeat if there is a policy. */
    ServerProcess(String server, @Nullable HeartbeatPolicy policy) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                ProcessHandle.current().info().command().orElse("java"),
                "-XX:+UseParallelGC",
                "-Dorg.slf4j.simpleLogger.defaultLogLevel=error",
                "-cp",
                System.getProperty("java.class.path"),
                LoadServer.class.getName(),
                server));
        if (policy != null) {
            command.add("--ping-interval=" + policy.pingInterval());
            command.add("--pong-timeout=" + policy.pongTimeout());
            command.add("--reap-after=" + policy.reapAfter());
            command.add("--hold-cap=" + policy.holdCap());
        }
        process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        commands = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8);
        answers = process.inputReader(StandardCharsets.UTF_8);
        port = Integer.parseInt(answer());
    }

    int port() {
        return port;
    }

    Sample ask(String command) throws IOException {
        commands.println(command);
        return Sample.parse(answer());
    }

    private String answer() throws IOException {
        String line = answers.readLine();
        if (line == null) {
            throw new IOException("the server has ended");
        }
        return line;
    }

    @Override
    public void close() {
        commands.close();
        process.destroy();
    }
}
