package dev.heartbeat.jakarta;

import static java.util.Objects.requireNonNull;

import dev.heartbeat.Connection;
import dev.heartbeat.Heartbeat;
import dev.heartbeat.ZombieDetector;
import jakarta.websocket.PongMessage;
import jakarta.websocket.Session;
import jakarta.websocket.server.ServerEndpointConfig;

/**
 * Gives Jakarta WebSocket sessions, of servers and of clients, a heartbeat.
 *
 * <pre>{@code
 * @OnOpen
 * public void open(Session session) {
 *     SessionHeartbeat.attach(session, detector);
 * }
 * }</pre>
 *
 * <p>A session is watched once, from any thread, at any time while it is open. Each of the ways to begin puts one entry into
 * the session's user properties, under {@code dev.heartbeat.watch}. The detector asks every five seconds whether the session
 * is still open; an application that wants the end of a session noticed at once calls {@link Heartbeat#closing()} in its
 * close handler, which on Undertow runs long before the end of a session whose peer is gone: {@link Heartbeat#closed()} would
 * leave that one to TCP. Methods may be called from any thread; none blocks.
 *
 * <p>A reap closes the session with code 1001 and then, where the container's classes can be reached, cuts the connection
 * below it without waiting for the peer. Whatever became of the peer and whatever waits to be sent to it, over TLS too, the
 * file descriptor is then free within a second of the verdict. The application's close handler runs as for any other close,
 * on a thread named {@code heartbeat-close-} or on the container's; one that sleeps holds nothing up.
 *
 * <table>
 * <caption>What frees the descriptor, and when (measured with dead peers)</caption>
 * <tr><th>container<th>nothing to be sent<th>an unsent message<th>if its classes are out of reach
 * <tr><td>Tyrus 2.2<td>close, at once<td>Grizzly's {@code terminateSilently}, at once<td>never with an unsent message
 * <tr><td>Tomcat 10.1, 11 (NIO, NIO2)<td>{@code WsSession.onClose}, at once<td>close, at once<td>within 10 s with nothing to be sent, else
 * at once
 * <tr><td>Jetty 12<td>close, at once<td>{@code abort}, at once<td>an idle timeout of 1 ms, at once
 * <tr><td>Undertow 2.3<td>{@code forceClose}, at once<td>{@code forceClose}, at once<td>an idle timeout of 1 ms, at once
 * </table>
 *
 * <p>What cannot be known is not claimed: a container whose classes are out of reach does not tell whether a descriptor is
 * free, and the reap's {@link dev.heartbeat.Termination} says so.
 *
 * <p>Pings keep the container's own idle timeout from firing, for dead peers too: all containers take an outbound ping for
 * activity. An idle timeout no longer than the ping interval, such as Jetty's 30 s by default, closes live sessions before a
 * ping is due; that, and an Undertow that runs handlers on its I/O threads, is warned of once.
 */
public final class SessionHeartbeat {

    /** Static, so that each warning is logged once; holds nothing of any application. */
    private static final SettingsWarnings WARNINGS = new SettingsWarnings();

    private SessionHeartbeat() {}

    /**
     * Watches a session and receives its pongs, for which a session has room for one handler.
     *
     * @param session the session, which need not be the container's own object
     * @param detector the detector
     * @return the session's heartbeat, to be told of other signs of life if the application likes
     * @throws IllegalStateException if the application, or a framework, receives the session's pongs already; if the session
     *     has been watched before, or is closed; if the detector is closed. The session is then as it was
     * @throws NullPointerException if an argument is null
     */
    public static Heartbeat attach(Session session, ZombieDetector detector) {
        requireNonNull(session, "session");
        requireNonNull(detector, "detector");
        Watch watch = Watch.claim(session);
        return begin(session, watch, receivePongs(session, watch), detector);
    }

    /**
     * Watches a session whose pongs the application, or a framework, receives itself and reports by
     * {@link Heartbeat#pongReceived}. Without those reports, or {@link Heartbeat#dataReceived()}, live peers are reaped.
     *
     * @param session the session
     * @param detector the detector
     * @return the session's heartbeat
     * @throws IllegalStateException if the session has been watched before, or is closed; if the detector is closed
     * @throws NullPointerException if an argument is null
     */
    public static Heartbeat watch(Session session, ZombieDetector detector) {
        requireNonNull(session, "session");
        requireNonNull(detector, "detector");
        return begin(session, Watch.claim(session), detector);
    }

