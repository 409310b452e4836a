package dev.heartbeat.jakarta;

import static java.util.Objects.requireNonNull;

import dev.heartbeat.Connection;
import dev.heartbeat.Heartbeat;
import dev.heartbeat.ZombieDetector;
import dev.heartbeat.jakarta.internal.HandlerActivity;
import jakarta.websocket.PongMessage;
import jakarta.websocket.Session;
import jakarta.websocket.server.ServerEndpointConfig;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Gives Jakarta WebSocket sessions, of servers and of clients, a heartbeat.
 *
 * <pre>{@code
 * @OnOpen
 * public void open(Session session) {
 *     SessionHeartbeat.attach(session, detector);
 * }
 *
 * @OnMessage
 * public void hear(String message, Session session) throws IOException {
 *     SessionHeartbeat.handleMessage(session, () -> store(message));
 * }
 * }</pre>
 *
 * <p>In every container pongs queue behind the application's own handler. A {@linkplain #wrap wrapped} endpoint is seen to
 * run its handlers. Of an attached or watched session it is known from {@link #handleMessage} and {@link #busy}, and
 * otherwise only on Linux, where the kernel tells that something of the peer lies unread. Without either, a handler that takes
 * longer than the patience of the policy costs a live peer its connection.
 *
 * <p>A session is watched once; the watch may begin at any time while the session is open. It puts one entry into the
 * session's user properties, under {@code dev.heartbeat.watch}. Methods may be called from any thread; none blocks.
 *
 * <p>The detector checks every five seconds whether an attached or watched session is still open. An application that wants the end
 * of a session noticed at once calls {@link Heartbeat#closed()} in its close handler; wrapped endpoints do so by themselves.
 *
 * <p>Whoever closes a session, its watch ends when the file descriptor is free. Containers call a session closed as soon as a
 * close frame is on its way, and hold the socket of a dead peer for half a minute or for ever: such a session has the patience of
 * the policy, and is then reaped ({@link dev.heartbeat.ReapReason#CLOSE_UNFINISHED}).
 *
 * <p>A reap closes the session with code 1001 and then, where the container's classes are accessible, closes the
 * transport's connection without waiting for the peer. The file descriptor is then free within a second of the verdict,
 * whatever became of the peer and whatever waits to be sent to it, over TLS too. The application's close handler runs
 * as for any other close, on a thread named {@code heartbeat-close-} or on the container's; it may block.
 *
 * <table>
 * <caption>What frees the descriptor, and when (measured with dead peers)</caption>
 * <tr><th>container<th>nothing to be sent<th>an unsent message<th>if its classes are inaccessible
 * <tr><td>Tyrus 2.2<td>close, at once<td>Grizzly's {@code terminateSilently}, at once<td>never with an unsent message
 * <tr><td>Tomcat 10.1, 11 (NIO, NIO2)<td>{@code WsSession.onClose}, at once<td>close, at once<td>within 10 s (up to 10.1.16 not in minutes) with nothing to be sent, else
 * at once
 * <tr><td>Jetty 12<td>close, at once<td>{@code abort}, at once<td>an idle timeout of 1 ms, at once
 * <tr><td>Undertow 2.3<td>{@code forceClose}, at once<td>{@code forceClose}, at once<td>an idle timeout of 1 ms, at once
 * </table>
 *
 * <p>If a container's classes are inaccessible, it is unknown whether a descriptor is free, and the reap's {@link
 * dev.heartbeat.Termination} says so.
 *
 * <p>Pings keep the container's own idle timeout from firing, for dead peers too, since all containers count an
 * outbound ping as activity. A ping is due no later than three quarters of the session's own timeout after the latest sign of
 * life, if it is set in the opening of the session; one that the application sets later counts from the next ping on, or when the
 * session is given a policy. A timeout no longer than the patience of the policy, such as Jetty's 30 s by
 * default, still ends sessions that do not answer a ping before the detector would: dead ones, which are then told of as closed,
 * and live ones that needed longer. Of that, and of an Undertow that runs handlers on its I/O threads, a warning is logged once for each
 * detector, and names the setting to change: after the opening of a wrapped endpoint, before the first ping of other sessions.
 */
@SuppressWarnings("exports") // which module has the API is the container's choice, so that the application requires it
public final class SessionHeartbeat {

    static {
        WebSocketApi.read();
    }

    private SessionHeartbeat() {}

    /**
     * Watches a session and takes the one pong handler that a session can have.
     *
     * @param session the session, which need not be the container's own object
     * @param detector the detector
     * @return the session's heartbeat, on which the application may report other signs of life
     * @throws IllegalStateException if the application, or a framework, receives the session's pongs already; if the
     *     session has been watched before, or is closed; if the detector is closed. The session is then unchanged
     * @throws NullPointerException if an argument is null
     */
    public static Heartbeat attach(Session session, ZombieDetector detector) {
        requireNonNull(session, "session");
        requireNonNull(detector, "detector");
        Watch watch = Watch.claim(session);
        return begin(session, watch, receivePongs(session, watch), detector);
    }

    /**
     * Watches a session whose pongs the application, or a framework, receives itself and reports by {@link
     * Heartbeat#pongReceived}. Without those reports, or {@link #handleMessage}, live peers are reaped.
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
        return begin(session, Watch.claim(session), detector, UnaryOperator.identity());
    }

    /**
     * Watches a session for a framework that has a session of its own around it, and so its own id, handlers or listener: as
     * {@link #watch(Session, ZombieDetector)}, but the detector sees what the framework makes of the connection.
     *
     * @param session the session
     * @param detector the detector
     * @param decoration makes the connection that listeners get, which passes on to the given one what it does not know better;
     *     called once, at once
     * @return the session's heartbeat
     * @throws IllegalStateException if the session has been watched before, or is closed; if the detector is closed
     * @throws NullPointerException if an argument is null
     */
    public static Heartbeat watch(Session session, ZombieDetector detector, UnaryOperator<Connection> decoration) {
        requireNonNull(session, "session");
        requireNonNull(detector, "detector");
        return begin(session, Watch.claim(session), detector, requireNonNull(decoration, "decoration"));
    }

    /**
     * Finds the heartbeat of a watched session, in a close handler too.
     *
     * @param session the session
     * @return its heartbeat; calls on it have no effect if the watch has ended
     * @throws IllegalStateException if the session has never been watched, or has been closed and no longer gives
     *     access to its properties
     * @throws NullPointerException if the session is null
     */
    public static Heartbeat of(Session session) {
        Heartbeat heartbeat = watchOf(session).heartbeat();
        if (heartbeat == null) {
            throw notWatched(session);
        }
        return heartbeat;
    }

    /**
     * Finds the heartbeat of a session that may be watched or not; otherwise as {@link #of}.
     *
     * @param session the session, open or closed
     * @return empty if the session has never been watched, or has been closed and no longer gives access to its properties
     * @throws NullPointerException if the session is null, and nothing else
     */
    public static Optional<Heartbeat> find(Session session) {
        Watch watch = findIfAny(requireNonNull(session, "session"));
        return watch == null ? Optional.empty() : Optional.ofNullable(watch.heartbeat());
    }

    /**
     * The container's own session, for an application that needs what it has beyond the API, or compares sessions from several
     * places. The session that a {@linkplain #wrap wrapped} endpoint works with is a dynamic proxy: it equals itself only, so that
     * {@code equals} is symmetric whatever the container does in its own.
     *
     * @param session the session of a wrapped endpoint, or any other
     * @return the session that the container gave to the wrapped endpoint; any other session as it is
     * @throws NullPointerException if the session is null
     */
    public static Session unwrap(Session session) {
        return SessionProxy.unwrap(requireNonNull(session, "session"));
    }

    /**
     * Handles a message of an {@link #attach attached} or {@link #watch watched} session: notes that the peer was heard, and,
     * until the action has ended, that its pongs queue behind the handler. For {@code @OnMessage} methods and the message
     * handlers of sessions that are not wrapped; those of wrapped endpoints are called this way by themselves.
     *
     * <pre>{@code
     * @OnMessage
     * public void hear(String message, Session session) throws IOException {
     *     SessionHeartbeat.handleMessage(session, () -> store(message));
     * }
     * }</pre>
     *
     * <p>The action runs at once, in the calling thread, also if the session is not watched, or not any more.
     *
     * @param session the session that the message came by
     * @param action what the application does with the message
     * @param <E> what the action throws
     * @throws E as the action does, and nothing of its own
     * @throws NullPointerException if an argument is null
     */
    public static <E extends Throwable> void handleMessage(Session session, MessageAction<E> action) throws E {
        requireNonNull(action, "action");
        HandlerActivity activity = messageReceived(session);
        try {
            action.run();
        } finally {
            activity.ended();
        }
    }

    /**
     * Handles a message as {@link #handleMessage(Session, MessageAction)} does, for handlers that answer it by a result.
     *
     * @param session the session that the message came by
     * @param function what the application does with the message
     * @param <T> the type of the result
     * @param <E> what the function throws
     * @return what the function returns
     * @throws E as the function does, and nothing of its own
     * @throws NullPointerException if an argument is null
     */
    public static <T, E extends Throwable> T handleMessage(Session session, MessageFunction<T, E> function) throws E {
        requireNonNull(function, "function");
        HandlerActivity activity = messageReceived(session);
        try {
            return function.apply();
        } finally {
            activity.ended();
        }
    }

    /**
     * Marks a session as busy: the application does something outside its message handlers that keeps pongs from being
     * read, such as a slow opening. Until the mark is closed its silence is no evidence, up to the {@linkplain
     * dev.heartbeat.HeartbeatPolicy#hindranceCap() cap} of its policy. It saves no peer whose output stands, nor, where input is
     * counted and the kernel can be asked, one that has acknowledged the ping and sent nothing. In a message handler, {@link #handleMessage} does
     * this and more. The handlers of wrapped endpoints are marked automatically.
     *
     * <pre>{@code
     * SessionHeartbeat.Busy busy = SessionHeartbeat.busy(session);
     * try (busy) {
     *     importFirmware(upload);
     * }
     * }</pre>
     *
     * <p>It is declared before the {@code try}, since {@code -Xlint:try} warns of a resource that is never used.
     *
     * @param session a watched session
     * @return the mark, to be closed by any thread; a session may have several at the same time
     * @throws IllegalStateException if the session has never been watched, or has been closed and no longer gives
     *     access to its properties
     * @throws NullPointerException if the session is null
     */
    public static Busy busy(Session session) {
        Runnable end = watchOf(session).activity().busy();
        return end::run;
    }

    /**
     * The session of a connection that a listener gets with an event.
     *
     * @param connection a connection of this adapter
     * @return the session that was given to {@link #attach}, {@link #watch} or a wrapped endpoint
     * @throws IllegalArgumentException if the connection is of another transport, or a framework's
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
     * Wraps the configuration of a programmatic endpoint, so that each of its sessions is watched from its opening to
     * its close. The endpoint itself stays as it is.
     *
     * @param config the endpoint's own configuration, which is copied; what is wrapped already is watched once all the same, with a warning
     * @param detector the detector; sessions that open after it was closed are served unwatched
     * @return what to give the container instead
     * @throws IllegalArgumentException if the endpoint class is not an {@link jakarta.websocket.Endpoint}: annotated
     *     classes call {@link #attach}
     * @throws NullPointerException if an argument is null
     */
    public static ServerEndpointConfig wrap(ServerEndpointConfig config, ZombieDetector detector) {
        requireNonNull(config, "config");
        return WatchingConfigurator.wrap(config, requireNonNull(detector, "detector"));
    }

    /**
     * What an application does with a message.
     *
     * @param <E> what it throws
     */
    @FunctionalInterface
    public interface MessageAction<E extends Throwable> {

        /**
         * Handles the message.
         *
         * @throws E whatever the application throws
         */
        void run() throws E;
    }

    /**
     * What an application does with a message that it answers by a result.
     *
     * @param <T> the type of the result
     * @param <E> what it throws
     */
    @FunctionalInterface
    public interface MessageFunction<T, E extends Throwable> {

        /**
         * Handles the message.
         *
         * @return the answer
         * @throws E whatever the application throws
         */
        T apply() throws E;
    }

    /** A mark that the application keeps a session busy; see {@link #busy}. */
    @FunctionalInterface
    public interface Busy extends AutoCloseable {

        /** Removes the mark; closing it again does nothing. */
        @Override
        void close();
    }

    /** Adds our pong handler; releases the watch if the session refuses it. */
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

    /** Begins to watch; removes the pong handler if the detector refuses. */
    static Heartbeat begin(Session session, Watch watch, PongReceiver pongs, ZombieDetector detector) {
        try {
            return begin(session, watch, detector, UnaryOperator.identity());
        } catch (RuntimeException refused) {
            try {
                session.removeMessageHandler(pongs);
            } catch (RuntimeException kept) {
                refused.addSuppressed(kept);
            }
            throw refused;
        }
    }

    private static Heartbeat begin(
            Session session, Watch watch, ZombieDetector detector, UnaryOperator<Connection> decoration) {
        return watch.begin(session, detector, decoration);
    }

    /** Notes a message of a session, and its handler as running; {@link HandlerActivity#ended} follows. */
    private static HandlerActivity messageReceived(Session session) {
        Watch watch = findIfAny(requireNonNull(session, "session"));
        HandlerActivity activity = watch == null ? new HandlerActivity() : watch.activity();
        if (watch != null) {
            watch.dataReceived();
        }
        activity.started();
        return activity;
    }

    /** Null also if the session throws, for which no message handler is to fail. */
    private static @Nullable Watch findIfAny(Session session) {
        try {
            return Watch.find(session);
        } catch (RuntimeException unknown) {
            return null;
        }
    }

    private static Watch watchOf(Session session) {
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
