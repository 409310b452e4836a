package dev.heartbeat.jakarta;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The application's own work on a session, behind which pongs queue: in every container the next frame waits for the
 * handler of the last one.
 */
final class Work {

    private final AtomicInteger running = new AtomicInteger();
    private volatile boolean ended;

    /** Begins a piece of work, to be closed by any thread; closing it again does nothing. */
    SessionHeartbeat.Busy begin() {
        running.incrementAndGet();
        AtomicBoolean open = new AtomicBoolean(true);
        return () -> {
            if (open.compareAndSet(true, false)) {
                end();
            }
        };
    }

    /** Begins a handler, whose thread will {@link #end} it. */
    void enter() {
        running.incrementAndGet();
    }

    void end() {
        // In this order, so that nobody who asks meanwhile sees neither.
        ended = true;
        running.decrementAndGet();
    }

    /**
     * Whether work is going on, or has ended since this was last asked: then the pongs behind it are only now being read.
     */
    boolean hinders() {
        // In this order, so that work which ends meanwhile is seen going on, or else to have ended.
        boolean goesOn = running.get() > 0;
        boolean endedLately = ended;
        ended = false;
        return goesOn || endedLately;
    }
}
