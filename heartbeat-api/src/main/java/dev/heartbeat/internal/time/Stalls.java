package dev.heartbeat.internal.time;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Stalls, as the pacemakers of a detector notice them: one collection of garbage stops every event loop, so what is noticed
 * within a second is one stall and is told once. Any thread.
 */
public final class Stalls {

    private static final long TOGETHER = TimeUnit.SECONDS.toNanos(1);

    /**
     * Time in which nobody listened.
     *
     * @param lostNanos how long it was for the pacemaker that lost most
     * @param pingsOut how many pings were unanswered, those of all pacemakers together
     */
    public record Stall(long lostNanos, int pingsOut) {}

    private volatile boolean untold;

    // Guarded by this.
    private long noticedAt;
    private long lost;
    private int pingsOut;

    /** A pacemaker has not listened for so long, with so many pings out. */
    public synchronized void notice(long nanoTime, long lostNanos, int pings) {
        if (!untold) {
            noticedAt = nanoTime;
            lost = 0;
            pingsOut = 0;
            untold = true;
        }
        lost = Math.max(lost, lostNanos);
        pingsOut += pings;
    }

    /**
     * The stall that is to be told now.
     *
     * @param nanoTime the reading of the ticker
     * @param last whether the caller will not ask again
     * @return null if there is none, or if others may notice it still
     */
    @Nullable
    public Stall settle(long nanoTime, boolean last) {
        return untold ? settled(nanoTime, last) : null;
    }

    private synchronized @Nullable Stall settled(long nanoTime, boolean last) {
        if (!untold || (!last && nanoTime - noticedAt < TOGETHER)) {
            return null;
        }
        untold = false;
        return new Stall(lost, pingsOut);
    }
}
