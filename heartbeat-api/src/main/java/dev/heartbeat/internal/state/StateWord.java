package dev.heartbeat.internal.state;

/**
 * The state of one connection in one {@code long} (but that the latest ping is answered by data, which is in the {@link
 * HeardStamp} alone), so that a connection costs little and a transition is one compare-and-set:
 * how it is read, and every transition there is. When which one is due is for the {@link Rules} to say.
 *
 * <p>From its lowest bit: state (3 bits), the ping call's progress (2), latest round trip as a small float (14, zero if there
 * was none), whether the peer has ever sent a pong (1), whether the latest ping is owed its echo (1), then the fine stamp of
 * the ping (42), or in {@link #NEW} of the plan for the first one, in {@link #CLOSING} of its beginning.
 */
public final class StateWord {

    /** Not pinged yet; the first ping is planned. */
    public static final int NEW = 0;

    /** Nothing is asked; the silence is young. */
    public static final int QUIET = 1;

    /** A ping is unanswered, for less than the pong timeout. */
    static final int WAITING = 2;

    /** A ping is unanswered for longer; the application has been told. */
    public static final int SUSPECT = 3;

    /** A close frame was sent or received: nothing is asked any more, and the rest of the handshake has a deadline. */
    public static final int CLOSING = 4;

    /** Reaped, closed or stopped; nothing follows. */
    public static final int ENDED = 5;

    /** No ping call is under way. */
    public static final int NO_CALL = 0;

    /** The ping waits for a thread to send it. */
    public static final int CALL_QUEUED = 1;

    /** The transport has been called and has not returned. */
    public static final int CALL_RUNNING = 2;

    private static final int CALL_SHIFT = 3;
    private static final int TRIP_SHIFT = 5;
    private static final long PONGED = 1L << 19;
    private static final long OWED = 1L << 20;
    private static final int SENT_SHIFT = 21;
    private static final long STATE_MASK = 0b111;
    private static final long CALL_MASK = 0b11 << CALL_SHIFT;
    private static final long TRIP_MASK = 0x3FFFL << TRIP_SHIFT;
    private static final int MANTISSA_BITS = 9;

    private StateWord() {}

    /** Whether a peer that has echoed pings before has not echoed the latest one. */
    public static boolean owesEcho(long word) {
        return (word & OWED) != 0 && (word & TRIP_MASK) != 0;
    }

    /** Whether the latest ping has not been echoed. */
    public static boolean isOwed(long word) {
        return (word & OWED) != 0;
    }

    /** Whether the peer has sent any pong since its first ping. */
    public static boolean hasPonged(long word) {
        return (word & PONGED) != 0;
    }

    public static int state(long word) {
        return (int) (word & STATE_MASK);
    }

    /** How far the latest ping call has come: {@link #NO_CALL}, {@link #CALL_QUEUED} or {@link #CALL_RUNNING}. */
    public static int call(long word) {
        return (int) ((word & CALL_MASK) >>> CALL_SHIFT);
    }

    /** The fine stamp of the ping, of the plan for the first one, or of the closing's beginning. */
    public static long sent(long word) {
        return (word >>> SENT_SHIFT) & ((1L << 42) - 1);
    }

    /** How many suspects a connection counts for. */
    public static int suspects(long word) {
        return state(word) == SUSPECT ? 1 : 0;
    }

    public static boolean unanswered(long word) {
        return state(word) == WAITING || state(word) == SUSPECT;
    }

    /** Whether a deadline runs that a hindrance can put off. */
    public static boolean hasDeadline(long word) {
        return unanswered(word) || state(word) == CLOSING;
    }

    /** A new connection whose first ping is planned. */
    public static long planned(int firstPing) {
        return ((firstPing & 0xFFFF_FFFFL) << (10 + SENT_SHIFT)) | NEW;
    }

    /** A ping has been decided on; it waits for a thread, or for the call of an earlier one that has not returned. */
    public static long asked(long word, long sentFine) {
        long call = call(word) == NO_CALL ? ((long) CALL_QUEUED << CALL_SHIFT) : (word & CALL_MASK);
        return (sentFine << SENT_SHIFT) | (word & (TRIP_MASK | PONGED)) | OWED | call | WAITING;
    }

    /** The transport is about to be called; the deadlines run from here. */
    public static long calling(long word, long sentFine) {
        return (sentFine << SENT_SHIFT)
                | (word & (TRIP_MASK | PONGED | OWED | STATE_MASK))
                | ((long) CALL_RUNNING << CALL_SHIFT);
    }

    /** The ping waits to be sent once more. */
    public static long queued(long word) {
        return (word & ~CALL_MASK) | ((long) CALL_QUEUED << CALL_SHIFT);
    }

    /** The transport's call has returned, or will not be made. */
    public static long returned(long word) {
        return word & ~CALL_MASK;
    }

    /** The ping has not been sent after all: as before it was asked for, but for what is known of the peer since. */
    public static long notAsked(long word, long before) {
        return before | (word & PONGED);
    }

    /** The peer has not been asked after all, and is not suspect for that: it is asked again. */
    public static long unasked(long word) {
        return state(word) == WAITING ? settled(word) : word;
    }

    /** The latest ping need not be echoed: it was not sent, or the peer has announced that it will be silent. */
    public static long forgiven(long word) {
        return word & ~OWED;
    }

    /** The latest ping has been echoed after so many nanoseconds. */
    public static long answered(long word, long roundTripNanos) {
        return (settled(ponged(word)) & ~(TRIP_MASK | OWED)) | (compress(roundTripNanos >> 10) << TRIP_SHIFT);
    }

    /** The peer has sent a pong, whatever it carries. */
    public static long ponged(long word) {
        return word | PONGED;
    }

    /** Something was heard. */
    public static long settled(long word) {
        return (word & ~STATE_MASK) | QUIET;
    }

    public static long suspected(long word) {
        return (word & ~STATE_MASK) | SUSPECT;
    }

    /** The closing handshake has begun; whatever was asked does not matter any more. */
    public static long closing(long word, long beganFine) {
        return (beganFine << SENT_SHIFT) | (word & (TRIP_MASK | CALL_MASK)) | CLOSING;
    }

    public static long ended() {
        return ENDED;
    }

    /** The latest round trip in nanoseconds, to about three digits; 0 if there was none. */
    public static long roundTripNanos(long word) {
        int trip = (int) ((word & TRIP_MASK) >>> TRIP_SHIFT);
        int exponent = trip >>> MANTISSA_BITS;
        long mantissa = trip & ((1 << MANTISSA_BITS) - 1);
        return exponent == 0 ? mantissa << 10 : ((mantissa | (1 << MANTISSA_BITS)) << (exponent - 1)) << 10;
    }

    /** A float of 5 and 9 bits over units of 1.024 µs, never 0: it reaches past the longest patience. */
    private static long compress(long units) {
        long value = Math.max(1, Math.min(units, (1L << 39) - 1));
        int exponent = Math.max(0, 64 - Long.numberOfLeadingZeros(value) - MANTISSA_BITS);
        long mantissa = exponent == 0 ? value : (value >>> (exponent - 1)) & ((1 << MANTISSA_BITS) - 1);
        return ((long) exponent << MANTISSA_BITS) | mantissa;
    }
}
