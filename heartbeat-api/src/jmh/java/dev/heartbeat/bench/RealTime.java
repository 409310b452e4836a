package dev.heartbeat.bench;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;

/**
 * CPU of the whole process, timer threads and garbage collection included, per connection and second, in real time that is
 * compressed ten times: a message per connection and second, idle time three seconds. What is reported is divided by ten
 * accordingly. Arguments: contender, connections, seconds to warm up
 * and to measure.
 */
final class RealTime {

    private static final long BEAT = 1_000_000;
    private static final int COMPRESSION = 10;

    private final Contender contender;
    private final int[] order;
    private long delivered;
    private long start;

    private RealTime(Contender contender, int connections) {
        this.contender = contender;
        this.order = ConnectionSeconds.shuffled(connections);
    }

    public static void main(String[] args) throws Exception {
        int connections = Integer.parseInt(args[1]);
        try (Contender contender = Contenders.real(args[0], connections)) {
            new RealTime(contender, connections).run(Integer.parseInt(args[2]), Integer.parseInt(args[3]));
        }
    }

    private void run(int warmUp, int seconds) {
        onReader(() -> {
            for (int i = 0; i < order.length; i++) {
                contender.add(i);
            }
        });
        start = System.nanoTime();
        speak(warmUp);
        OperatingSystemMXBean process = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        long pings = contender.pings();
        long before = process.getProcessCpuTime();
        speak(seconds);
        double connectionSeconds = (double) order.length * seconds * COMPRESSION;
        Fork.report("cpu", (process.getProcessCpuTime() - before) / connectionSeconds);
        Fork.report("pings", (contender.pings() - pings) / connectionSeconds);
    }

    /** Delivers messages as they come due, each millisecond, where the contender reads. */
    private void speak(int seconds) {
        long end = System.nanoTime() + seconds * 1_000_000_000L;
        while (System.nanoTime() - end < 0) {
            LockSupport.parkNanos(BEAT);
            onReader(this::deliverDue);
        }
    }

    private void onReader(Runnable task) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        contender.onReader(() -> {
            task.run();
            done.complete(null);
        });
        done.join();
    }

    private void deliverDue() {
        double periods =
                (System.nanoTime() - start) / (double) Pace.QUICK.messageEvery().toNanos();
        long due = (long) (periods * order.length);
        for (; delivered < due; delivered++) {
            int i = order[(int) (delivered % order.length)];
            if (!Contender.isSilent(i)) {
                contender.heard(i);
            }
        }
        contender.pass(BEAT);
    }
}
