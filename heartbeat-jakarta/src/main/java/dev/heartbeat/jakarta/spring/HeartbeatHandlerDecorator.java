package dev.heartbeat.jakarta.spring;

import static java.util.Objects.requireNonNull;

import dev.heartbeat.Connection;
import dev.heartbeat.ZombieDetector;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.PongMessage;
import org.springframework.web.socket.WebSocketHandler;
import org.springframework.web.socket.WebSocketMessage;
import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.handler.WebSocketHandlerDecorator;

/**
 * Gives the sessions of a Spring WebSocket handler, of servers and of clients, a heartbeat; the handler stays as it is.
 *
 * <pre>{@code
 * registry.addHandler(new HeartbeatHandlerDecorator(handler, detector), "/devices");                    // WebSocketConfigurer
 * registration.addDecoratorFactory(handler -> new HeartbeatHandlerDecorator(handler, detector)); // STOMP
 * }</pre>
 *
 * <p>For Spring 6.2 and 7.0 on Tomcat, Undertow, Jetty, whose sessions are Jetty's own by default, and every other container whose
 * sessions are Jakarta's. The connection that listeners get has the id of Spring's session. The handler sees what it saw before,
 * pongs that answer a ping of the detector's excepted; while it runs, and for the time of {@code afterConnectionEstablished}, the
 * silence of a peer whose pongs queue behind it is no evidence.
 *
 * <p>Of SockJS those sessions are watched that a WebSocket carries. Spring passes no pongs of theirs on, so that a peer lives by any byte
 * that comes of it, and round trips are not known. A SockJS session over HTTP, or one that cannot be watched for another reason, is
 * served all the same; the detector's first of each kind is logged at WARN.
 *
 * <p>One decorator serves any number of sessions, in any thread. A session that several decorate is watched by the outermost one.
 */
@SuppressWarnings("exports") // requiring Spring transitively would make modules need it that run without
public final class HeartbeatHandlerDecorator extends WebSocketHandlerDecorator {

    private final ZombieDetector detector;

    /**
     * Decorates a handler.
     *
     * @param handler the application's, or the broker's
     * @param detector the application's one detector; sessions that open after it was closed are served unwatched
     * @throws NullPointerException if the detector is null
     * @throws IllegalArgumentException if the handler is null
     */
    public HeartbeatHandlerDecorator(WebSocketHandler handler, ZombieDetector detector) {
        super(handler);
        this.detector = requireNonNull(detector, "detector");
    }

    /**
     * The session of a connection that a listener gets with an event.
     *
     * @param connection a connection of this adapter
     * @return Spring's session
     * @throws IllegalArgumentException if the connection is of another adapter
     * @throws NullPointerException if the connection is null
     */
    public static WebSocketSession session(Connection connection) {
        if (requireNonNull(connection, "connection") instanceof SpringConnection ours) {
            return ours.session();
        }
        throw new IllegalArgumentException("connection must be one of a Spring session: " + connection);
    }

    @Override
    public void afterConnectionEstablished(WebSocketSession session) throws Exception {
        SpringWatch watch = SpringWatch.begin(session, detector, this);
        try {
            run(watch, () -> super.afterConnectionEstablished(session));
        } finally {
            if (watch != null) {
                watch.opened();
            }
        }
    }

    @Override
    public void handleMessage(WebSocketSession session, WebSocketMessage<?> message) throws Exception {
        SpringWatch watch = SpringWatch.find(session, this);
        ByteBuffer pong = message instanceof PongMessage received ? received.getPayload() : null;
        if (watch != null && watch.received(pong)) {
            return;
        }
        run(watch, () -> super.handleMessage(session, message));
    }

    @Override
    public void afterConnectionClosed(WebSocketSession session, CloseStatus status) throws Exception {
        SpringWatch watch = SpringWatch.find(session, this);
        if (watch != null) {
            watch.closed();
        }
        super.afterConnectionClosed(session, status);
    }

    /** Pongs queue behind what the handler does. */
    private static void run(@Nullable SpringWatch watch, Action action) throws Exception {
        if (watch == null) {
            action.run();
            return;
        }
        watch.activity().started();
        try {
            action.run();
        } finally {
            watch.activity().ended();
        }
    }

    private interface Action {

        void run() throws Exception;
    }
}
