package dev.heartbeat.sim;

import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.Callable;
import java.util.concurrent.Delayed;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * An event loop in virtual time, as far as a detector needs one: it runs tasks, at once or later, and is never shut down. Not
 * the test kit's virtual time, which makes a future of each task: benchmarks would measure its garbage, and it keeps to itself
 * what the task throws, which must end a simulation.
 */
public abstract class VirtualExecutor extends AbstractExecutorService implements ScheduledExecutorService {

    private static final ScheduledFuture<?> PROMISED = new Promised();

    /** Made by a loop. */
    protected VirtualExecutor() {}

    /**
     * Runs a task later.
     *
     * @param nanos after so much time
     * @param task the task
     */
    protected abstract void runAfter(long nanos, Runnable task);

    @Override
    public final ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
        runAfter(unit.toNanos(delay), task);
        return PROMISED;
    }

    @Override
    public final <V> ScheduledFuture<V> schedule(Callable<V> task, long delay, TimeUnit unit) {
        throw new UnsupportedOperationException("tasks with a result");
    }

    @Override
    public final ScheduledFuture<?> scheduleAtFixedRate(Runnable task, long delay, long period, TimeUnit unit) {
        throw new UnsupportedOperationException("periodic tasks");
    }

    @Override
    public final ScheduledFuture<?> scheduleWithFixedDelay(Runnable task, long delay, long period, TimeUnit unit) {
        throw new UnsupportedOperationException("periodic tasks");
    }

    @Override
    public final void shutdown() {
        throw new UnsupportedOperationException("the loop belongs to who made it");
    }

    @Override
    public final List<Runnable> shutdownNow() {
        throw new UnsupportedOperationException("the loop belongs to who made it");
    }

    @Override
    public final boolean isShutdown() {
        return false;
    }

    @Override
    public final boolean isTerminated() {
        return false;
    }

    @Override
    public final boolean awaitTermination(long timeout, TimeUnit unit) {
        return false;
    }

    /** Nobody waits for it. */
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
            throw new UnsupportedOperationException("results");
        }

        @Override
        public Void get(long timeout, TimeUnit unit) {
            return get();
        }
    }
}
