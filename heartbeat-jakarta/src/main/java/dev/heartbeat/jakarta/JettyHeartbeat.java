package dev.heartbeat.jakarta;

import static java.util.Objects.requireNonNull;

import dev.heartbeat.Connection;
import dev.heartbeat.Heartbeat;
import dev.heartbeat.ZombieDetector;
import java.time.Duration;
import java.util.function.UnaryOperator;
import org.eclipse.jetty.websocket.api.Session;

/**
 * Gives sessions of Jetty's own WebSocket API, version 12, a heartbeat: for {@code @WebSocket} classes, {@code
 * Session.Listener}s and frameworks on top of them, such as Javalin. Needs no Jakarta WebSocket on the class path.
 *
 * <pre>{@code
 * app.ws("/devices", ws -> ws.onConnect(context -> JettyHeartbeat.attach(context.session, detector)));
 * }</pre>
 *
 * <p>That is all: the detector checks every five seconds whether the session is still open, and learns of an end at once if the
 * close handler calls {@link Heartbeat#closed()}. Nothing is kept in the session, which has no place for it: an application
 * that needs the heartbeat later keeps it, and attaches each session once.
 *
 * <p>A reap closes the session with code 1001 and, where that has not freed the file descriptor within a quarter of a second,
 * disconnects it. So it does after the patience if the application has closed a session whose peer is dead. Jetty's idle
 * timeout is 30 s by default; of one that would come before a verdict a warning is logged before the first ping, once for each
 * detector. Pongs queue behind the application's own handler; while it runs a live peer is told from a dead one by what lies
 * unread in the kernel, on Linux. Methods may be called from any thread; none blocks.
 */
@SuppressWarnings("exports") // requiring Jetty transitively would make modules need it that run on other containers
public final class JettyHeartbeat {

    private JettyHeartbeat() {}

    /**
     * Watches a session whose pongs the application is not shown, or does not report. The peer lives by any byte that it sends,
     * pongs among them; round trips are not known, nor are deaf peers told from talking ones.
     *
     * @param session the session, open
     * @param detector the detector
     * @return the session's heartbeat
     * @throws IllegalStateException if the session is not Jetty's own object, or its classes are inaccessible, so that bytes are
     *     not counted: then use {@link #watch(Session, ZombieDetector)}; if it is closed; if the detector is closed
     * @throws NullPointerException if an argument is null
     */
    public static Heartbeat attach(Session session, ZombieDetector detector) {
        return watch(session, detector, false, UnaryOperator.identity());
    }

    /**
     * Watches a session whose pongs the application is shown, by {@code onWebSocketPong} or {@code @OnWebSocketFrame}, and
     * reports by {@link Heartbeat#pongReceived}.
     *
     * @param session the session, open
     * @param detector the detector
     * @return the session's heartbeat
     * @throws IllegalStateException if the session is closed; if the detector is closed
     * @throws NullPointerException if an argument is null
     */
    public static Heartbeat watch(Session session, ZombieDetector detector) {
        return watch(session, detector, true, UnaryOperator.identity());
    }

    /**
     * Watches a session for a framework that has a session of its own around it, and so its own id, handlers or listener: as
     * {@link #watch(Session, ZombieDetector)}, but the detector sees what the framework makes of the connection.
     *
     * @param session the session, open
     * @param detector the detector
     * @param decoration makes the connection that listeners get, which passes on to the given one what it does not know better;
     *     called once, at once
     * @return the session's heartbeat
     * @throws IllegalStateException if the session is closed; if the detector is closed
     * @throws NullPointerException if an argument is null
     */
    public static Heartbeat watch(Session session, ZombieDetector detector, UnaryOperator<Connection> decoration) {
        return watch(session, detector, true, requireNonNull(decoration, "decoration"));
    }

    /**
     * The session of a connection that a listener gets with an event.
     *
     * @param connection a connection of this adapter
     * @return the session that was given to {@link #attach} or {@link #watch(Session, ZombieDetector)}
     * @throws IllegalArgumentException if the connection is of another transport, or a framework's
     * @throws NullPointerException if the connection is null
     */
    public static Session session(Connection connection) {
        if (requireNonNull(connection, "connection") instanceof JettySessionConnection ours) {
            return ours.session();
        }
        throw new IllegalArgumentException("connection must be one of a session of Jetty's: " + connection);
    }

    private static Heartbeat watch(
            Session session, ZombieDetector detector, boolean seesPongs, UnaryOperator<Connection> decoration) {
        requireNonNull(session, "session");
        requireNonNull(detector, "detector");
        JettySessionConnection connection = new JettySessionConnection(session, seesPongs);
        if (!session.isOpen()) {
            throw new IllegalStateException("session " + connection.id() + " is closed");
        }
        if (!seesPongs && !connection.countsInput()) {
            throw new IllegalStateException(
                    "session " + connection.id() + " does not show what it receives; use "
                            + "JettyHeartbeat.watch(session, detector), and pongReceived(payload) of the heartbeat for each pong");
        }
        Heartbeat heartbeat = detector.watch(decoration.apply(connection));
        connection
                .settings()
                .by(
                        heartbeat,
                        () -> SettingsWarnings.checkIdleTimeout(
                                connection.idleTimeout().orElse(Duration.ZERO).toMillis(),
                                heartbeat.policy().reapAfter(),
                                "session.setIdleTimeout(Duration.ZERO), in Spring by JettyRequestUpgradeStrategy.addWebSocketConfigurer",
                                detector));
        return heartbeat;
    }
}
