package dev.heartbeat.internal.kernel;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** One pass over the table: when it was handed over, whether it has begun, and how long it rests. Any thread. */
final class TablePass {

    /** Looking takes a twentieth of one thread at most. */
    private static final int REST_FACTOR = 20;

    /** What a process does that was frozen in the middle of a pass, or whose clock jumped. */
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

    void end(long from, long to) {
        ended = to;
        rest = Math.max(0, Math.min(LONGEST_REST, REST_FACTOR * (to - from)));
        over = true;
    }

    boolean isRested(long now) {
        return over && now - ended >= rest;
    }

    boolean isLost(long now) {
        return !over && now - handedOver >= LONGEST_WAIT;
    }
}
