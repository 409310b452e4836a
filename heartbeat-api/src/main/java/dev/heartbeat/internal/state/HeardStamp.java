package dev.heartbeat.internal.state;

/**
 * The stamp at which a peer was heard last. Its lowest bit is not time: it tells whether a ping has been decided on since, so
 * that whatever is heard later, which clears the bit, is known to answer that ping.
 */
public final class HeardStamp {

    private static final int ASKED_SINCE = 1;

    private HeardStamp() {}

    /** What a sign of life leaves at a moment. */
    public static int at(int stamp) {
        return stamp & ~ASKED_SINCE;
    }

    /** The same stamp once a ping has been decided on. */
    public static int askedSince(int heard) {
        return heard | ASKED_SINCE;
    }

    /** Whether nothing has been heard since the latest ping was decided on. */
    public static boolean isAskedSince(int heard) {
        return (heard & ASKED_SINCE) != 0;
    }
}
