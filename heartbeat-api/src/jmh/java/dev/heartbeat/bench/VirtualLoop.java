package dev.heartbeat.bench;

import dev.heartbeat.Ticker;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.Callable;
import java.util.concurrent.Delayed;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * Virtual time for one pacemaker: a ticker and an event loop that holds the one next tick. It allocates nothing, so that
 * what is measured is the detector.
 */
final class VirtualLoop extends AbstractExecutorService implements ScheduledExecutorService, Ticker {

    private static final Promised PROMISED = new Promised();

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
    public ScheduledFuture<?> schedule(Runnable command, long delay, TimeUnit unit) {
        if (tick != null) {
            throw new IllegalStateException("more than one task is scheduled");
        }
        tick = command;
        due = now + unit.toNanos(delay);
        return PROMISED;
    }

    @Override
    public <V> ScheduledFuture<V> schedule(Callable<V> callable, long delay, TimeUnit unit) {
        throw new UnsupportedOperationException();
    }

    @Override
    public ScheduledFuture<?> scheduleAtFixedRate(Runnable command, long delay, long period, TimeUnit unit) {
        throw new UnsupportedOperationException();
    }

    @Override
    public ScheduledFuture<?> scheduleWithFixedDelay(Runnable command, long delay, long period, TimeUnit unit) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void shutdown() {}

    @Override
    public List<Runnable> shutdownNow() {
        return List.of();
    }

    @Override
    public boolean isShutdown() {
        return false;
    }

    @Override
    public boolean isTerminated() {
        return false;
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) {
        return false;
    }

    /** What schedule returns; nobody waits for it. */
    private static final class Promised implements ScheduledFuture<Void> {
        @Override
        public long getDelay(TimeUnit unit) {
            return 0;
        }

        @Override
        public int compareTo(Delayed other) {
            return 0;
        }

        @Override
        public boolean cancel(boolean mayInterruptIfRunning) {
            return false;
        }

        @Override
        public boolean isCancelled() {
            return false;
        }

        @Override
        public boolean isDone() {
            return false;
        }

        @Override
        public Void get() {
            throw new UnsupportedOperationException();
        }

        @Override
        public Void get(long timeout, TimeUnit unit) {
            return get();
        }
    }
}
