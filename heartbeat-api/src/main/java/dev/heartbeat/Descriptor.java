package dev.heartbeat;

/**
 * What has become of the file descriptor of a connection that its transport calls closed. Transports say "closed" when a close frame
 * has been sent, and may hold the socket of a dead peer for minutes after that, or for ever.
 *
 * @see Connection#descriptor()
 */
public enum Descriptor {

    /** Nothing is held any more: the close is final. */
    FREE,

    /** The transport still holds it: the connection is closing. */
    HELD,

    /**
     * The transport does not know. The kernel is asked where it can be, by the two ends of the connection in its {@linkplain
     * TransportFacts facts}; where it cannot, the close counts as final.
     */
    UNKNOWN
}
