package dev.heartbeat.netty;

import static dev.heartbeat.netty.LiveServer.await;

import dev.heartbeat.testkit.MarkdownTable;
import io.netty.channel.EventLoopGroup;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Prints how many healthy peers a server gives up after its process was stopped, with a heartbeat and with an {@code
 * IdleStateHandler}, and whether it still finds the dead that it has as well. All servers of a run are stopped together.
 */
final class PauseTable {

    private static final Duration INTERVAL = Duration.ofSeconds(2);

    /** In which the peers come, so that their pings are spread. */
    private static final Duration CONNECTING = INTERVAL;

    private static final Duration ROUND_TRIP = Duration.ofMillis(300);
    private static final Duration AFTER = Duration.ofSeconds(12);

    private final Duration before;
    private final Duration pause;
    private final int runs;
    private final int healthy;
    private final int dead;
    private final EventLoopGroup group = Transport.NIO.group(1);
    private boolean keptThePromise = true;

    private PauseTable(Duration before, Duration pause, int runs, int healthy, int dead) {
        this.before = before;
        this.pause = pause;
        this.runs = runs;
        this.healthy = healthy;
        this.dead = dead;
    }

    /** The table for a pause, of so many runs. */
    static PauseTable of(Duration pause, int runs) {
        return new PauseTable(Duration.ofSeconds(9), pause, runs, 200, 100);
    }

    /** One that is done in two minutes, and says little. */
    static PauseTable quick() {
        return new PauseTable(INTERVAL, Duration.ofSeconds(5), 1, 20, 10);
    }

    /** A Netty and a transport of it. */
    record Column(String name, Transport transport, String classPath) {}

    /** What the peers do, the dead ones until they die. */
    private enum Peers {
        IDLE,
        IDLE_300_MS_AWAY,
        TELEMETRY;

        PeerGroup peerGroup(EventLoopGroup group) {
            return this == TELEMETRY
                    ? PeerGroup.talking(group)
                    : PeerGroup.silent(group, this == IDLE_300_MS_AWAY ? ROUND_TRIP : Duration.ZERO);
        }

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT).replace('_', ' ');
        }
    }

    /** What became of the peers of one server. */
    private record Outcome(long killed, long reaped, Duration lastReap) {

        @Override
        public String toString() {
            return reaped + " within " + seconds(lastReap);
        }
    }

    /**
     * Runs everything; about half a minute and the pause for each column and run.
     *
     * @throws IllegalStateException if a heartbeat killed a live peer or left a dead one
     */
    void print(List<Column> columns) throws Exception {
        System.out.printf(
                "%nOf %d healthy peers (and %d dead ones) a server killed after a pause of %s, run by run; %s%n%n",
                healthy, dead, seconds(pause), PausedServer.policy(INTERVAL));
        List<String> titles = new ArrayList<>(List.of("Netty", "server"));
        for (Peers peers : Peers.values()) {
            titles.addAll(List.of(peers.toString(), "dead reaped"));
        }
        MarkdownTable table = new MarkdownTable(System.out::println, titles, List.of());
        for (Column column : columns) {
            print(column, table);
        }
        group.shutdownGracefully(0, 10, TimeUnit.SECONDS).sync();
        if (!keptThePromise) {
            throw new IllegalStateException("a heartbeat killed a live peer or left a dead one");
        }
    }

    private void print(Column column, MarkdownTable table) throws Exception {
        Map<PausedServer.Guard, Map<Peers, List<Outcome>>> outcomes = new EnumMap<>(PausedServer.Guard.class);
        for (int run = 0; run < runs; run++) {
            ExecutorService threads = Executors.newCachedThreadPool();
            Map<PausedServer.Guard, Map<Peers, Future<Outcome>>> running = new EnumMap<>(PausedServer.Guard.class);
            for (PausedServer.Guard guard : PausedServer.Guard.values()) {
                for (Peers peers : Peers.values()) {
                    running.computeIfAbsent(guard, first -> new EnumMap<>(Peers.class))
                            .put(peers, threads.submit(() -> run(column, guard, peers)));
                }
            }
            threads.shutdown();
            for (PausedServer.Guard guard : PausedServer.Guard.values()) {
                for (Peers peers : Peers.values()) {
                    outcomes.computeIfAbsent(guard, first -> new EnumMap<>(Peers.class))
                            .computeIfAbsent(peers, first -> new ArrayList<>())
                            .add(running.get(guard).get(peers).get());
                }
            }
        }
        keptThePromise &= outcomes.get(PausedServer.Guard.HEARTBEAT).values().stream()
                .flatMap(List::stream)
                .allMatch(outcome -> outcome.killed() == 0 && outcome.reaped() == dead);
        table.row(row(column.name(), "Heartbeat", outcomes.get(PausedServer.Guard.HEARTBEAT)));
        table.row(row(column.name(), "IdleStateHandler", outcomes.get(PausedServer.Guard.IDLE_STATE_HANDLER)));
    }

    private Outcome run(Column column, PausedServer.Guard guard, Peers peers) throws Exception {
        try (PausedServer server = PausedServer.start(column.classPath(), column.transport(), guard, INTERVAL);
                PeerGroup living = peers.peerGroup(group);
                PeerGroup zombies = peers.peerGroup(group)) {
            living.connect(server.port, healthy, CONNECTING);
            zombies.connect(server.port, dead, CONNECTING);
            await().until(() -> living.connected() == healthy && zombies.connected() == dead);
            pass(before);
            if (living.lost() + zombies.lost() > 0) {
                throw new IllegalStateException("peers were lost before the pause");
            }
            zombies.fallSilent();
            server.stop();
            pass(pause);
            long begin = System.nanoTime();
            server.goOn();
            pass(AFTER);
            return new Outcome(
                    living.lost(), zombies.lost(), Duration.ofNanos(Math.max(0, zombies.lastLostAt() - begin)));
        }
    }

    private static Object[] row(String netty, String server, Map<Peers, List<Outcome>> outcomes) {
        List<String> cells = new ArrayList<>(List.of(netty, server));
        for (List<Outcome> runs : outcomes.values()) {
            cells.add(join(runs, Outcome::killed));
            cells.add(join(runs, outcome -> outcome));
        }
        return cells.toArray();
    }

    private static String join(List<Outcome> runs, Function<Outcome, Object> part) {
        return runs.stream().map(part).map(String::valueOf).collect(Collectors.joining(" / "));
    }

    private static String seconds(Duration duration) {
        return String.format(Locale.ROOT, "%.1f s", duration.toMillis() / 1e3);
    }

    private static void pass(Duration duration) {
        long end = System.nanoTime() + duration.toNanos();
        for (long left = duration.toNanos(); left > 0; left = end - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }
}
