package dev.heartbeat.examples.load;

import com.sun.management.UnixOperatingSystemMXBean;
import dev.heartbeat.HeartbeatPolicy;
import dev.heartbeat.LivenessEvent;
import dev.heartbeat.LivenessListener;
import dev.heartbeat.ZombieDetector;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * The measured process: a WebSocket server with a heartbeat or without. It prints its port, then answers each line of its
 * input with a {@link Sample}: {@code begin} starts to measure CPU, {@code weigh} also collects garbage, {@code mute} notes
 * the moment at which peers fall silent, {@code look} does nothing more. It ends with its input.
 */
@Command(name = "load-server")
final class LoadServer implements LivenessListener, Callable<Integer> {

    private final Queue<Long> reapedAfter = new ConcurrentLinkedQueue<>();
    private final UnixOperatingSystemMXBean system =
            (UnixOperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    private volatile long mutedAt;
    private long began;
    private long cpuBefore;

    @Parameters(paramLabel = "SERVER", description = "tyrus or netty")
    private String server = "";

    /** The heartbeat is off without. */
    @ArgGroup(exclusive = false)
    private @Nullable Settings settings;

    private LoadServer() {}

    /**
     * Serves until there is no more input, and exits.
     *
     * @param args the server, and all settings of a policy or none
     */
    public static void main(String[] args) {
        Logger.getLogger("").setLevel(Level.WARNING);
        System.exit(new CommandLine(new LoadServer()).execute(args));
    }

    @Override
    public Integer call() throws Exception {
        if (settings == null) {
            System.out.println(Servers.start(server, null));
            obey();
        } else {
            try (ZombieDetector detector = ZombieDetector.create(settings.policy(), this)) {
                System.out.println(Servers.start(server, detector));
                obey();
            }
        }
        return 0;
    }

    @Override
    public void onReap(LivenessEvent.Reap event) {
        reapedAfter.add(System.nanoTime() - mutedAt);
    }

    private void obey() throws Exception {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            Sample sample = sample();
            switch (line) {
                case "begin" -> {
                    began = System.nanoTime();
                    cpuBefore = system.getProcessCpuTime();
                }
                case "mute" -> mutedAt = System.nanoTime();
                case "weigh" -> collect();
                default -> {}
            }
            System.out.println(line.equals("weigh") ? sample.weighing(usedHeap()) : sample);
        }
    }

    private Sample sample() {
        double seconds = (System.nanoTime() - began) / 1e9;
        long[] times = reapedAfter.stream().mapToLong(Long::longValue).sorted().toArray();
        return new Sample(
                (system.getProcessCpuTime() - cpuBefore) / 1e6 / seconds,
                0,
                ManagementFactory.getThreadMXBean().getThreadCount(),
                system.getOpenFileDescriptorCount(),
                times.length,
                share(times, 50),
                share(times, 99),
                share(times, 100));
    }

    /** Milliseconds within which so many of a hundred came; 0 if there are none. */
    private static long share(long[] sorted, int percent) {
        int last = (int) Math.ceil(sorted.length * percent / 100.0) - 1;
        return last < 0 ? 0 : sorted[last] / 1_000_000;
    }

    private static void collect() {
        for (int i = 0; i < 4; i++) {
            System.gc();
        }
    }

    /** What was left by the last collection: what is used now includes the buffers in which threads are about to allocate. */
    private static long usedHeap() {
        return ManagementFactory.getMemoryPoolMXBeans().stream()
                .filter(pool -> pool.getType() == MemoryType.HEAP)
                .map(MemoryPoolMXBean::getCollectionUsage)
                .mapToLong(usage -> usage == null ? 0 : usage.getUsed())
                .sum();
    }

    /** Of a policy, in the form of {@link Duration#toString}. */
    private static final class Settings {
        @Option(names = "--ping-interval", required = true)
        private Duration pingInterval = Duration.ZERO;

        @Option(names = "--pong-timeout", required = true)
        private Duration pongTimeout = Duration.ZERO;

        @Option(names = "--reap-after", required = true)
        private Duration reapAfter = Duration.ZERO;

        @Option(names = "--hold-cap", required = true)
        private Duration holdCap = Duration.ZERO;

        HeartbeatPolicy policy() {
            return HeartbeatPolicy.builder()
                    .pingInterval(pingInterval)
                    .pongTimeout(pongTimeout)
                    .reapAfter(reapAfter)
                    .holdCap(holdCap)
                    .build();
        }
    }
}
