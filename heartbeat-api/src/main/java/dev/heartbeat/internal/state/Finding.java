package dev.heartbeat.internal.state;

import dev.heartbeat.Hindrance;

/**
 * What the connection itself, down to the kernel, says of a ping without an answer. Each of these is one rule, and they are
 * tried in the order of {@link #of}.
 */
public enum Finding {

    /** The kernel has been asked and has not answered yet: nothing is decided before it has. */
    AWAITED(Hindrance.NONE),

    /** The ping has not left this process, and nothing is stuck: the peer has not been asked, and the deadlines have not begun. */
    NOT_ASKED(Hindrance.PING_HELD_BACK),

    /** Output waits in front of the ping, and has not moved: gone once that has lasted for the patience, whatever else runs. */
    OUTPUT_STANDS(Hindrance.NONE),

    /** Output waits in front of the ping, and more is added to it: whether any of it leaves is not known, which has a cap. */
    OUTPUT_UNCLEAR(Hindrance.OUTPUT_IN_PROGRESS),

    /** Output is in front of the ping and moves: alive for as long as it moves, without a cap. */
    OUTPUT_MOVES(Hindrance.OUTPUT_IN_PROGRESS),

    /** Something has come from the peer since the ping that nobody was shown: alive; it is we who do not read. */
    INPUT_ARRIVED(Hindrance.INPUT_UNREAD),

    /** Something of the peer lies unread, and may have come before the ping: to be asked once more, when more of it is proof. */
    INPUT_UNREAD(Hindrance.INPUT_UNREAD),

    /** The other end has acknowledged the ping, and nothing has come: its network lives, its application does not. */
    ACKNOWLEDGED(Hindrance.NONE),

    /** The other end has acknowledged nothing for some time, however often it was sent: its network is gone. */
    NOT_ACKNOWLEDGED(Hindrance.NONE),

    /** Nothing can be known below the transport: what it says hinders a pong counts, up to its cap. */
    NOTHING(Hindrance.NONE);

    /**
     * So many unread bytes may have closed the peer's window (a receive buffer holds 64 KB at the very least where nobody has
     * set it), so that it cannot send: then their standing still proves nothing.
     */
    private static final long MAY_BE_FULL = 32_768;

    private final Hindrance hindrance;

    Finding(Hindrance hindrance) {
        this.hindrance = hindrance;
    }

    /** Whether nothing better is known than what hinders a pong, which counts up to its cap. */
    boolean isUnknown() {
        return this == NOTHING || this == OUTPUT_UNCLEAR;
    }

    /** How evidence names it where it puts a verdict off; none where it does not. */
    public Hindrance hindrance() {
        return hindrance;
    }

    /** Whether output is in front of the ping and is not known to move. */
    boolean isStandstill() {
        return this == OUTPUT_STANDS || this == OUTPUT_UNCLEAR || this == NOT_ACKNOWLEDGED;
    }

    /** What the facts say. */
    static Finding of(Facts facts) {
        if (facts.isAwaited) {
            return AWAITED;
        }
        if (facts.hasInputArrived && StateWord.state(facts.word) != StateWord.QUIET) {
            return INPUT_ARRIVED; // that a peer talks which owes an echo says nothing of what is in front of its ping
        }
        if (isOutput(facts)) {
            return isInFront(facts) ? ofOutput(facts) : NOT_ASKED;
        }
        long unread = facts.socket == null ? 0 : facts.socket.unread();
        if (unread > 0 && !facts.wasUnreadSeen) {
            return INPUT_UNREAD;
        }
        return facts.socket == null || mayBeUnseen(facts, unread) ? NOTHING : ACKNOWLEDGED;
    }

    /** Whether a pong may have come, or may be unable to come, though the kernel shows none. */
    private static boolean mayBeUnseen(Facts facts, long unread) {
        return unread >= MAY_BE_FULL
                || (facts.hindrance == Hindrance.HANDLER_RUNNING && !facts.isInputCounted)
                || (facts.hindrance == Hindrance.READING_PAUSED && facts.transport.isSocketShared());
    }

    /** Whether it is the ping's own way out that tells, whatever lies unread. */
    static boolean isOutput(Facts facts) {
        return isInFront(facts) || facts.transport.pingWaits() || StateWord.call(facts.word) == StateWord.CALL_QUEUED;
    }

    private static boolean isInFront(Facts facts) {
        return facts.outputWaits || StateWord.call(facts.word) == StateWord.CALL_RUNNING;
    }

    private static Finding ofOutput(Facts facts) {
        if (facts.hasOutputMoved || facts.isOutputInFlight) {
            return OUTPUT_MOVES;
        }
        if (facts.socket != null && facts.socket.retransmissions() > 0) {
            return NOT_ACKNOWLEDGED;
        }
        return facts.isOutputUnclear ? OUTPUT_UNCLEAR : OUTPUT_STANDS;
    }
}
