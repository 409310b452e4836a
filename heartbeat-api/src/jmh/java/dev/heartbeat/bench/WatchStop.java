package dev.heartbeat.bench;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;

/**
 * CPU and garbage of taking a connection in and out again, beside as many others that stay, what it costs the timer in the
 * same thread included. Arguments: contender, connections that stay, rounds.
 */
final class WatchStop {

    private static final int BATCH = 50_000;
    private static final long SECOND = 1_000_000_000L;

    private WatchStop() {}

    public static void main(String[] args) {
        int staying = Integer.parseInt(args[1]);
        int rounds = Integer.parseInt(args[2]);
        int all = staying + BATCH;
        Contender contender = args[0].startsWith("real:")
                ? Contenders.real(args[0].substring(5), all)
                : Contenders.virtual(args[0], all);
        for (int i = 0; i < staying; i++) {
            contender.add(i);
        }
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        double[] spent = new double[rounds];
        double bytes = 0;
        for (int round = 0; round < rounds; round++) {
            long before = threads.getCurrentThreadCpuTime();
            long allocated = threads.getCurrentThreadAllocatedBytes();
            for (int i = staying; i < all; i++) {
                contender.add(i);
            }
            contender.pass(SECOND / 5);
            for (int i = staying; i < all; i++) {
                contender.remove(i);
            }
            contender.pass(SECOND);
            spent[round] = (double) (threads.getCurrentThreadCpuTime() - before) / BATCH;
            bytes = (double) (threads.getCurrentThreadAllocatedBytes() - allocated) / BATCH;
        }
        Arrays.sort(spent);
        Fork.report("cpu", spent[rounds / 10]);
        Fork.report("bytes", bytes);
        contender.close();
    }
}
