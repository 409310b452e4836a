package dev.heartbeat.internal.dispatch;

import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The threads that may wait for a peer or for the application, in pools of their own, because a pool full of one kind of trouble
 * must not hold up the others: pings block on full send buffers, listeners on the application, terminations and closes on its
 * close handlers; and one thread that reads what the kernel knows. Threads are made when needed, end when idle, and are daemons.
 */
public final class WorkerPools {

    private static final int MOST_PINGERS = 128;
    private static final int MOST_LISTENERS = 64;
    private static final int MOST_REAPERS = 64;
    private static final long IDLE_SECONDS = 10;

    /** How often, and how long, what waits behind blocked tasks is looked after when nothing ticks any more. */
    private static final long BETWEEN_LOOKS = TimeUnit.MILLISECONDS.toNanos(100);

    private static final long LONGEST_END = TimeUnit.MINUTES.toNanos(1);

    public final Executor pings;
    public final Executor events;
    public final Executor reaps;

    /** The orderly closes of a drain. */
    public final Executor closes;

    /** One at a time, and none of the others: it waits for the kernel only. */
    public final Executor looks;

    private final @Nullable OwnThreads threads;
    private final List<ThreadPoolExecutor> owned;
    private final List<StuckPool> watched;

    private WorkerPools(
            Executor pings,
            Executor events,
            Executor reaps,
            Executor closes,
            Executor looks,
            @Nullable OwnThreads threads,
            List<ThreadPoolExecutor> owned,
            List<StuckPool> watched) {
        this.pings = pings;
        this.events = events;
        this.reaps = reaps;
        this.closes = closes;
        this.looks = looks;
        this.threads = threads;
        this.owned = owned;
        this.watched = watched;
    }

    /** Pools of our own. */
    public static WorkerPools own(OwnThreads threads) {
        ThreadPoolExecutor pings = new HandoffPool(MOST_PINGERS, IDLE_SECONDS, named("heartbeat-ping-", threads));
        ThreadPoolExecutor events = new HandoffPool(MOST_LISTENERS, IDLE_SECONDS, named("heartbeat-event-", threads));
        NamedTasksPool reaps = new NamedTasksPool(MOST_REAPERS, IDLE_SECONDS, named("heartbeat-reap-", threads));
        NamedTasksPool closes = new NamedTasksPool(MOST_REAPERS, IDLE_SECONDS, named("heartbeat-drain-", threads));
        ThreadPoolExecutor looks = new HandoffPool(1, IDLE_SECONDS, named("heartbeat-look-", threads));
        return new WorkerPools(
                pings,
                events,
                reaps,
                closes,
                looks,
                threads,
                List.of(pings, events, reaps, closes, looks),
                List.of(new StuckPool("terminations", reaps), new StuckPool("closes of a drain", closes)));
    }

    /** Everything on an executor of the application's, which is never shut down. */
    public static WorkerPools on(Executor executor) {
        return new WorkerPools(executor, executor, executor, executor, executor, null, List.of(), List.of());
    }

    /** Looks after the pools in which a task may block for ever; to be called often. */
    public void tick(long nanoTime) {
        for (StuckPool pool : watched) {
            pool.tick(nanoTime);
        }
    }

    /** Whether a task waits for a thread that blocked ones may hold, so that {@link #tick} is needed. */
    public boolean hasWaiting() {
        for (StuckPool pool : watched) {
            if (pool.hasWaiting()) {
                return true;
            }
        }
        return false;
    }

    /** Lets what is queued run, also behind what is blocked, and the threads end. Nothing needs to tick any more. */
    public void close() {
        owned.forEach(ThreadPoolExecutor::shutdown);
        if (threads != null && hasWaiting()) {
            try {
                threads.make(this::tickUntilNothingWaits, "heartbeat-end").start();
            } catch (Throwable noThread) {
                DetectorLog.LOG.debug("What waits behind blocked terminations waits on", noThread);
            }
        }
    }

    private void tickUntilNothingWaits() {
        long begin = System.nanoTime();
        for (long now = begin; hasWaiting() && now - begin < LONGEST_END; now = System.nanoTime()) {
            tick(now);
            LockSupport.parkNanos(BETWEEN_LOOKS);
        }
    }

    private static ThreadFactory named(String name, OwnThreads threads) {
        AtomicInteger number = new AtomicInteger();
        return task -> threads.make(task, name + number.incrementAndGet());
    }

    /** A thread that keeps neither the JVM nor the class loader of whoever happened to need it first. */
    public static Thread daemon(Runnable task, String name) {
        Thread thread = new Thread(null, task, name, 0, false);
        thread.setDaemon(true);
        thread.setContextClassLoader(WorkerPools.class.getClassLoader());
        return thread;
    }
}
