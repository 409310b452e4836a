package dev.heartbeat.jakarta.internal;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Whether the application's handlers of a session are running. Pongs queue behind them: in every container the next
 * frame is read only after the handler of the previous one has returned.
 */
public final class HandlerActivity {

    private final AtomicInteger running = new AtomicInteger();
    private volatile boolean anyEnded;

    /** Counts as a running handler until what it returns is run, by any thread; running that again does nothing. */
    public Runnable busy() {
        started();
        AtomicBoolean open = new AtomicBoolean(true);
        return () -> {
            if (open.compareAndSet(true, false)) {
                ended();
            }
        };
    }

    /** A handler starts running; {@link #ended} follows. */
    public void started() {
        running.incrementAndGet();
    }

    public void ended() {
        // In this order, so that a concurrent activeSinceLastCall sees one of the two.
        anyEnded = true;
        running.decrementAndGet();
    }

    /**
     * Whether a handler is running, or has ended since the last call: then the pongs behind it are only now being read.
     */
    public boolean activeSinceLastCall() {
        // In this order, so that a handler that ends concurrently is seen as running or as ended.
        boolean isRunning = running.get() > 0;
        boolean hasEnded = anyEnded;
        anyEnded = false;
        return isRunning || hasEnded;
    }
}
