package dev.heartbeat.examples;

import dev.heartbeat.ZombieDetector;
import dev.heartbeat.jakarta.SessionHeartbeat;
import jakarta.websocket.Session;
import org.jspecify.annotations.Nullable;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.PongMessage;
import org.springframework.web.socket.WebSocketHandler;
import org.springframework.web.socket.WebSocketMessage;
import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.adapter.standard.StandardWebSocketSession;
import org.springframework.web.socket.handler.WebSocketHandlerDecorator;

/**
 * Gives the sessions of a Spring WebSocket handler, of servers and of clients, a heartbeat; the handler stays as it is. Spring
 * receives every session's pongs itself, so they are passed on from here.
 */
public final class HeartbeatHandlerDecorator extends WebSocketHandlerDecorator {

    private final ZombieDetector detector;

    /**
     * Decorates a handler.
     *
     * @param handler sees all that it saw before: messages, and pongs that answer no ping of the detector's
     * @param detector the application's detector
     */
    public HeartbeatHandlerDecorator(WebSocketHandler handler, ZombieDetector detector) {
        super(handler);
        this.detector = detector;
    }

    @Override
    public void afterConnectionEstablished(WebSocketSession session) throws Exception {
        Session jakarta = jakarta(session);
        if (jakarta != null) {
            SessionHeartbeat.watch(jakarta, detector);
        }
        super.afterConnectionEstablished(session);
    }

    @Override
    public void handleMessage(WebSocketSession session, WebSocketMessage<?> message) throws Exception {
        Session jakarta = jakarta(session);
        if (jakarta == null) {
            super.handleMessage(session, message);
            return;
        }
        boolean isAnswer = message instanceof PongMessage pong
                && SessionHeartbeat.of(jakarta).pongReceived(pong.getPayload());
        if (!isAnswer) {
            SessionHeartbeat.handleMessage(jakarta, () -> super.handleMessage(session, message));
        }
    }

    @Override
    public void afterConnectionClosed(WebSocketSession session, CloseStatus status) throws Exception {
        Session jakarta = jakarta(session);
        if (jakarta != null) {
            // Not yet closed, on Undertow, until the peer closes too.
            SessionHeartbeat.of(jakarta).closing();
        }
        super.afterConnectionClosed(session, status);
    }

    /** Null for SockJS, whose sessions look much the same but keep pongs to themselves: a live peer would be reaped. */
    private static @Nullable Session jakarta(WebSocketSession session) {
        return session instanceof StandardWebSocketSession standard ? standard.getNativeSession() : null;
    }
}
