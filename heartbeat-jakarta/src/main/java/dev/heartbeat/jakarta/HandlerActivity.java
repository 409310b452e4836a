package dev.heartbeat.jakarta;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Whether the application's handlers of a session are running. Pongs queue behind them: in every container the next
 * frame is read only after the handler of the previous one has returned.
 */
final class HandlerActivity {

    private final AtomicInteger running = new AtomicInteger();
    private volatile boolean anyEnded;

    /** Counts as a running handler until it is closed, by any thread; closing it again does nothing. */
    SessionHeartbeat.Busy busy() {
        started();
        AtomicBoolean open = new AtomicBoolean(true);
        return () -> {
            if (open.compareAndSet(true, false)) {
                ended();
            }
        };
    }

    /** A handler starts running; {@link #ended} follows. */
    void started() {
        running.incrementAndGet();
    }

    void ended() {
        // In this order, so that a concurrent activeSinceLastCall sees one of the two.
        anyEnded = true;
        running.decrementAndGet();
    }

    /**
     * Whether a handler is running, or has ended since the last call: then the pongs behind it are only now being read.
     */
    boolean activeSinceLastCall() {
        // In this order, so that a handler that ends concurrently is seen as running or as ended.
        boolean isRunning = running.get() > 0;
        boolean hasEnded = anyEnded;
        anyEnded = false;
        return isRunning || hasEnded;
    }
}