    /**
     * Finds the heartbeat of a watched session, in a close handler too.
     *
     * @param session the session
     * @return its heartbeat; without effect if the watch has ended
     * @throws IllegalStateException if the session has never been watched, or has been closed and no longer tells
     * @throws NullPointerException if the session is null
     */
    public static Heartbeat of(Session session) {
        Heartbeat heartbeat = find(session).heartbeat();
        if (heartbeat == null) {
            throw notWatched(session);
        }
        return heartbeat;
    }

    /**
     * Says that the application is at work on a session in a way that keeps pongs from being seen: in its message handler
     * above all, behind which pongs queue. Until the work ends no verdict is reached on the session, up to the
     * {@linkplain dev.heartbeat.HeartbeatPolicy#hindranceCap() cap} of its policy. Wrapped endpoints need not say so for
     * their handlers.
     *
     * <pre>{@code
     * SessionHeartbeat.Busy busy = SessionHeartbeat.busy(session);
     * try (busy) {
     *     importFirmware(upload);
     * }
     * }</pre>
     *
     * <p>Declared before the {@code try}, or {@code -Xlint:try} complains of a variable that is never used.
     *
     * @param session a watched session
     * @return what ends the work, from any thread; pieces of work may overlap
     * @throws IllegalStateException if the session has never been watched, or has been closed and no longer tells
     * @throws NullPointerException if the session is null
     */
    public static Busy busy(Session session) {
        return find(session).activity().busy();
    }

    /**
     * The session behind a connection that a listener is told of, to read from it what an answer to the event needs.
     *
     * @param connection a connection of this adapter
     * @return the session that was given to {@link #attach}, {@link #watch} or a wrapped endpoint
     * @throws IllegalArgumentException if the connection is of another transport
     * @throws NullPointerException if the connection is null
     */
    public static Session session(Connection connection) {
        if (requireNonNull(connection, "connection") instanceof SessionConnection ours) {
            Session proxy = ours.watch().proxy();
            return proxy == null ? ours.session() : proxy;
        }
        throw new IllegalArgumentException("connection must be one of a Jakarta WebSocket session: " + connection);
    }

    /**
     * Configures a programmatic endpoint, which stays as it is, so that each of its sessions is watched from its opening to
     * its close.
     *
     * @param config the endpoint's own configuration, which is copied
     * @param detector the detector; sessions that open after it was closed are served unwatched
     * @return what to give the container instead
     * @throws IllegalArgumentException if the endpoint class is not an {@link jakarta.websocket.Endpoint}: annotated classes
     *     call {@link #attach}
     * @throws NullPointerException if an argument is null
     */
    public static ServerEndpointConfig wrap(ServerEndpointConfig config, ZombieDetector detector) {
        requireNonNull(config, "config");
        return WatchingConfigurator.wrap(config, requireNonNull(detector, "detector"));
    }

    /** Work of the application's that is going on; see {@link #busy}. */
    @FunctionalInterface
    public interface Busy extends AutoCloseable {

        /** Ends the work; ending it again does nothing. */
        @Override
        void close();
    }

    /** Takes the session's one place for a pong handler, or gives the watch back. */
    static PongReceiver receivePongs(Session session, Watch watch) {
        PongReceiver receiver = new PongReceiver(watch);
        try {
            session.addMessageHandler(PongMessage.class, receiver);
            return receiver;
        } catch (RuntimeException refused) {
            watch.release();
            if (!(refused instanceof IllegalStateException) || !session.isOpen()) {
                throw refused;
            }
            throw new IllegalStateException(
                    "the pong handler of session " + session.getId() + " is taken; use SessionHeartbeat.watch(session, "
                            + "detector), and in that handler SessionHeartbeat.of(session).pongReceived(payload)",
                    refused);
        }
    }

    /** Begins to watch, or gives everything back. */
    static Heartbeat begin(Session session, Watch watch, PongReceiver pongs, ZombieDetector detector) {
        try {
            return begin(session, watch, detector);
        } catch (RuntimeException refused) {
            try {
                session.removeMessageHandler(pongs);
            } catch (RuntimeException kept) {
                refused.addSuppressed(kept);
            }
            throw refused;
        }
    }

    private static Heartbeat begin(Session session, Watch watch, ZombieDetector detector) {
        Heartbeat begun = watch.begin(session, detector);
        WARNINGS.check(session, begun.policy().pingInterval());
        return begun;
    }

    private static Watch find(Session session) {
        Watch watch = Watch.find(requireNonNull(session, "session"));
        if (watch == null) {
            throw notWatched(session);
        }
        return watch;
    }

    private static IllegalStateException notWatched(Session session) {
        return new IllegalStateException(
                "session " + session.getId() + " is not watched: call SessionHeartbeat.attach or watch when it opens");
    }
}
