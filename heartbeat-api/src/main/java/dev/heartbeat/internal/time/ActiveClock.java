package dev.heartbeat.internal.time;

import java.util.concurrent.TimeUnit;

/**
 * Time during which this process listened. A tick that comes late, because of a garbage collection, a stopped process, a
 * moved virtual machine or a blocked event loop, adds at most one tick's length on top of its own: what a peer sent
 * meanwhile could not have been heard, so the peer is not charged for it.
 *
 * <p>Owned by one thread, but for {@link #activeAt}.
 */
final class ActiveClock {

    /** What the two clocks may differ by through no sleep, in milliseconds. */
    private static final long SHORTEST_SLEEP = 1_000;

    private long real;
    private long active;
    private long passed;
    private long wallClockMillis;

    /** Real time less active time; changes only when time is lost, so that readers share it. */
    private volatile long offset;

    /** Active time cannot be later than this before the next tick, however late that comes. */
    private volatile long ceiling;

    ActiveClock(long nanoTime, long wallClockMillis) {
        this.real = nanoTime;
        this.wallClockMillis = wallClockMillis;
        this.active = nanoTime;
        this.ceiling = nanoTime + Long.MAX_VALUE / 2; // nothing can be late before the first tick
    }

    /**
     * Counts a tick.
     *
     * @param nanoTime the reading of the ticker
     * @param tickNanos the length that the tick should have had
     * @return the nanoseconds that do not count, 0 for a tick that came on time
     */
    long tick(long nanoTime, long tickNanos) {
        passed = Math.max(0, nanoTime - real);
        long counted = Math.min(passed, 2 * tickNanos);
        real = nanoTime;
        active += counted;
        if (nanoTime - active != offset) {
            offset = nanoTime - active;
        }
        ceiling = active + 2 * tickNanos;
        return passed - counted;
    }

    /**
     * For how long the machine was suspended before the latest tick, so that the ticker stood still.
     *
     * @param millis the reading of a clock that did not
     * @return nanoseconds; 0 for less than a second
     */
    long suspendedNanos(long millis) {
        long slept = millis - wallClockMillis - TimeUnit.NANOSECONDS.toMillis(passed);
        wallClockMillis = millis;
        return slept < SHORTEST_SLEEP ? 0 : TimeUnit.MILLISECONDS.toNanos(slept);
    }

    /** Active nanoseconds at the latest tick, on the ticker's own scale. */
    long active() {
        return active;
    }

    /** Active nanoseconds at a reading of the ticker, from any thread, and during a stall too. */
    long activeAt(long nanoTime) {
        long reading = nanoTime - offset;
        long latest = ceiling;
        return reading - latest < 0 ? reading : latest;
    }
}
