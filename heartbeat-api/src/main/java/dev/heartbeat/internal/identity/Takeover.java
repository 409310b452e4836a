package dev.heartbeat.internal.identity;

/**
 * An identity has changed hands.
 *
 * @param <H> who can hold one
 * @param older who held it until now
 * @param lately how often it has changed hands within the last minute, this time included
 */
public record Takeover<H>(H older, int lately) {

    /** Takeovers within a minute from which on two devices seem to share an identity. */
    private static final int SUSPICIOUS = 4;

    /** Whether it has just become likely that two devices share the identity, so that it is worth a warning once. */
    public boolean becomesSuspicious() {
        return lately == SUSPICIOUS;
    }
}
