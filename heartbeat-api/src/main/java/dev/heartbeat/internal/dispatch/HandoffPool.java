package dev.heartbeat.internal.dispatch;

import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** A pool that makes another thread before it lets a task wait, up to a number of them. */
class HandoffPool extends ThreadPoolExecutor {

    HandoffPool(int most, long idleSeconds, ThreadFactory threads) {
        this(most, idleSeconds, threads, new HandoffQueue());
    }

    private HandoffPool(int most, long idleSeconds, ThreadFactory threads, HandoffQueue queue) {
        super(0, most, idleSeconds, TimeUnit.SECONDS, queue, threads, (task, full) -> {
            if (full.isShutdown()) {
                throw new RejectedExecutionException("the detector is closed");
            }
            queue.enqueue(task, full);
        });
    }
}
