package dev.heartbeat.bench;

import com.sun.management.ThreadMXBean;
import dev.heartbeat.HeartbeatPolicy;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.function.IntConsumer;

/**
 * What single ticks cost, beside what the hardware asks for the same number of objects: a steady tick, one with nothing due,
 * one in which everything is due, and the check of one active connection. Argument: connections.
 */
final class Ticks {

    private static final long SECOND = 1_000_000_000L;
    private static final long TICK = 64L << 20;
    private static final int STEADY_TICKS = 600;
    private static final ByteBuffer PONG = ByteBuffer.wrap(new byte[] {'p', 'o', 'n', 'g'});
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final VirtualLoop loop = new VirtualLoop();
    private final int[] order;
    private final Watched watched;

    private Ticks(int connections) {
        order = ConnectionSeconds.shuffled(connections);
        watched = Watched.onLoop(connections, HeartbeatPolicy.defaults(), loop);
        for (int i = 0; i < connections; i++) {
            watched.add(i);
        }
    }

    public static void main(String[] args) {
        int connections = Integer.parseInt(args[0]);
        Floor floor = new Floor(connections);
        Ticks ticks = new Ticks(connections);
        double gather = floor.gatherOne();
        Fork.report("gather", gather);
        Fork.report("chase", floor.chaseOne());
        Fork.report("scan", floor.scanLongs());
        Fork.report("steady", ticks.steady());
        Fork.report("steady-due", connections * (double) TICK / (23 * SECOND));
        Fork.report("check", ticks.check());
        Fork.report("touch-bytes", ticks.bytesOf(ticks.watched::heard));
        Fork.report("pong-bytes", ticks.bytesOf(ticks::pong));
        Fork.report("empty", empty());
        Fork.report("all-due", ticks.allDue());
    }

    /** Median nanoseconds of a tick while each connection has a message every ten seconds; and what a tick allocates. */
    private double steady() {
        int share = (int) (10 * SECOND / TICK);
        double[] spent = new double[STEADY_TICKS];
        long allocated = 0;
        for (int tick = -STEADY_TICKS; tick < 2 * STEADY_TICKS; tick++) {
            int turn = Math.floorMod(tick, share);
            touch((int) ((long) order.length * turn / share), (int) ((long) order.length * (turn + 1) / share));
            if (tick < 0) {
                loop.advanceOneTick(); // everybody's first ping is not over
            } else if (tick >= STEADY_TICKS) {
                allocated -= THREADS.getCurrentThreadAllocatedBytes();
                loop.advanceOneTick();
                allocated += THREADS.getCurrentThreadAllocatedBytes();
            } else {
                spent[tick] = nanosOf(loop::advanceOneTick);
            }
        }
        Fork.report("steady-bytes", (double) allocated / STEADY_TICKS);
        return median(spent);
    }

    /**
     * Nanoseconds of one check. When everything was heard at one moment, every entry comes round within an eighth of the
     * interval, once, and is armed again.
     */
    private double check() {
        double best = Double.MAX_VALUE;
        for (int round = 0; round < 6; round++) {
            touch(0, order.length);
            double spent = nanosOf(() -> loop.advance(26 * SECOND));
            best = round < 2 ? best : Math.min(best, spent / order.length);
        }
        return best;
    }

    /** What a fact allocates, for each of the connections. */
    private double bytesOf(IntConsumer fact) {
        long before = 0;
        for (int round = 0; round < 2; round++) {
            before = THREADS.getCurrentThreadAllocatedBytes();
            for (int i : order) {
                fact.accept(i);
            }
        }
        return Math.rint((double) (THREADS.getCurrentThreadAllocatedBytes() - before) / order.length);
    }

    private void pong(int i) {
        watched.heartbeat(i).pongReceived(PONG);
    }

    /** Nanoseconds of a tick without a due entry. */
    private static double empty() {
        VirtualLoop loop = new VirtualLoop();
        HeartbeatPolicy day =
                HeartbeatPolicy.builder().pingInterval(Duration.ofDays(1)).build();
        Watched one = Watched.onLoop(1, day, loop);
        one.add(0);
        double best = Double.MAX_VALUE;
        for (int round = 0; round < 50; round++) {
            best = Math.min(best, nanosOf(() -> {
                for (int i = 0; i < 10_000; i++) {
                    loop.advanceOneTick();
                }
            }));
        }
        return best / 10_000;
    }

    /** Nanoseconds of the tick in which the wheel changes its grain, which looks at every entry and arms it again. */
    private double allDue() {
        HeartbeatPolicy finer =
                HeartbeatPolicy.builder().pongTimeout(Duration.ofMillis(600)).build();
        double best = Double.MAX_VALUE;
        for (int round = 0; round < 5; round++) {
            touch(0, order.length);
            watched.heartbeat(1).policy(finer);
            best = Math.min(best, nanosOf(loop::advanceOneTick));
            watched.heartbeat(1).policy(HeartbeatPolicy.defaults());
            for (int passed = 0; passed < 10; passed++) {
                touch(0, order.length);
                loop.advance(8 * SECOND); // a finer grain than is needed is kept for a minute
            }
        }
        return best;
    }

    private void touch(int from, int to) {
        for (int k = from; k < to; k++) {
            watched.heard(order[k]);
        }
    }

    private static double nanosOf(Runnable work) {
        long before = THREADS.getCurrentThreadCpuTime();
        work.run();
        return THREADS.getCurrentThreadCpuTime() - before;
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }
}
