package dev.heartbeat.examples.load;

import com.sun.management.UnixOperatingSystemMXBean;
import dev.heartbeat.HeartbeatPolicy;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A real load: as many connections as the descriptors of a process allow, on a Tyrus and on a Netty server, with the
 * heartbeat off and on, without and with the hold that so many silent peers cause; they talk, then they are quiet, then half
 * of them go mute at once. The clients live in this process, each server in one of its own. Prints a table.
 *
 * <p>Options: {@code --connections N}; {@code --quick} with short settings, which only shows that everything runs. Exit
 * status: 0 if every mute peer was reaped and no living one, 1 if not.
 */
public final class Load {

    private static final int SPARE_DESCRIPTORS = 1_000;
    private static final int MOST_CONNECTIONS = 100_000;
    private static final Duration LOOK = Duration.ofSeconds(1);

    private final int connections;
    private final HeartbeatPolicy policy;
    private final boolean quick;
    private final Duration phase;
    private final PrintStream out;
    private boolean passed = true;

    private Load(int connections, HeartbeatPolicy policy, boolean quick, PrintStream out) {
        this.connections = connections;
        this.policy = policy;
        this.quick = quick;
        this.phase = policy.pingInterval().multipliedBy(5).dividedBy(2);
        this.out = out;
    }

    /**
     * Runs everything and exits with its status.
     *
     * @param args options
     * @throws IOException if a server or a connection fails
     */
    public static void main(String[] args) throws IOException {
        System.exit(run(List.of(args), System.out));
    }

    /** The program but for the exit, so that a test can run it. */
    static int run(List<String> args, PrintStream out) throws IOException {
        boolean quick = args.contains("--quick");
        int option = args.indexOf("--connections");
        int connections = option < 0 ? asManyAsAllowed() : Integer.parseInt(args.get(option + 1));
        // A fifth of the usual silence, so that the program is done soon; that makes five times as many pings.
        Duration unit = quick ? Duration.ofMillis(250) : Duration.ofSeconds(3);
        HeartbeatPolicy policy = HeartbeatPolicy.builder()
                .pingInterval(unit.multipliedBy(2))
                .pongTimeout(unit)
                .reapAfter(unit.multipliedBy(quick ? 24 : 2))
                .holdCap(unit.multipliedBy(8))
                .build();
        Load load = new Load(connections, policy, quick, out);
        load.run();
        return load.passed ? 0 : 1;
    }

    private static int asManyAsAllowed() {
        long most =
                ((UnixOperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getMaxFileDescriptorCount();
        return (int) Math.max(1, Math.min(MOST_CONNECTIONS, most - SPARE_DESCRIPTORS));
    }

    private void run() throws IOException {
        out.printf(
                "%,d connections, %s; a word every %d ms while they talk%n%n",
                connections, policy, wordEvery().toMillis());
        out.println(
                "| Server | CPU, talking, ms/s | CPU, quiet, ms/s | heap, bytes each | threads | mute | reaped | median, s"
                        + " | 99 of 100, s | last, s | descriptors freed | living peers lost |");
        out.println("|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|");
        for (String server : List.of("tyrus", "netty")) {
            run(server, "off", null);
            if (!quick) {
                run(
                        server,
                        "on, no hold",
                        policy.toBuilder().holdCap(Duration.ZERO).build());
            }
            run(server, "on", policy);
        }
    }

    private void run(String server, String heartbeat, @Nullable HeartbeatPolicy watching) throws IOException {
        try (Measured measured = new Measured(server, watching);
                RawClients clients = new RawClients()) {
            Sample empty = measured.ask("weigh");
            clients.open(connections, measured.port());
            clients.speak(phase, wordEvery());
            measured.ask("begin");
            clients.speak(phase, wordEvery());
            double talking = measured.ask("look").cpu();
            clients.serve(phase);
            measured.ask("begin");
            clients.serve(phase);
            Sample quiet = measured.ask("weigh");
            measured.ask("mute");
            int mute = clients.muteHalf();
            Sample after = watching == null ? quiet : awaitReaps(measured, clients, mute);
            passed &= watching == null || (after.reaped() == mute && clients.lostAlive() == 0);
            out.printf(
                    Locale.ROOT,
                    "| %s, heartbeat %s | %.1f | %.1f | %,d | %d | %,d | %,d | %.1f | %.1f | %.1f | %,d | %d |%n",
                    server,
                    heartbeat,
                    talking,
                    quiet.cpu(),
                    (quiet.heap() - empty.heap()) / connections,
                    quiet.threads(),
                    mute,
                    after.reaped(),
                    after.median() / 1e3,
                    after.most() / 1e3,
                    after.latest() / 1e3,
                    quiet.descriptors() - after.descriptors(),
                    clients.lostAlive());
        }
    }

    /** Until all are reaped and freed, or ten times as long as that may take has passed. */
    private Sample awaitReaps(Measured measured, RawClients clients, int mute) throws IOException {
        long descriptors = measured.ask("look").descriptors();
        long deadline = System.nanoTime()
                + policy.detectionTime().multipliedBy(10).plusMinutes(1).toNanos();
        while (true) {
            clients.serve(LOOK);
            Sample sample = measured.ask("look");
            boolean all = sample.reaped() >= mute && descriptors - sample.descriptors() >= mute;
            if (all || System.nanoTime() - deadline > 0) {
                return sample;
            }
        }
    }

    /** Often enough that nobody needs to be pinged. */
    private Duration wordEvery() {
        return policy.pingInterval().multipliedBy(2).dividedBy(3);
    }

    /** The process of a server. */
    private static final class Measured implements AutoCloseable {
        private final Process process;
        private final PrintStream commands;
        private final BufferedReader answers;
        private final int port;

        Measured(String server, @Nullable HeartbeatPolicy policy) throws IOException {
            List<String> settings = policy == null
                    ? List.of("off")
                    : List.of(
                            String.valueOf(policy.pingInterval().toMillis()),
                            String.valueOf(policy.pongTimeout().toMillis()),
                            String.valueOf(policy.reapAfter().toMillis()),
                            String.valueOf(policy.holdCap().toMillis()));
            ProcessBuilder builder = new ProcessBuilder(
                            ProcessHandle.current().info().command().orElse("java"),
                            "-XX:+UseParallelGC",
                            "-Dorg.slf4j.simpleLogger.defaultLogLevel=error",
                            "-cp",
                            System.getProperty("java.class.path"),
                            LoadServer.class.getName(),
                            server)
                    .redirectError(ProcessBuilder.Redirect.INHERIT);
            builder.command().addAll(settings);
            process = builder.start();
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
}
