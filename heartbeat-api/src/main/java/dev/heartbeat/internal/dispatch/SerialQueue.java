package dev.heartbeat.internal.dispatch;

import java.util.ArrayDeque;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** A queue in which callbacks wait for each other, so that they run one at a time and in order on any executor. */
public final class SerialQueue {

    /** Callbacks that may wait before expendable ones are left out. */
    private static final int LONGEST = 64;

    // Guarded by this.
    private @Nullable ArrayDeque<Runnable> waiting; // made for the first callback
    private boolean busy;
    private boolean finished;

    /** Queues a callback behind the earlier ones; false if it will never run. */
    public boolean add(Runnable callback, Executor executor) {
        return add(() -> true, callback, false, false, executor);
    }

    /**
     * Takes a step and queues the callback that tells of it, in one: what others add because of the step comes behind it.
     *
     * @param step taken under the queue's lock; false if there is nothing to tell
     */
    public boolean addAfter(BooleanSupplier step, Runnable callback, Executor executor) {
        return add(step, callback, false, false, executor);
    }

    /** Queues a callback that may be left out when many wait; false if it is. */
    public boolean addExpendable(Runnable callback, Executor executor) {
        return add(() -> true, callback, true, false, executor);
    }

    /** Queues the last callback: none is taken after it. False if it will never run. */
    public boolean addLast(Runnable callback, Executor executor) {
        return add(() -> true, callback, false, true, executor);
    }

    /** Takes no further callback. */
    public synchronized void finish() {
        finished = true;
    }

    /** Takes no further callback, and leaves out everything that has not begun. */
    public synchronized void cancel() {
        finished = true;
        waiting = null;
    }

    private boolean add(BooleanSupplier step, Runnable callback, boolean expendable, boolean last, Executor executor) {
        synchronized (this) {
            ArrayDeque<Runnable> queue = waiting == null ? new ArrayDeque<>(2) : waiting;
            if (finished || (expendable && queue.size() >= LONGEST) || !step.getAsBoolean()) {
                return false;
            }
            waiting = queue;
            finished = last;
            queue.add(callback);
            if (busy) {
                return true;
            }
            busy = true;
        }
        try {
            executor.execute(this::runAll);
            return true;
        } catch (Throwable noThread) { // a refusal too is final only where the executor is shut down
            synchronized (this) {
                waiting = null;
                busy = false;
            }
        }
        return false;
    }

    private void runAll() {
        while (true) {
            Runnable next;
            synchronized (this) {
                next = waiting == null ? null : waiting.poll();
                if (next == null) {
                    busy = false;
                    return;
                }
            }
            next.run();
        }
    }
}
