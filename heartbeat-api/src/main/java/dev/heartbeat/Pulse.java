package dev.heartbeat;

/**
 * The state machine of one connection, and every rule of life and death in one place. Pure: it has no thread, no clock and
 * no I/O; time and facts go in, a {@link Decision} comes out. The state is one {@code long}, the <em>word</em>, so that a
 * connection costs little and a transition is one compare-and-set.
 *
 * <pre>
 *            first phase over,              nothing for the          nothing for the
 *            or silence ≥ eager             pong timeout             patience
 *   NEW ───────────┐
 *                  ├────────▶ WAITING ─────────────▶ SUSPECT ─────────────▶ ENDED
 *   QUIET ─────────┘             │  (onTimeout)        │  (onReap)            ▲
 *     ▲                          │                     │                      │
 *     └───── anything heard ─────┴─ anything heard ────┘     closed or stopped, from any state,
 *                                     (onRecovery)           or CLOSING for the patience (onReap)
 * </pre>
 *
 * <p>The rules: anything heard after the ping was decided on is life; a stamp of hearing is even, and deciding on a ping
 * makes it odd until something more is heard. One ping is outstanding, its deadlines run from the moment
 * before the transport is called. A verdict compares its deadline with {@code listened}, the time up to which everything
 * that had arrived has surely been read, not with the present; a ping only needs the present.
 *
 * <p>A peer that talks is pinged as well, now and then: what it sends answers that ping for all the rules above, but if it has
 * echoed pings before and does not echo this one, it is deaf.
 *
 * <p>The word, from its lowest bit: state (3 bits), the ping call's progress (2), latest round trip as a small float (14,
 * zero if there was none), whether the peer has ever sent a pong (1), whether the latest ping is owed its echo (1), then the
 * fine stamp of the ping (42), or in {@code NEW} of the plan for the first one, in {@code CLOSING} of its beginning.
 */
final class Pulse {

    /** Not pinged yet; the first ping is planned. */
    static final int NEW = 0;

    /** Nothing is asked; the silence is young. */
    static final int QUIET = 1;

    /** A ping is unanswered, for less than the pong timeout. */
    static final int WAITING = 2;

    /** A ping is unanswered for longer; the application has been told. */
    static final int SUSPECT = 3;

    /** A close frame was sent or received: nothing is asked any more, and the rest of the handshake has a deadline. */
    static final int CLOSING = 4;

    /** Reaped, closed or stopped; nothing follows. */
    static final int ENDED = 5;

    /** No ping call is under way. */
    static final int IDLE = 0;

    /** The ping waits for a thread to send it. */
    static final int QUEUED = 1;

    /** The transport has been called and has not returned. */
    static final int CALLING = 2;

    private static final int CALL_SHIFT = 3;
    private static final int TRIP_SHIFT = 5;
    private static final long PONGED = 1L << 19;
    private static final long OWED = 1L << 20;
    private static final int SENT_SHIFT = 21;
    private static final long STATE_MASK = 0b111;
    private static final long CALL_MASK = 0b11 << CALL_SHIFT;
    private static final long TRIP_MASK = 0x3FFFL << TRIP_SHIFT;
    private static final int MANTISSA_BITS = 9;

    /** What the facts demand. */
    enum Decision {
        /** Nothing yet. */
        REST,
        /** Send the one ping. */
        PING,
        /** The ping is answered. */
        SETTLE,
        /** Tell the application that the peer is suspect. */
        SUSPECT,
        /** Tell the application that the suspect lives. */
        RECOVER,
        /** The peer is a zombie. */
        REAP,
        /** The connection has ended; let go of it. */
        FORGET
    }

    private Pulse() {}

    /** The stamp that a sign of life leaves at a moment. */
    static int heardAt(int stamp) {
        return stamp & ~1;
    }

    /** The stamp of hearing once a ping has been decided on; whatever is heard later replaces it. */
    static int heardBeforePing(int heard) {
        return heard | 1;
    }

    /**
     * Applies the rules.
     *
     * @param word the state
     * @param heard the stamp of hearing
     * @param now the present
     * @param listened the stamp up to which everything that had arrived has been read
     * @param limits the policy
     * @param putOff by how much hindrances have put off the verdicts on this ping
     */
    static Decision decide(long word, int heard, int now, int listened, Limits limits, int putOff) {
        int sent = Stamp.coarse(sent(word));
        return switch (state(word)) {
            case NEW -> now - sent >= 0 ? Decision.PING : Decision.REST;
            case QUIET ->
                now - heard >= limits.eager() || now - sent >= limits.verify() ? Decision.PING : Decision.REST;
            case WAITING -> {
                if (heard == heardAt(heard)) {
                    yield Decision.SETTLE;
                }
                yield listened - sent - putOff > limits.pong() ? Decision.SUSPECT : Decision.REST;
            }
            case SUSPECT -> {
                if (heard == heardAt(heard)) {
                    yield Decision.RECOVER;
                }
                yield listened - sent - putOff > limits.reap() ? Decision.REAP : Decision.REST;
            }
            case CLOSING -> listened - sent - putOff > limits.reap() ? Decision.REAP : Decision.REST;
            default -> Decision.FORGET;
        };
    }

