package dev.heartbeat.examples.load;

import dev.heartbeat.HeartbeatPolicy;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Many connections to a Tyrus and to a Netty server, with the heartbeat off and on, without and with the hold that so many
 * silent peers cause; they talk, then they are quiet, then half of them go mute at once. The clients live in this process,
 * each server in one of its own. Prints a table.
 */
final class LoadRun {

    private static final Duration LOOK = Duration.ofSeconds(1);

    private final int connections;
    private final HeartbeatPolicy policy;
    private final boolean quick;
    private final Duration phase;
    private final PrintStream out;
    private boolean passed = true;

    LoadRun(int connections, HeartbeatPolicy policy, boolean quick, PrintStream out) {
        this.connections = connections;
        this.policy = policy;
        this.quick = quick;
        this.phase = policy.pingInterval().multipliedBy(5).dividedBy(2);
        this.out = out;
    }

    /** Whether every mute peer was reaped, and no living one. */
    boolean run() throws IOException {
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
        return passed;
    }

    private void run(String server, String heartbeat, @Nullable HeartbeatPolicy watching) throws IOException {
        try (ServerProcess measured = new ServerProcess(server, watching);
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
    private Sample awaitReaps(ServerProcess measured, RawClients clients, int mute) throws IOException {
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
}
