package dev.heartbeat;

import java.util.concurrent.TimeUnit;

/**
 * A monotonic source of time, in nanoseconds since an arbitrary origin.
 *
 * <p>Readings may be negative and may wrap around; they are only ever compared by subtraction. Implementations are called
 * from several threads at once.
 */
@FunctionalInterface
public interface Ticker {

    /**
     * Reads the time.
     *
     * @return nanoseconds since an origin that stays the same for the life of this ticker
     */
    long nanoTime();

    /**
     * Reads a clock that goes on while the machine is suspended, when {@link #nanoTime()} may stand still, as on Linux. Only
     * its progress counts: if it gets ahead by a second or more between two ticks, the machine has slept, which is treated
     * like any other pause. A clock that is set back does no harm, one that is set forward makes one such pause.
     *
     * @return milliseconds; unless overridden those of {@link #nanoTime()}, so that no suspension is noticed
     */
    default long wallClockMillis() {
        return TimeUnit.NANOSECONDS.toMillis(nanoTime());
    }

    /**
     * The ticker of the running JVM.
     *
     * @return {@link System#nanoTime()} and {@link System#currentTimeMillis()}
     */
    static Ticker system() {
        return new Ticker() {
            @Override
            public long nanoTime() {
                return System.nanoTime();
            }

            @Override
            public long wallClockMillis() {
                return System.currentTimeMillis();
            }
        };
    }
}
