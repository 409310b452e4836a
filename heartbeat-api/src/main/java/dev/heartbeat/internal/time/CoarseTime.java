package dev.heartbeat.internal.time;

import java.time.Duration;

/**
 * The units of active time inside the detector. A <em>fine</em> stamp counts 1.024 µs in 42 bits, a <em>stamp</em>
 * 1.048576 ms in an {@code int}: powers of two of a nanosecond, so that a stamp is exactly the upper 32 bits of a fine one.
 * Both wrap around (after 52 days) and are compared by subtraction; nothing is ever compared that is more than some days
 * apart, because no setting exceeds a day and no announced silence a week.
 */
public final class CoarseTime {

    /** The usual tick, 67 ms: the detector's wake-up costs more than its work, and nobody needs a finer verdict. */
    public static final int TICK = 64;

    private static final int FINE_SHIFT = 10;
    private static final int SHIFT = 20;
    private static final long FINE_MASK = (1L << 42) - 1;

    private CoarseTime() {}

    /** The stamp of an active time in nanoseconds. */
    public static int at(long activeNanos) {
        return (int) (activeNanos >> SHIFT);
    }

    /** The fine stamp of an active time in nanoseconds. */
    public static long fineAt(long activeNanos) {
        return (activeNanos >> FINE_SHIFT) & FINE_MASK;
    }

    /** The stamp within which a fine stamp lies. */
    public static int coarse(long fine) {
        return (int) (fine >>> (SHIFT - FINE_SHIFT));
    }

    /** The first fine stamp within a stamp. */
    public static long fine(int stamp) {
        return (stamp & 0xFFFF_FFFFL) << (SHIFT - FINE_SHIFT);
    }

    /** The nanoseconds from one fine stamp to a later one; 0 if it is not later. */
    public static long nanosBetween(long fineFrom, long fineTo) {
        long fine = (fineTo - fineFrom) << (64 - 42) >> (64 - 42);
        return Math.max(0, fine) << FINE_SHIFT;
    }

    /** The earlier of two stamps that are no more than some days apart. */
    public static int earlier(int stamp, int other) {
        return stamp - other < 0 ? stamp : other;
    }

    /** The later of two stamps that are no more than some days apart. */
    public static int later(int stamp, int other) {
        return stamp - other > 0 ? stamp : other;
    }

    /** The number of stamps that cover a duration of at most some days, rounded up. */
    public static int of(Duration duration) {
        long nanos = duration.toNanos();
        return (int) ((nanos + (1L << SHIFT) - 1) >> SHIFT);
    }

    /**
     * The length of a tick that is fine enough for two waits, in stamps: a sixteenth of the shorter one, a power of two, no
     * longer than the usual one.
     */
    public static int tick(Duration wait, Duration other) {
        Duration shortest = wait.compareTo(other) < 0 ? wait : other;
        return Integer.highestOneBit(Math.max(1, Math.min(TICK, of(shortest) / 16)));
    }

    /** The nanoseconds of a number of stamps. */
    public static long nanos(int stamps) {
        return (long) stamps << SHIFT;
    }

    /** The duration of a number of stamps. */
    public static Duration duration(long stamps) {
        return Duration.ofNanos(stamps << SHIFT);
    }
}