    /**
     * The latest stamp by which {@link #decide} must be asked again, whatever other threads do to the word meanwhile: an
     * answer may turn a waiting connection quiet at once, so the next ping counts as much as the verdict.
     */
    static int due(long word, int heard, Limits limits, int putOff) {
        int sent = Stamp.coarse(sent(word));
        return switch (state(word)) {
            case NEW -> sent;
            case QUIET -> earlier(heard + limits.idle(), sent + limits.verify());
            case WAITING -> sent + Math.min(limits.pong() + putOff + 1, limits.eager());
            default -> sent + limits.reap() + putOff + 1;
        };
    }

    /**
     * Whether a talking peer is deaf: it has echoed pings before, and an echo has been owed for too long.
     *
     * @param owedSince the stamp of the first ping since the latest echo
     */
    static boolean isDeaf(long word, int owedSince, int listened, Limits limits, int putOff) {
        return owesEcho(word) && state(word) == QUIET && listened - owedSince - putOff > limits.deaf();
    }

    /** Whether a peer that has echoed pings before has not echoed the latest one. */
    static boolean owesEcho(long word) {
        return (word & OWED) != 0 && (word & TRIP_MASK) != 0;
    }

    /** Whether the latest ping has not been echoed. */
    static boolean isOwed(long word) {
        return (word & OWED) != 0;
    }

    /** Whether the peer has sent any pong since its first ping. */
    static boolean hasPonged(long word) {
        return (word & PONGED) != 0;
    }

    private static int earlier(int stamp, int other) {
        return stamp - other < 0 ? stamp : other;
    }

    static int state(long word) {
        return (int) (word & STATE_MASK);
    }

    /** How far the latest ping call has come: {@link #IDLE}, {@link #QUEUED} or {@link #CALLING}. */
    static int call(long word) {
        return (int) ((word & CALL_MASK) >>> CALL_SHIFT);
    }

    /** The fine stamp of the ping, of the plan for the first one, or of the closing's beginning. */
    static long sent(long word) {
        return (word >>> SENT_SHIFT) & ((1L << 42) - 1);
    }

    /** How many suspects a connection counts for. */
    static int suspects(long word) {
        return state(word) == SUSPECT ? 1 : 0;
    }

    static boolean unanswered(long word) {
        return state(word) == WAITING || state(word) == SUSPECT;
    }

    /** Whether a deadline runs that a hindrance can put off. */
    static boolean hasDeadline(long word) {
        return unanswered(word) || state(word) == CLOSING;
    }

    /** A new connection whose first ping is planned. */
    static long planned(int firstPing) {
        return ((firstPing & 0xFFFF_FFFFL) << (10 + SENT_SHIFT)) | NEW;
    }

    /** A ping has been decided on; it waits for a thread, or for the call of an earlier one that has not returned. */
    static long asked(long word, long sentFine) {
        long call = call(word) == IDLE ? ((long) QUEUED << CALL_SHIFT) : (word & CALL_MASK);
        return (sentFine << SENT_SHIFT) | (word & (TRIP_MASK | PONGED)) | OWED | call | WAITING;
    }

    /** The transport is about to be called; the deadlines run from here. */
    static long calling(long word, long sentFine) {
        return (sentFine << SENT_SHIFT)
                | (word & (TRIP_MASK | PONGED | OWED | STATE_MASK))
                | ((long) CALLING << CALL_SHIFT);
    }

    /** The ping waits to be sent once more. */
    static long queued(long word) {
        return (word & ~CALL_MASK) | ((long) QUEUED << CALL_SHIFT);
    }

    /** The transport's call has returned, or will not be made. */
    static long returned(long word) {
        return word & ~CALL_MASK;
    }

    /** The ping has not been sent after all: as before it was asked for, but for what is known of the peer since. */
    static long notAsked(long word, long before) {
        return before | (word & PONGED);
    }

    /** The latest ping need not be echoed: it was not sent, or the peer has announced that it will be silent. */
    static long forgiven(long word) {
        return word & ~OWED;
    }

    /** The latest ping has been echoed after so many nanoseconds. */
    static long answered(long word, long roundTripNanos) {
        return (settled(ponged(word)) & ~(TRIP_MASK | OWED)) | (compress(roundTripNanos >> 10) << TRIP_SHIFT);
    }

    /** The peer has sent a pong, whatever it carries. */
    static long ponged(long word) {
        return word | PONGED;
    }

    /** Something was heard. */
    static long settled(long word) {
        return (word & ~STATE_MASK) | QUIET;
    }

    static long suspected(long word) {
        return (word & ~STATE_MASK) | SUSPECT;
    }

    /** The closing handshake has begun; whatever was asked does not matter any more. */
    static long closing(long word, long beganFine) {
        return (beganFine << SENT_SHIFT) | (word & (TRIP_MASK | CALL_MASK)) | CLOSING;
    }

    static long ended() {
        return ENDED;
    }

    /** The latest round trip in nanoseconds, to about three digits; 0 if there was none. */
    static long roundTripNanos(long word) {
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
