package dev.heartbeat.internal.time;

import java.util.concurrent.TimeUnit;

/**
 * Measures, minute by minute, how much of real time a pacemaker's active time has been. What it looks for is lateness that
 * lasts: a stall that stands alone is left out, since it is told as such. Owned by one thread.
 */
final class LagMeter {

    static final long MINUTE = TimeUnit.MINUTES.toNanos(1);
    private static final long SHORTEST_STALL = TimeUnit.SECONDS.toNanos(1);

    private long began;
    private long activeThen;
    private long stalled;
    private int stalls;
    private boolean hasStalledBefore;
    private long length;
    private double factor = 1;

    LagMeter(long nanoTime) {
        this.began = nanoTime;
        this.activeThen = nanoTime;
    }

    /**
     * Counts a tick.
     *
     * @param nanoTime the reading of the ticker
     * @param active the active nanoseconds, on the same scale
     * @param lost the nanoseconds before it that do not count, by that scale
     * @return whether a minute is over in which active time ran at less than four fifths of real time
     */
    boolean tick(long nanoTime, long active, long lost) {
        if (lost >= SHORTEST_STALL) {
            stalled += lost;
            stalls++;
        }
        if (nanoTime - began < 0) {
            begin(nanoTime, active); // a ticker that runs backwards tells nothing
        }
        if (nanoTime - began < MINUTE) {
            return false;
        }
        length = nanoTime - began;
        long counted = active - activeThen;
        factor = (double) counted / length;
        boolean standsAlone = stalls == 1 && !hasStalledBefore;
        boolean isLag = 5 * counted < 4 * (standsAlone ? length - stalled : length);
        hasStalledBefore = stalls > 0;
        begin(nanoTime, active);
        return isLag;
    }

    private void begin(long nanoTime, long active) {
        stalled = 0;
        stalls = 0;
        began = nanoTime;
        activeThen = active;
    }

    /** Active time divided by real time, in the latest minute that is over. */
    double factor() {
        return factor;
    }

    /** How long that minute was, in nanoseconds: a minute, and what the tick at its end came late. */
    long length() {
        return length;
    }
}
