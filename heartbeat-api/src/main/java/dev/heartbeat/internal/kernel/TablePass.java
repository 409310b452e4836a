package dev.heartbeat.internal.kernel;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** One pass over the table: when it was handed over, whether it has begun, and how long it rests. Any thread. */
final class TablePass {

    /** Looking takes a twentieth of one thread at most. */
    private static final int REST_FACTOR = 20;

    /** No row costs more than that, nor an empty table; whatever a pass takes beyond is waiting for a processor, or for the clock. */
    private static final long MOST_FOR_A_ROW = TimeUnit.MICROSECONDS.toNanos(5);

    private static final long MOST_FOR_NONE = TimeUnit.MILLISECONDS.toNanos(10);

    /** For a table of half a million rows; verdicts wait for the answer. */
    private static final long LONGEST_REST = TimeUnit.MINUTES.toNanos(1);

    /** An executor without a free thread for that long is as good as none; verdicts do not wait for it. */
    private static final long LONGEST_WAIT = TimeUnit.SECONDS.toNanos(10);

    private final long handedOver;
    private final AtomicBoolean begun = new AtomicBoolean();
    private long ended;
    private long rest;
    private volatile boolean over;

    TablePass(long now) {
        this.handedOver = now;
    }

    /** True for the one caller who is to run it, or to give it up. */
    boolean begin() {
        return begun.compareAndSet(false, true);
    }

    void end(long from, long to, long rows) {
        ended = to;
        long cost = Math.min(to - from, MOST_FOR_NONE + rows * MOST_FOR_A_ROW);
        rest = Math.max(0, Math.min(LONGEST_REST, REST_FACTOR * cost));
        over = true;
    }

    boolean isRested(long now) {
        return over && now - ended >= rest;
    }

    boolean isLost(long now) {
        return !over && now - handedOver >= LONGEST_WAIT;
    }
}
