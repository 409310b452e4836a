package dev.heartbeat.internal.dispatch;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The queue of a pool that takes a task only for a thread that waits for one, so that the pool makes another thread before
 * it lets a task wait; when it may not, the task is {@linkplain #enqueue enqueued} here after all. Not a {@code LinkedTransferQueue},
 * whose timed poll may wait for ever before JDK 21.
 */
final class HandoffQueue extends LinkedBlockingQueue<Runnable> {

    private static final long serialVersionUID = 1;
    private static final long A_MOMENT = TimeUnit.MILLISECONDS.toNanos(1);

    /** Threads that wait for a task, less tasks that wait for a thread. */
    private final AtomicInteger surplus = new AtomicInteger();

    @Override
    public boolean offer(Runnable task) {
        return takeSpareThread() && super.offer(task);
    }

    /**
     * Lets a task wait for a thread of a pool, or for a new one if all that were busy have ended since.
     *
     * @throws RejectedExecutionException if there is none any more, since the pool is shut down
     */
    void enqueue(Runnable task, ThreadPoolExecutor pool) {
        surplus.decrementAndGet();
        super.offer(task);
        if (pool.getPoolSize() > 0) {
            return; // a thread that ends looks here last
        }
        try {
            pool.execute(() -> {}); // whoever runs this goes on with what waits
        } catch (Throwable noThread) {
            if (remove(task)) {
                throw noThread;
            }
        }
    }

    /** Takes back a task that was handed to a thread, as a pool does that is shut down meanwhile. */
    @Override
    public boolean remove(Object task) {
        boolean removed = super.remove(task);
        if (removed) {
            surplus.incrementAndGet();
        }
        return removed;
    }

    @Override
    public @Nullable Runnable poll(long timeout, TimeUnit unit) throws InterruptedException {
        surplus.incrementAndGet();
        boolean interrupted = false;
        long nanos = unit.toNanos(timeout);
        while (true) {
            Runnable task = null;
            try {
                task = super.poll(nanos, TimeUnit.NANOSECONDS);
            } catch (InterruptedException ending) {
                interrupted = true;
            }
            if (task != null) {
                if (interrupted) {
                    Thread.currentThread().interrupt();
                }
                return task;
            }
            if (takeSpareThread()) {
                if (interrupted) {
                    throw new InterruptedException();
                }
                return null;
            }
            // Time is up, yet no thread may leave: each of those that wait has been promised a task that is about to be
            // added. Another thread may take it first, so that this one has to look again and again.
            nanos = A_MOMENT;
        }
    }

    /** Takes a waiting thread away, if there is one to whom no task is due. */
    private boolean takeSpareThread() {
        int before;
        do {
            before = surplus.get();
            if (before <= 0) {
                return false;
            }
        } while (!surplus.compareAndSet(before, before - 1));
        return true;
    }
}
