package dev.heartbeat.bench;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;

/**
 * CPU of the whole process for what a peer does when the timer of an active connection fires: it looks, and arms the timer
 * again for the rest. All fire within a short time. Arguments: contender, in virtual time or as {@code real:}; connections;
 * seconds of idle time, if it is real.
 */
final class Rearm {

    private final Contender contender;
    private final boolean real;
    private final Duration idle;
    private final long start = System.nanoTime();
    private long passed;

    private Rearm(Contender contender, boolean real, Duration idle) {
        this.contender = contender;
        this.real = real;
        this.idle = idle;
    }

    public static void main(String[] args) throws Exception {
        int connections = Integer.parseInt(args[1]);
        boolean real = args[0].startsWith("real:");
        Duration idle = real ? Duration.ofSeconds(Integer.parseInt(args[2])) : Pace.USUAL.idle();
        Contender contender = real
                ? new Timers(connections, new Pace(idle, idle, idle), args[0].endsWith("hashed-wheel"))
                : Contenders.virtual(args[0], connections);
        new Rearm(contender, real, idle).run(connections);
        contender.close();
    }

    private void run(int connections) throws InterruptedException {
        long nanos = idle.toNanos();
        for (int i = 0; i < connections; i++) {
            contender.add(i);
        }
        waitUntil(nanos / 2);
        for (int i : ConnectionSeconds.shuffled(connections)) {
            contender.heard(i);
        }
        waitUntil(nanos * 9 / 10);
        OperatingSystemMXBean process = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        long before = process.getProcessCpuTime();
        waitUntil(nanos * 14 / 10);
        Fork.report("rearm", (double) (process.getProcessCpuTime() - before) / connections);
    }

    /** Until so much time has passed since the start. */
    private void waitUntil(long nanos) throws InterruptedException {
        if (real) {
            Thread.sleep(Math.max(0, nanos - (System.nanoTime() - start)) / 1_000_000);
        } else {
            contender.pass(nanos - passed);
        }
        passed = nanos;
    }
}
