package dev.heartbeat;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;

/**
 * One watched connection: what its adapter tells the detector, and what the application may ask of it. Made by {@link
 * ZombieDetector#watch} and implemented by the library only; an interface, so that tests of an application can put a mock in
 * its place. Methods may be added in later versions.
 *
 * <p>Every method may be called from any thread, returns at once, and takes no lock for longer than some instructions. After the watch has ended, by
 * {@link #stop()}, {@link #closed()}, a reap or the detector's close, every method is without effect, and the heartbeat
 * holds no reference to its connection.
 */
public interface Heartbeat {

    /**
     * Notes a sign of life: a message, a fragment, a ping, any bytes. Cheap enough to call for each of them.
     */
    void dataReceived();

    /**
     * Notes that the application behind the peer has said something that counts, a meter value rather than a pong: a sign of
     * life that also keeps its data fresh, under a policy that asks for that by {@link HeartbeatPolicy#staleAfter()}. To be told of
     * every connection of a detector whose policy does: where it is told of none, none is judged stale.
     */
    void messageReceived();

    /**
     * Notes that the peer has announced a silence, as devices do that switch their radio off to save power (PSM, eDRX): a
     * sign of life, after which it is not pinged for so long. The first ping after that is given an eighth of the silence
     * more than the usual patience, at least the patience once more. What the peer sends meanwhile changes nothing;
     * announcing anew does. Nor is it {@linkplain #isStale stale} for it: what its application should say is
     * missed from the end of the silence on.
     *
     * @param length from 1 ms to 7 days
     * @throws IllegalArgumentException if it is out of range
     * @throws NullPointerException if it is null
     */
    void expectSilence(Duration length);

    /**
     * Notes a pong. One that echoes the latest ping, while that is unanswered, gives a round trip; any other, asked for or
     * not, late, truncated, empty or forged, is a sign of life only.
     *
     * @param payload what the pong carries; read during the call, its position left as it was, never kept
     * @return whether it echoes the latest ping, and so is of no interest to anybody else
     * @throws NullPointerException if the payload is null
     */
    boolean pongReceived(ByteBuffer payload);

    /**
     * Notes that a close frame was sent or received. From now on no ping is sent, since the peer need not answer any (RFC
     * 6455 section 5.5.1), and nothing that is heard counts; a connection that is still open when the patience of the
     * policy has passed is reaped with {@link ReapReason#CLOSE_UNFINISHED}. Calling it again does nothing.
     */
    void closing();

    /**
     * Notes that the transport has closed the connection. {@link LivenessListener#onClose} hears of it when the close is final: at
     * once, unless the transport or the kernel says that the file descriptor is {@linkplain Connection#descriptor() held}. Then
     * the connection is {@linkplain #closing closing} until it is free. Calling it again, or after the watch has ended, does
     * nothing.
     */
    void closed();

    /**
     * Notes that the connection that carries this one, an HTTP/2 connection its stream (RFC 8441), was found dead: it is reaped at
     * once with {@link ReapReason#CARRIER_LOST}. Called on the event loop that the connection is watched on, listeners hear of it
     * before anything that is executed there later, so before the carrier is terminated.
     */
    void carrierLost();

    /**
     * Ends the watch without a word to any listener and without touching the connection. No callback for it begins after
     * this returns; one that has begun on another thread may still run. If the watch had ended before, by a verdict or a
     * close, that is carried out: its last callbacks, and the termination, may still follow. Calling it again does nothing.
     */
    void stop();

    /**
     * Notes whose connection this is, once the application has made sure of it: a device that reconnects must not be locked
     * out by its own ghost. If another connection of this detector holds the identity it loses it to this one, which {@link
     * LivenessListener#onTakeover} hears of; it is probed at once and reaped as {@link ReapReason#SUPERSEDED} if it gives no
     * sign of life within the pong timeout, or reaped without a question if the policy {@linkplain
     * HeartbeatPolicy.Builder#supersede says so}. The end of the older connection never takes the identity from the newer; when the
     * newest ends, {@link ZombieDetector#find} falls back to the latest of those that are left. Saying the same again is no news.
     *
     * @param identity a serial number or the like, not blank
     * @throws IllegalArgumentException if it is blank
     * @throws IllegalStateException if this was given another one before, on whatever thread
     * @throws NullPointerException if it is null
     */
    void identify(String identity);

    /**
     * Names the peers that this one is like, under an {@linkplain HeartbeatPolicy#adaptive adaptive} policy: those on the
     * same carrier, of the same model, or in the same sleep mode. What live peers of the group have needed is what this one
     * is judged by while little is known of itself. Without a group it is compared with peers of similar round trips.
     *
     * @param group a name, not blank; a detector tells about a thousand of them apart
     * @throws IllegalArgumentException if it is blank
     * @throws NullPointerException if it is null
     */
    void group(String group);

    /**
     * Whose connection this is.
     *
     * @return as given to {@link #identify}; empty before that, and after the watch has ended
     */
    Optional<String> identity();

    /**
     * Asks the peer for a sign of life now, or when a silence that it has announced is over, however lately it was heard; the
     * deadlines of the policy run from there. Does nothing while a ping is unanswered, since a second one would queue behind
     * it.
     */
    void probe();

    /**
     * The policy in force for this connection.
     *
     * @return the detector's policy, or the one given since; with a shorter ping interval where the transport's own {@linkplain
     *     Connection#idleTimeout() idle timeout} asks for that
     */
    HeartbeatPolicy policy();

    /**
     * Puts another policy in force for this connection, within a tick; a ping already out is judged by the new one.
     *
     * @param policy the policy
     * @throws NullPointerException if it is null
     */
    void policy(HeartbeatPolicy policy);

    /**
     * The latest round trip, to three digits or so.
     *
     * @return empty before the first one, and after the watch has ended
     */
    Optional<Duration> lastRoundTrip();

    /**
     * Tells whether the peer is suspect: a ping has been unanswered for longer than the pong timeout, and nothing else has
     * been heard. Data clears a suspicion within half a second, a pong at once.
     *
     * @return false also after the watch has ended
     */
    boolean isSuspect();

    /**
     * Tells whether the application behind the peer has been silent for longer than {@link HeartbeatPolicy#staleAfter()}. A
     * light of its own: a peer may be alive and stale, or suspect and fresh.
     *
     * @return false also if the policy does not ask for it, and after the watch has ended
     */
    boolean isStale();

    /**
     * Tells whether the peer has announced a silence ({@link #expectSilence}) that lasts, or has not been asked since: it may be out
     * of reach for longer than any other.
     *
     * @return false also after the watch has ended
     */
    boolean isAsleep();

    /**
     * Tells whether the watch goes on.
     *
     * @return false once it has ended, for whatever reason
     */
    boolean isWatched();
}
