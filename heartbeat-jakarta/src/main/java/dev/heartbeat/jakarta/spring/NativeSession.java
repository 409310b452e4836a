package dev.heartbeat.jakarta.spring;

import dev.heartbeat.Connection;
import dev.heartbeat.Heartbeat;
import dev.heartbeat.ZombieDetector;
import dev.heartbeat.jakarta.JettyHeartbeat;
import dev.heartbeat.jakarta.SessionHeartbeat;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.adapter.NativeWebSocketSession;

/** The session that carries one of Spring's. Either API may be missing, but not the one that the session is of. */
final class NativeSession {

    private NativeSession() {}

    /**
     * Watches what carries a session.
     *
     * @param session without decorators
     * @return empty if nothing does that could be watched: the session is one of SockJS over HTTP, or somebody's own
     * @throws IllegalStateException if it cannot be watched now
     */
    static Optional<Heartbeat> watch(
            WebSocketSession session, ZombieDetector detector, UnaryOperator<Connection> decoration) {
        if (!(session instanceof NativeWebSocketSession carried)) {
            return Optional.empty();
        }
        Object carrier = carried.getNativeSession();
        if (isJakartas(carrier)) {
            return Optional.of(SessionHeartbeat.watch((jakarta.websocket.Session) carrier, detector, decoration));
        }
        if (isJettys(carrier)) {
            return Optional.of(
                    JettyHeartbeat.watch((org.eclipse.jetty.websocket.api.Session) carrier, detector, decoration));
        }
        return Optional.empty();
    }

    private static boolean isJakartas(Object carrier) {
        try {
            return carrier instanceof jakarta.websocket.Session;
        } catch (NoClassDefFoundError missing) {
            return false;
        }
    }

    private static boolean isJettys(Object carrier) {
        try {
            return carrier instanceof org.eclipse.jetty.websocket.api.Session;
        } catch (NoClassDefFoundError missing) {
            return false;
        }
    }
}
