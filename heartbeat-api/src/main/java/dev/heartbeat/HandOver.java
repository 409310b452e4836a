package dev.heartbeat;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The queue of a pool that takes a task only for a thread that waits for one, so that the pool makes another thread before
 * it lets a task wait; when it may not, the task is {@linkplain #enqueue enqueued} here after all. Not a {@code LinkedTransferQueue},
 * whose timed poll may wait for ever before JDK 21.
 */
final class HandOver extends LinkedBlockingQueue<Runnable> {

    private static final long serialVersionUID = 1;

    /** Threads that wait for a task, less tasks that wait for a thread. */
    private final AtomicInteger surplus = new AtomicInteger();

    @Override
    public boolean offer(Runnable task) {
        return isSpared() && super.offer(task);
    }

    /** Lets a task wait for a thread. */
    void enqueue(Runnable task) {
        surplus.decrementAndGet();
        super.offer(task);
    }

    /** Takes a task back, so that the thread that was to have it waits for another one. */
    @Override
    public boolean remove(@Nullable Object task) {
        boolean removed = super.remove(task);
        if (removed) {
            surplus.incrementAndGet();
        }
        return removed;
    }

    @Override
    public @Nullable Runnable poll(long timeout, TimeUnit unit) throws InterruptedException {
        surplus.incrementAndGet();
        try {
            Runnable task = super.poll(timeout, unit);
            return task != null || isSpared() ? task : super.take();
        } catch (InterruptedException ending) {
            if (isSpared()) {
                throw ending;
            }
            return awaitOwn();
        }
    }

    /** Takes a waiting thread away, if there is one to whom no task is due. */
    private boolean isSpared() {
        int before;
        do {
            before = surplus.get();
            if (before <= 0) {
                return false;
            }
        } while (!surplus.compareAndSet(before, before - 1));
        return true;
    }

    /** There are as many tasks as threads that wait, so one of them is here or about to be. */
    private Runnable awaitOwn() {
        while (true) {
            try {
                Runnable task = super.take();
                Thread.currentThread().interrupt();
                return task;
            } catch (InterruptedException again) {
                Thread.onSpinWait();
            }
        }
    }
}
