package dev.heartbeat;

/**
 * Why a pong, had it come, could not have been seen: a reason of our own to put a verdict off. {@link #HANDLER_RUNNING} and {@link
 * #READING_PAUSED} only do so where nothing better is known, up to the {@linkplain HeartbeatPolicy#hindranceCap() cap}; so does
 * {@link #OUTPUT_IN_PROGRESS} of a transport that tells no numbers of its output. What is seen, by those numbers or by the
 * kernel, has no cap, and output that stands outranks them all. In the {@linkplain LivenessEvent.Evidence evidence} of a verdict they say
 * what was seen since the ping, not that it still was when the peer was given up.
 *
 * @see Connection#hindrance()
 */
public enum Hindrance {

    /** Nothing hinders: what the peer sends is seen at once. */
    NONE("none"),

    /**
     * The application's own message handler is running, and pongs queue behind it (measured in every Jakarta container). Puts no
     * verdict off where input is counted and the kernel says that the ping was acknowledged and that nothing has come.
     */
    HANDLER_RUNNING("the application's handler is running"),

    /**
     * Nobody reads: the application has paused reading, or back-pressure has. Where the kernel can be asked, it tells what has come
     * all the same.
     */
    READING_PAUSED("reading is paused"),

    /**
     * Something has arrived since the ping, and nobody here has read it: the peer lives, and it is the application that does not
     * read. No cap. Reported by the detector, never by a connection.
     */
    INPUT_UNREAD("what it sent lies unread here"),

    /** Output is on its way to the peer and moves; a ping would wait behind it. No cap for as long as it is seen to move. */
    OUTPUT_IN_PROGRESS("a large message is on its way out"),

    /**
     * The connection that carries this one, an HTTP/2 connection its stream, is being asked whether it lives: the ping waits for the
     * answer, and a verdict for that on the connection.
     */
    CARRIER_ASKED("the connection that carries it has yet to answer"),

    /**
     * A message of the peer is still arriving, and a pong would come behind it: by a transport that sees that bytes come, or
     * fragments, and no end of a message. To be told only if nothing else hinders. A peer that is heard, however long its message is,
     * is not {@linkplain ReapReason#DEAF deaf}; one that falls silent in the middle of it is judged as ever.
     */
    MESSAGE_INCOMPLETE("a message of the peer is still arriving"),

    /** The ping itself still waits for a thread of ours. Reported by the detector, never by a connection. */
    PING_QUEUED("the ping waits for a thread"),

    /**
     * The transport has the ping, and has not let it go: it lies in a batch, a traffic shaper or behind a flow-control window,
     * or was refused. The peer has not been asked, and the deadlines begin when the ping leaves. Reported by the detector, never
     * by a connection.
     */
    PING_HELD_BACK("the ping has not left this process"),

    /**
     * Much was sent in front of the ping, and a proxy may hold it: the peer was given the time that the slowest link worth serving
     * takes for it. Reported by the detector, never by a connection.
     *
     * @see HeartbeatPolicy#slowestLink()
     */
    MUCH_SENT("much was sent in front of the ping"),

    /**
     * Many peers fell silent at once, so the fault looks like ours or the network's. Reported by the detector, never by a
     * connection.
     *
     * @see HeartbeatPolicy#holdCap()
     */
    STORM("many peers fell silent at once");

    private final String phrase;

    Hindrance(String phrase) {
        this.phrase = phrase;
    }

    /**
     * The hindrance in words.
     *
     * @return a phrase in lower case
     */
    public String phrase() {
        return phrase;
    }
}
