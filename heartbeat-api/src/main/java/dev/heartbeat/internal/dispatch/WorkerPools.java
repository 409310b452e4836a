package dev.heartbeat.internal.dispatch;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The threads that may wait for a peer or for the application, in pools of their own, because a pool full of one kind of trouble
 * must not hold up the others: pings block on full send buffers, listeners on the application, terminations on its
 * close handlers; and one thread that reads what the kernel knows. Threads are made when needed, end when idle, and are daemons.
 */
public final class WorkerPools {

    private static final int MOST_PINGERS = 128;
    private static final int MOST_LISTENERS = 64;
    private static final int MOST_REAPERS = 64;
    private static final long IDLE_SECONDS = 10;

    public final Executor pings;
    public final Executor events;
    public final Executor reaps;

    /** One at a time, and none of the others: it waits for the kernel only. */
    public final Executor looks;

    private final @Nullable ThreadPoolExecutor @Nullable [] owned;

    private WorkerPools(
            Executor pings,
            Executor events,
            Executor reaps,
            Executor looks,
            @Nullable ThreadPoolExecutor @Nullable [] owned) {
        this.pings = pings;
        this.events = events;
        this.reaps = reaps;
        this.looks = looks;
        this.owned = owned;
    }

    /** Pools of our own. */
    public static WorkerPools own() {
        ThreadPoolExecutor pings = pool("heartbeat-ping-", MOST_PINGERS);
        ThreadPoolExecutor events = pool("heartbeat-event-", MOST_LISTENERS);
        ThreadPoolExecutor reaps = pool("heartbeat-reap-", MOST_REAPERS);
        ThreadPoolExecutor looks = pool("heartbeat-look-", 1);
        return new WorkerPools(pings, events, reaps, looks, new ThreadPoolExecutor[] {pings, events, reaps, looks});
    }

    /** Everything on an executor of the application's, which is never shut down. */
    public static WorkerPools on(Executor executor) {
        return new WorkerPools(executor, executor, executor, executor, null);
    }

    /** Lets what is queued run, and the threads end. */
    public void close() {
        if (owned != null) {
            for (ThreadPoolExecutor pool : owned) {
                if (pool != null) {
                    pool.shutdown();
                }
            }
        }
    }

    private static ThreadPoolExecutor pool(String name, int most) {
        HandoffQueue queue = new HandoffQueue();
        AtomicInteger number = new AtomicInteger();
        ThreadPoolExecutor pool = new ThreadPoolExecutor(
                0,
                most,
                IDLE_SECONDS,
                TimeUnit.SECONDS,
                queue,
                task -> daemon(task, name + number.incrementAndGet()),
                (task, full) -> {
                    if (full.isShutdown()) {
                        throw new RejectedExecutionException("the detector is closed");
                    }
                    queue.enqueue(task, full);
                });
        return pool;
    }

    /** A thread that keeps neither the JVM nor the class loader of whoever happened to need it first. */
    public static Thread daemon(Runnable task, String name) {
        Thread thread = new Thread(null, task, name, 0, false);
        thread.setDaemon(true);
        thread.setContextClassLoader(WorkerPools.class.getClassLoader());
        return thread;
    }
}
