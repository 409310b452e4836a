package dev.heartbeat.bench;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Random;

/**
 * CPU and garbage of one contender per connection and second, in virtual time: each connection has a message every ten
 * seconds in random order, one in a hundred is silent, found and replaced. Arguments: contender, connections, seconds.
 */
final class ConnectionSeconds {

    private static final int STEPS_PER_SECOND = 10;
    private static final long STEP = 1_000_000_000L / STEPS_PER_SECOND;
    private static final int WARM_UP_SECONDS = 90;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final Contender contender;
    private final int[] order;

    private ConnectionSeconds(Contender contender, int connections) {
        this.contender = contender;
        this.order = shuffled(connections);
    }

    /** The numbers below a limit in the same random order each time. */
    static int[] shuffled(int limit) {
        Random random = new Random(7);
        int[] all = new int[limit];
        for (int i = 0; i < limit; i++) {
            int other = random.nextInt(i + 1);
            all[i] = all[other];
            all[other] = i;
        }
        return all;
    }

    public static void main(String[] args) throws Exception {
        int connections = Integer.parseInt(args[1]);
        int seconds = Integer.parseInt(args[2]);
        try (Contender contender = Contenders.virtual(args[0], connections)) {
            new ConnectionSeconds(contender, connections).run(connections, seconds);
        }
    }

    private void run(int connections, int seconds) {
        for (int i = 0; i < connections; i++) {
            contender.add(i);
        }
        for (int step = 0; step < WARM_UP_SECONDS * STEPS_PER_SECOND; step++) {
            step(step);
        }
        int steps = seconds * STEPS_PER_SECOND;
        long[] spent = new long[steps];
        long pings = contender.pings();
        long allocated = threads.getCurrentThreadAllocatedBytes();
        long start = threads.getCurrentThreadCpuTime();
        for (int step = 0; step < steps; step++) {
            long before = System.nanoTime();
            step(step);
            spent[step] = System.nanoTime() - before;
        }
        double connectionSeconds = (double) connections * seconds;
        Fork.report("cpu", (threads.getCurrentThreadCpuTime() - start) / connectionSeconds);
        Fork.report("bytes", (threads.getCurrentThreadAllocatedBytes() - allocated) / connectionSeconds);
        Fork.report("pings", (contender.pings() - pings) / connectionSeconds);
        Arrays.sort(spent);
        Fork.report("worst", spent[steps - 1] / 1e6);
    }

    private void step(int step) {
        int share = (int) (Pace.USUAL.messageEvery().toNanos() / STEP);
        int first = (int) ((long) order.length * (step % share) / share);
        int end = (int) ((long) order.length * (step % share + 1) / share);
        for (int k = first; k < end; k++) {
            if (!Contender.isSilent(order[k])) {
                contender.heard(order[k]);
            }
        }
        contender.pass(STEP);
    }
}
