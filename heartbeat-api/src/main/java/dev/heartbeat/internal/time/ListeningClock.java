package dev.heartbeat.internal.time;

import org.jspecify.annotations.Nullable;

/**
 * How far a pacemaker has listened: the present, in stamps of active time, and the moment before it up to which everything
 * that had arrived has surely been read. The second is usually the tick before; after a stall it stands still until what arrived meanwhile
 * is read. The pacemaker's thread only, but for {@link #fineAt}.
 */
public final class ListeningClock {

    /** Reading what arrived during a stall may take as long as that took, up to two seconds. */
    private static final int LONGEST_CATCH_UP = 1_907;

    /** Stalls that follow each other put verdicts off for ten seconds of active time: a slow machine still reaps. */
    private static final int LONGEST_CATCH_UP_IN_ALL = 9_536;

    private final ActiveClock clock;
    private final LagMeter lagMeter;
    private long reading;
    private long awakeSince;
    private int now;
    private int listened;
    private boolean catchesUp;
    private boolean hasLagged;
    private int catchUpBegan;
    private int catchUpLasts;

    /**
     * Begins to listen.
     *
     * @param nanoTime the reading of the ticker
     * @param wallClockMillis the reading of a clock that runs while the machine is suspended
     */
    public ListeningClock(long nanoTime, long wallClockMillis) {
        this.clock = new ActiveClock(nanoTime, wallClockMillis);
        this.lagMeter = new LagMeter(nanoTime);
        this.reading = nanoTime;
        this.awakeSince = nanoTime;
        this.now = CoarseTime.at(nanoTime);
        this.listened = now;
    }

    /**
     * Counts a tick.
     *
     * @param nanoTime the reading of the ticker
     * @param wallClockMillis the reading of the other clock
     * @param tickNanos the length that the tick should have had
     * @return the nanoseconds in which nobody listened, 0 for a tick that came on time
     */
    public long tick(long nanoTime, long wallClockMillis, long tickNanos) {
        reading = nanoTime;
        long late = clock.tick(nanoTime, tickNanos);
        long lost = late + clock.suspendedNanos(wallClockMillis);
        hasLagged = lagMeter.tick(nanoTime, clock.active(), late);
        int before = now;
        now = CoarseTime.at(clock.active());
        if (lost >= 8 * tickNanos) {
            awakeSince = nanoTime;
            catchUp(lost);
        }
        if (catchesUp && now - catchUpBegan >= catchUpLasts) {
            catchesUp = false;
        }
        if (!catchesUp) {
            listened = before;
        }
        return lost;
    }

    private void catchUp(long lost) {
        if (!catchesUp) {
            catchesUp = true;
            catchUpBegan = now;
            catchUpLasts = 0;
        }
        int untilRead = now - catchUpBegan + (int) Math.min(LONGEST_CATCH_UP, lost >> 20);
        catchUpLasts = Math.min(Math.max(catchUpLasts, untilRead), LONGEST_CATCH_UP_IN_ALL);
    }

    /** The minute that the latest tick has ended, if active time ran slow in it; null otherwise. */
    public Lags.@Nullable Lag lag() {
        return hasLagged ? new Lags.Lag(lagMeter.factor(), lagMeter.length(), reading) : null;
    }

    /** The stamp of the tick. */
    public int now() {
        return now;
    }

    /** The stamp up to which everything that had arrived has been read. */
    public int listened() {
        return listened;
    }

    /** The reading of the ticker at the latest tick. */
    public long reading() {
        return reading;
    }

    /** The reading of the ticker at the end of the latest stall, or when all began. */
    public long awakeSince() {
        return awakeSince;
    }

    /**
     * How long it is until the next tick, if ticks come where the active time is a multiple of their length: so a tick that
     * came late shortens the wait for the next one, and lateness does not add up.
     *
     * @param tickNanos their length, a power of two
     */
    public long untilNextTick(long tickNanos) {
        return tickNanos - (clock.active() & (tickNanos - 1));
    }

    /** The fine stamp at a reading of the ticker, on any thread, and during a stall too. */
    public long fineAt(long nanoTime) {
        return CoarseTime.fineAt(clock.activeAt(nanoTime));
    }
}
