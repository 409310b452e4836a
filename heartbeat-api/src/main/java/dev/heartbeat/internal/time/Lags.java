package dev.heartbeat.internal.time;

import org.jspecify.annotations.Nullable;

/**
 * Lateness that lasts, as the pacemakers of a detector notice it: a machine that is starved makes all of them late, so it is
 * told once a minute, by the worst of them. Any thread.
 */
public final class Lags {

    /**
     * A minute in which active time ran slow.
     *
     * @param factor active time divided by real time
     * @param nanos how long that minute was
     * @param nanoTime the reading of the ticker at its end
     */
    public record Lag(double factor, long nanos, long nanoTime) {}

    // Guarded by this.
    private @Nullable Lag worst;
    private boolean hasTold;
    private long toldAt;

    /** Lateness that has yet to be noticed. */
    public Lags() {
        // all there is to it are the fields
    }

    /**
     * A pacemaker has had such a minute.
     *
     * @return the worst that any has had within a minute, if it is to be told now; null if that was done within a minute
     */
    public synchronized @Nullable Lag notice(Lag lag) {
        Lag before = worst;
        boolean isWorse =
                before == null || lag.nanoTime - before.nanoTime >= LagMeter.MINUTE || lag.factor < before.factor;
        Lag present = isWorse || before == null ? lag : before;
        if (hasTold && lag.nanoTime - toldAt < LagMeter.MINUTE) {
            worst = present;
            return null;
        }
        worst = null;
        hasTold = true;
        toldAt = lag.nanoTime;
        return present;
    }
}
