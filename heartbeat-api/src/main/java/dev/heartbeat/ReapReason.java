package dev.heartbeat;

/**
 * Why a connection was reaped: the same words reach the event, the log line and the close frame, and a metric's tag.
 */
public enum ReapReason {

    /**
     * A ping was handed to the transport and nothing at all came back within the patience of the policy; whether the ping was
     * acknowledged is not known.
     */
    NO_ANSWER("no answer to the ping"),

    /**
     * The ping was acknowledged by the other end of the TCP connection, and nothing came back: the peer's network lives and
     * its application does not, or, behind a proxy, nobody is left behind the proxy.
     */
    NOT_ANSWERED("the ping was acknowledged, but not answered"),

    /** The ping was sent again and again and never acknowledged: the peer's network is gone, or its power. */
    NOT_ACKNOWLEDGED("the ping was not even acknowledged"),

    /** The transport refused the ping with an exception, and nothing came from the peer within the patience either. */
    PING_FAILED("the ping could not be sent"),

    /**
     * The peer takes no more bytes: output in front of the ping has not moved for the patience, or the transport's ping call has
     * not returned for as long.
     */
    PING_STUCK("the ping is stuck behind unsent data"),

    /**
     * A close frame was sent or received, or the transport called the connection closed, and it was still open, or its file
     * descriptor held, when the patience had passed.
     */
    CLOSE_UNFINISHED("the closing handshake was not finished"),

    /** The peer sends, but has not echoed any ping for a long time although it did before: nothing reaches it any more. */
    DEAF("it sends but answers no ping any more"),

    /** The application behind the peer has said nothing for as long as the policy allows, however well pings are answered. */
    STALE("its application has said nothing for too long"),

    /** A newer connection came with the same identity, and this one did not answer, or the policy asks for no answer. */
    SUPERSEDED("a newer connection of the same device took over"),

    /** The connection that carries it, of which it is a stream, was found dead. */
    CARRIER_LOST("the connection that carries it is dead");

    private final String phrase;

    ReapReason(String phrase) {
        this.phrase = phrase;
    }

    /**
     * The reason in words, short enough for a close frame (at most 123 bytes of UTF-8, RFC 6455 section 5.5.1).
     *
     * @return a phrase in lower case
     */
    public String phrase() {
        return phrase;
    }
}
