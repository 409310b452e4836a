package dev.heartbeat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;

/**
 * A transport's connection as the detector sees it: the port that every adapter implements.
 *
 * <p>{@link #isOpen()}, {@link #descriptor()}, {@link #facts()}, {@link #hindrance()}, {@link #readOnce()} and {@link
 * #seesPongs()} run on the thread that judges every connection, {@link #listener()} and {@link #idleTimeout()} there and
 * wherever the heartbeat is told something: they return at once, take no lock that the transport may hold while it waits for a
 * peer, and do no I/O. {@link #ping} and {@link #terminate} run on the event loop that the connection is watched on or, where
 * it is watched without one, on a worker thread of the detector, and there they may block. Whatever a method throws is
 * contained: it never ends the detector's work for this or another connection.
 */
public interface Connection {

    /**
     * Names the connection in log lines, the way the application's operators would.
     *
     * @return an id without line breaks, the same for the life of the connection
     */
    String id();

    /**
     * Tells whether the transport still calls the connection open. An open answer proves nothing about the peer; a closed
     * one ends the watch with {@link LivenessListener#onClose} as soon as the {@link #descriptor()} is free.
     *
     * @return false once the transport has closed it
     */
    boolean isOpen();

    /**
     * Sends one ping control frame. That the call returns proves nothing: pings to a vanished peer "succeed" for minutes.
     *
     * @param payload a fresh buffer of 8 to 12 printable ASCII characters, which the connection may keep
     * @throws IOException if the transport cannot send; kept as evidence, never a verdict
     * @throws IllegalStateException if the transport takes no ping just now, being busy with a message: the peer has not been
     *     asked, and is asked again a little later
     */
    void ping(ByteBuffer payload) throws IOException;

    /**
     * Frees what the transport holds for the connection, without waiting for the peer. Called after the verdict, once.
     *
     * @param reason why; {@link ReapReason#phrase()} fits a close frame
     * @return what was done, and whether it freed the file descriptor
     * @throws IOException if it could not be done; reported as a termination that freed nothing
     */
    Termination terminate(ReapReason reason) throws IOException;

    /**
     * Tells what has become of the file descriptor of this connection, which is called closed, by {@link #isOpen()} or by {@link
     * Heartbeat#closed()}. One that is held is closing: it has the patience of the policy, and is then reaped with {@link
     * ReapReason#CLOSE_UNFINISHED}, whoever began the close. Asked where {@link #isOpen()} is and wherever {@link
     * Heartbeat#closed()} is called.
     *
     * @return what is known of it; {@link Descriptor#FREE}, as by default, of a transport that calls nothing closed that it holds
     */
    default Descriptor descriptor() {
        return Descriptor.FREE;
    }

    /**
     * Begins an orderly close, for an application that drains its detector; the peer is alive as far as anybody knows. Runs
     * where {@link #terminate} does and may block. A connection that is still open when the drain's time is over is
     * terminated.
     *
     * @param code the code for the close frame, 1001 or 1012
     * @throws IOException if it could not be done
     */
    default void close(int code) throws IOException {
        terminate(ReapReason.CLOSE_UNFINISHED);
    }

    /**
     * Tells what the transport knows of the connection, as numbers that are compared with nothing: whether its output waits or
     * moves, and what has come in. Asked when a ping is due and when a missing answer is about to count; the detector draws
     * the conclusions.
     *
     * @return the facts; {@link TransportFacts#NONE} by default
     */
    default TransportFacts facts() {
        return TransportFacts.NONE;
    }

    /**
     * Tells what of ours could keep a pong from being seen just now: a handler that runs, reading that is paused. Asked when
     * {@link #facts()} are, and after them. Where neither the facts nor the kernel tell whether a pong lies unread, it puts the verdict off, up to
     * {@link HeartbeatPolicy#hindranceCap()}; {@link Hindrance#OUTPUT_IN_PROGRESS}, of a transport that has no numbers for its
     * output, and {@link Hindrance#CARRIER_ASKED} hold the ping back as well.
     *
     * @return the hindrance, or {@link Hindrance#NONE}
     */
    default Hindrance hindrance() {
        return Hindrance.NONE;
    }

    /**
     * Reads from the peer once although reading is paused. Asked where that has put a verdict off up to its {@linkplain
     * HeartbeatPolicy#hindranceCap() cap} and the kernel cannot tell whether the peer lives: a pong that is read so answers the
     * ping, and a message is the application's. Runs where {@link #facts()} does.
     *
     * @return whether the transport has been told to read; false by default
     */
    default boolean readOnce() {
        return false;
    }

    /**
     * Tells whether a pong that came now would be passed on to {@link Heartbeat#pongReceived}. Of a peer whose pongs nobody
     * is shown, or whom no ping reaches for a reason of ours, it cannot be said that it answers none: it lives by whatever
     * it sends, with the usual patience, and is neither called {@linkplain Quirk#PONG_MUTE mute} nor {@linkplain
     * ReapReason#DEAF deaf}.
     *
     * @return false if pongs cannot be seen; true by default
     */
    default boolean seesPongs() {
        return true;
    }

    /**
     * The silence in both directions after which the transport itself closes the connection. A peer is asked when three
     * quarters of it have passed, however long the ping interval of the policy is, so that no live one is closed for it; an
     * announced silence is not interrupted. Asked when the watch begins, when the connection is given a policy,
     * before each ping and, until the first one, every five seconds: one that is set later than that counts from the next ping on.
     *
     * @return the timeout; empty, as by default, if there is none or it is not known
     */
    default Optional<Duration> idleTimeout() {
        return Optional.empty();
    }

    /**
     * A listener of the connection's own, called for its events before those of the detector are: for adapters whose
     * transport has a way of its own to pass events on.
     *
     * @return the same listener each time; none by default
     */
    default Optional<LivenessListener> listener() {
        return Optional.empty();
    }
}
