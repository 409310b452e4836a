package dev.heartbeat.bench;

import dev.heartbeat.Ticker;
import dev.heartbeat.sim.VirtualExecutor;
import java.util.ArrayDeque;

/**
 * Virtual time for one pacemaker: a ticker and an event loop that holds the one next tick. It allocates nothing and looks
 * nothing up, unlike a loop that has room for other events, so that what is measured is the detector.
 */
final class VirtualLoop extends VirtualExecutor implements Ticker {

    private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
    private Runnable tick;
    private long due;
    private long now;

    @Override
    public long nanoTime() {
        return now;
    }

    /** Lets time pass and runs what becomes due. */
    void advance(long nanos) {
        long end = now + nanos;
        while (tick != null && due <= end) {
            now = Math.max(now, due);
            runTick();
        }
        now = end;
    }

    /** Lets time pass up to the next tick, and runs it. */
    void advanceOneTick() {
        now = Math.max(now, due);
        runTick();
    }

    /** Lets time pass without running anything, as when the process is stopped. */
    void stall(long nanos) {
        now += nanos;
    }

    private void runTick() {
        Runnable next = tick;
        tick = null;
        next.run();
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
        }
    }

    @Override
    public void execute(Runnable command) {
        tasks.add(command);
    }

    @Override
    protected void runAfter(long nanos, Runnable task) {
        if (tick != null) {
            throw new IllegalStateException("more than one task is scheduled");
        }
        tick = task;
        due = now + nanos;
    }
}
