package dev.heartbeat.internal.state;

import org.jspecify.annotations.Nullable;

/**
 * A silence that the peer has announced.
 *
 * @param until the stamp at which it should be over
 * @param grace how much longer than usual the peer may take to answer the first ping after it, in stamps
 */
public record Sleep(int until, int grace) {

    /**
     * A silence that begins now. Clocks that wake a radio are inexact and it has to register again, so that an eighth of the
     * silence is granted on top of the patience, or the patience once more if that is longer.
     */
    public static Sleep of(int now, int length, int patience) {
        return new Sleep(now + length, Math.max(length / 8, patience));
    }

    /** Whether a peer is not to be asked yet. */
    public static boolean lasts(@Nullable Sleep sleep, int now) {
        return sleep != null && now - sleep.until < 0;
    }
}
