package dev.heartbeat;

/**
 * Why a pong, had it come, could not have been seen: a reason of our own to put a verdict off.
 *
 * @see Connection#hindrance()
 */
public enum Hindrance {

    /** Nothing hinders: what the peer sends is seen at once. */
    NONE("none"),

    /** The application's own message handler is running, and pongs queue behind it (measured in every Jakarta container). */
    HANDLER_RUNNING("the application's handler is running"),

    /** Nobody reads: the application has paused reading, or back-pressure has. */
    READING_PAUSED("reading is paused"),

    /** Something has arrived since the ping, and nobody here has read it. Reported by the detector, never by a connection. */
    INPUT_UNREAD("what it sent lies unread here"),

    /** Output is on its way to the peer and moves; a ping would wait behind it. */
    OUTPUT_IN_PROGRESS("a large message is on its way out"),

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
     * or was refused. Reported by the detector, never by a connection.
     */
    PING_HELD_BACK("the ping has not left this process"),

    /**
     * Much was sent in front of the ping, and a proxy may hold it. Reported by the detector, never by a connection.
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
