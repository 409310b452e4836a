package dev.heartbeat;

/**
 * What an application implements to hear of its connections' life and death, and of trouble of the detector's own.
 *
 * <p>Events of one connection come one after the other, in the order in which they happened; events of different
 * connections come at the same time. They run on the event loop that the connection is watched on, where they must not
 * block, or, where it is watched without one, on a worker thread, where a slow callback delays later events of the same
 * connection only. A callback that throws is logged once per listener class and goes no further.
 *
 * <p>Override what you need: for a callback that no listener overrides, no event is made.
 */
public interface LivenessListener {

    /**
     * The peer answered a ping with the very payload it was sent: a round trip.
     *
     * @param event the connection and its round trip
     */
    default void onPong(LivenessEvent.Pong event) {}

    /**
     * The peer has not answered for longer than the pong timeout, counted from when the ping left: it is suspect. Nothing is closed.
     * What puts a verdict off puts this off as well, but for a hold and for a long round trip. Ends in
     * {@link #onRecovery}, {@link #onReap}, {@link #onClose}, or silently when the application stops the watch.
     *
     * @param event the connection and what is known of its silence
     */
    default void onTimeout(LivenessEvent.Timeout event) {}

    /**
     * A suspect has given a sign of life, whatever it was.
     *
     * @param event the connection
     */
    default void onRecovery(LivenessEvent.Recovery event) {}

    /**
     * The peer is a zombie; its connection is about to be terminated. Comes at most once for a connection, after {@link
     * #onTimeout} unless the reason is {@link ReapReason#CLOSE_UNFINISHED}, {@link ReapReason#DEAF}, {@link ReapReason#STALE},
     * {@link ReapReason#SUPERSEDED} or {@link ReapReason#CARRIER_LOST}, or is {@link ReapReason#PING_STUCK} and the peer sends,
     * and no callback follows it for that connection. The connection is still there to be read from while this runs, for up to
     * a second: after that it is terminated all the same, so that no listener can keep a dead peer's file descriptor.
     *
     * <p>In a dry run nothing is terminated, the watch goes on, and other callbacks may follow.
     *
     * @param event the connection, the reason, and the evidence
     */
    default void onReap(LivenessEvent.Reap event) {}

    /**
     * The connection was closed by either side: not a zombie. Told once, when the close is final: the transport says that it
     * is closed, and neither it nor the kernel says that the file descriptor is held. No callback follows it for that
     * connection.
     *
     * @param event the connection
     */
    default void onClose(LivenessEvent.Closed event) {}

    /**
     * A peer departs from the protocol in a way that makes it harder to watch; told once for each quirk of a connection.
     *
     * @param event the connection and the quirk
     */
    default void onQuirk(LivenessEvent.Quirky event) {}

    /**
     * The application behind a peer has said nothing for as long as {@link HeartbeatPolicy#staleAfter()} allows, however
     * well the peer answers pings; told once for each silence.
     *
     * @param event the connection and for how long
     */
    default void onStale(LivenessEvent.Stale event) {}

    /**
     * A connection has come with the identity of another one, which is now probed, or reaped if the policy says so.
     *
     * @param event both connections, and how often that has happened lately
     */
    default void onTakeover(LivenessEvent.Takeover event) {}

    /**
     * In a dry run, a peer that was given up has shown that it lives: it would have been reaped wrongly.
     *
     * @param event the connection, and how often that has happened so far
     */
    default void onMistake(LivenessEvent.Mistake event) {}

    /**
     * This process did not listen for a second or more, on one of the detector's executors. Not about any one connection,
     * and in no order with the events of connections.
     *
     * @param event how long, and how many verdicts wait because of it
     */
    default void onStall(LivenessEvent.Stall event) {}

    /**
     * Lateness that lasts: for a minute, active time has run at less than four fifths of real time on one of the detector's
     * executors, so that everything a policy promises takes longer by as much. Told once a minute while that lasts, by the worst of the
     * executors. A pause that stands alone, a minute or more away from any other, is told by {@link #onStall} only, however long it is; pauses
     * that follow each other more closely, 16 s in every 36 s for example, are told by both; delays of less than a second each by
     * this callback only. Time for which the machine was suspended is no lateness. Not about any one connection, and in no order
     * with the events of connections.
     *
     * @param event how slowly active time ran, and for how long
     */
    default void onLag(LivenessEvent.Lag event) {}

    /**
     * So many peers fell silent at once, or turned deaf or stale, that the fault looks like the network's or ours: verdicts are
     * held from now on, or no longer. Suspicions are told all the same. Not about any one connection, and in no order with the events of
     * connections.
     *
     * @param event whether the hold begins or is over, and how many peers are silent
     */
    default void onHold(LivenessEvent.Hold event) {}
}
