package dev.heartbeat.testkit;

import dev.heartbeat.HeartbeatPolicy;
import dev.heartbeat.LivenessListener;
import dev.heartbeat.Ticker;
import dev.heartbeat.ZombieDetector;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.Callable;
import java.util.concurrent.Delayed;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Virtual time: a ticker and the executor that goes by it, in one, so that a test waits for no deadline. Nothing runs
 * when it is submitted, only in {@link #advance} and {@link #runDue}; time moves in {@link #advance}, where each
 * task runs at its own moment, and in {@link #stall}, where none does. The first reading lies four seconds before {@code
 * nanoTime} wraps around.
 *
 * <p>Not for several threads at once, but for submitting and reading the time.
 */
public final class VirtualTime extends AbstractExecutorService implements Ticker, ScheduledExecutorService {

    private final PriorityQueue<Task<?>> tasks = new PriorityQueue<>();
    private long nanos = Long.MAX_VALUE - Duration.ofSeconds(4).toNanos();
    private long elapsed;
    private long suspended;
    private long submitted;
    private boolean shutDown;

    /** A clock at its beginning. */
    public VirtualTime() {
        // all there is to it are the fields
    }

    /**
     * Makes a detector that lives in this time: its ticks, calls of transports and listeners all run in {@link #advance}. One
     * with other settings, a dry run for example, is built with this as its {@code ticker}, {@code scheduler} and {@code
     * executor}.
     *
     * @param policy the policy of its connections
     * @param listeners who is told
     * @return a detector, which the test closes
     */
    public ZombieDetector detector(HeartbeatPolicy policy, LivenessListener... listeners) {
        return ZombieDetector.builder(policy)
                .listeners(List.of(listeners))
                .ticker(this)
                .scheduler(this)
                .executor(this)
                .build();
    }

    @Override
    public synchronized long nanoTime() {
        return nanos;
    }

    @Override
    public synchronized long wallClockMillis() {
        return TimeUnit.NANOSECONDS.toMillis(elapsed + suspended);
    }

    /**
     * Suspends the machine, so that this clock stands still and only the one on the wall goes on.
     *
     * @param duration for how long
     */
    public synchronized void suspend(Duration duration) {
        suspended += duration.toNanos();
    }

    /**
     * Tells the time.
     *
     * @return time passed since this clock was made, stalls included
     */
    public synchronized Duration elapsed() {
        return Duration.ofNanos(elapsed);
    }

    /**
     * Lets time pass, and runs what becomes due, each task at its own moment, in the calling thread.
     *
     * @param duration how much time
     */
    public void advance(Duration duration) {
        long end = duration.toNanos() + elapsedNanos();
        for (Task<?> task = next(end); task != null; task = next(end)) {
            task.run();
        }
        move(end);
    }

    /**
     * Lets time pass without running anything, as a stopped process would; what became due runs at the next advance.
     *
     * @param duration how much time
     */
    public void stall(Duration duration) {
        move(elapsedNanos() + duration.toNanos());
    }

    /** Runs what is due now. */
    public void runDue() {
        advance(Duration.ZERO);
    }

    /**
     * Counts the tasks that wait for their moment.
     *
     * @return how many
     */
    public synchronized int pending() {
        return tasks.size();
    }

    private synchronized long elapsedNanos() {
        return elapsed;
    }

    private synchronized void move(long toElapsed) {
        if (toElapsed > elapsed) {
            nanos += toElapsed - elapsed;
            elapsed = toElapsed;
        }
    }

    private synchronized @Nullable Task<?> next(long end) {
        Task<?> first = tasks.peek();
        if (first == null || first.due > end) {
            return null;
        }
        tasks.poll();
        move(first.due);
        return first;
    }

    private synchronized <V> ScheduledFuture<V> enqueue(Callable<V> callable, long delayNanos) {
        if (shutDown) {
            throw new RejectedExecutionException("shut down");
        }
        Task<V> task = new Task<>(callable, elapsed + Math.max(0, delayNanos), submitted++);
        tasks.add(task);
        return task;
    }

    @Override
    public void execute(Runnable command) {
        var unused = enqueue(callable(command), 0);
    }

    @Override
    public ScheduledFuture<?> schedule(Runnable command, long delay, TimeUnit unit) {
        return enqueue(callable(command), unit.toNanos(delay));
    }

    @Override
    public <V> ScheduledFuture<V> schedule(Callable<V> callable, long delay, TimeUnit unit) {
        return enqueue(callable, unit.toNanos(delay));
    }

    @Override
    public ScheduledFuture<?> scheduleAtFixedRate(Runnable command, long delay, long period, TimeUnit unit) {
        throw new UnsupportedOperationException("a fixed rate replays what a pause has missed");
    }

    @Override
    public ScheduledFuture<?> scheduleWithFixedDelay(Runnable command, long delay, long period, TimeUnit unit) {
        throw new UnsupportedOperationException("periodic tasks");
    }

    @Override
    public synchronized void shutdown() {
        shutDown = true;
    }

    @Override
    public synchronized List<Runnable> shutdownNow() {
        shutDown = true;
        List<Runnable> left = new ArrayList<>(tasks);
        tasks.clear();
        return left;
    }

    @Override
    public synchronized boolean isShutdown() {
        return shutDown;
    }

    @Override
    public synchronized boolean isTerminated() {
        return shutDown && tasks.isEmpty();
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) {
        return isTerminated();
    }

    private static Callable<Void> callable(Runnable command) {
        return () -> {
            command.run();
            return null;
        };
    }

    private final class Task<V> extends FutureTask<V> implements ScheduledFuture<V> {
        private final long due;
        private final long order;

        private Task(Callable<V> callable, long due, long order) {
            super(callable);
            this.due = due;
            this.order = order;
        }

        @Override
        public long getDelay(TimeUnit unit) {
            return unit.convert(due - elapsedNanos(), TimeUnit.NANOSECONDS);
        }

        @Override
        public int compareTo(Delayed other) {
            Task<?> that = (Task<?>) other;
            return due != that.due ? Long.compare(due, that.due) : Long.compare(order, that.order);
        }

        @Override
        public boolean cancel(boolean mayInterruptIfRunning) {
            synchronized (VirtualTime.this) {
                tasks.remove(this);
            }
            return super.cancel(mayInterruptIfRunning);
        }
    }
}
