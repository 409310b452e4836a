package dev.heartbeat.jakarta.spring;

import dev.heartbeat.Connection;
import dev.heartbeat.Heartbeat;
import dev.heartbeat.ZombieDetector;
import dev.heartbeat.jakarta.internal.HandlerActivity;
import dev.heartbeat.jakarta.internal.Opening;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.adapter.AbstractWebSocketSession;
import org.springframework.web.socket.handler.WebSocketSessionDecorator;

/**
 * The watch of one session by one decorator, kept in the session's attributes, so that it is garbage as soon as the session is.
 * Where several decorators see a session, the outermost watches it and the others find that it is not theirs.
 */
final class SpringWatch {

    private static final String ATTRIBUTE = "dev.heartbeat.watch";

    private static final Logger log = LoggerFactory.getLogger(HeartbeatHandlerDecorator.class);

    private final WebSocketSession session;
    private final ZombieDetector detector;
    private final Object owner;
    private final boolean seesPongs;
    private final HandlerActivity activity = new HandlerActivity();
    private @Nullable Opening opening;
    private volatile @Nullable Heartbeat heartbeat;

    SpringWatch(WebSocketSession session, ZombieDetector detector, Object owner) {
        this.session = session;
        this.detector = detector;
        this.owner = owner;
        // Others are SockJS's, which keep pongs to themselves: their peers live by the bytes that come.
        this.seesPongs = WebSocketSessionDecorator.unwrap(session) instanceof AbstractWebSocketSession;
    }

    /** The session's watch, if it is the owner's. */
    static @Nullable SpringWatch find(WebSocketSession session, Object owner) {
        return session.getAttributes().get(ATTRIBUTE) instanceof SpringWatch watch && watch.owner == owner
                ? watch
                : null;
    }

    /** Begins to watch a session; null if another decorator does already, or nobody can, which is logged once. */
    static @Nullable SpringWatch begin(WebSocketSession session, ZombieDetector detector, Object owner) {
        SpringWatch watch = new SpringWatch(session, detector, owner);
        return !session.getAttributes().containsKey(ATTRIBUTE) && watch.begin() ? watch : null;
    }

    private boolean begin() {
        try {
            Optional<Heartbeat> begun =
                    NativeSession.watch(WebSocketSessionDecorator.unwrap(session), detector, this::carriedBy);
            if (begun.isEmpty()) {
                warn("no WebSocket carries it, as with SockJS over HTTP");
                return false;
            }
            heartbeat = begun.get();
            session.getAttributes().put(ATTRIBUTE, this);
            return true;
        } catch (RuntimeException refused) {
            warn(refused.toString());
            return false;
        }
    }

    private Connection carriedBy(Connection carrier) {
        if (carrier instanceof Opening begun) {
            begun.opening();
            opening = begun;
        }
        return new SpringConnection(carrier, this);
    }

    /** The handler has set the session up; called by the thread that has begun the watch. */
    void opened() {
        Opening begun = opening;
        if (begun != null) {
            begun.opened();
        }
    }

    private void warn(String why) {
        String kind = session.getClass().getName();
        if (detector.isFirst("not watched: " + kind)) {
            log.warn("Session {} of {} is not watched: {}", session.getId(), kind, why);
        }
    }

    WebSocketSession session() {
        return session;
    }

    /** Whether pongs are passed on. */
    boolean seesPongs() {
        return seesPongs;
    }

    HandlerActivity activity() {
        return activity;
    }

    /**
     * Something has come from the peer.
     *
     * @param pong what it carries if it is a pong, else null
     * @return whether it is of interest to nobody else
     */
    boolean received(@Nullable ByteBuffer pong) {
        Heartbeat begun = heartbeat;
        if (begun == null) {
            return false;
        }
        if (pong != null) {
            return begun.pongReceived(pong);
        }
        begun.dataReceived();
        return false;
    }

    /** The session is closed for the application; what it holds is found out. */
    void closed() {
        Heartbeat begun = heartbeat;
        if (begun != null) {
            begun.closed();
        }
    }

    /** Ends the watch of a peer of which nothing could be heard, however alive it is. */
    void giveUp() {
        Heartbeat begun = heartbeat;
        if (begun != null) {
            begun.stop();
            warn("SockJS passes no pongs on, and the container does not count what comes");
        }
    }
}
