package dev.heartbeat.examples;

import dev.heartbeat.HeartbeatPolicy;
import dev.heartbeat.ZombieDetector;
import dev.heartbeat.jakarta.SessionHeartbeat;
import jakarta.websocket.OnMessage;
import jakarta.websocket.OnOpen;
import jakarta.websocket.Session;
import jakarta.websocket.server.ServerEndpoint;
import jakarta.websocket.server.ServerEndpointConfig;

/** An annotated endpoint, protected by one line, and one more for what it does with messages. */
@ServerEndpoint(value = "/chat", configurator = AnnotatedChat.Wiring.class)
public final class AnnotatedChat {

    private final ZombieDetector detector;

    AnnotatedChat(ZombieDetector detector) {
        this.detector = detector;
    }

    /**
     * Has the session watched.
     *
     * @param session a session that has just opened
     */
    @OnOpen
    public void open(Session session) {
        SessionHeartbeat.attach(session, detector);
    }

    /**
     * Talks back.
     *
     * @param message what the peer says
     * @param session the session it came by
     * @return the same
     */
    @OnMessage
    public String say(String message, Session session) {
        // Keeps a peer that talks but answers no ping, and one whose pongs queue behind this method.
        return SessionHeartbeat.handleMessage(session, () -> message);
    }

    /** Gives the endpoint its detector, where nothing injects it. A container makes one configurator for an endpoint. */
    public static final class Wiring extends ServerEndpointConfig.Configurator {

        private final ZombieDetector detector =
                ZombieDetector.create(HeartbeatPolicy.defaults(), new LoggingListener());

        @Override
        public <T> T getEndpointInstance(Class<T> endpoint) {
            return endpoint.cast(new AnnotatedChat(detector));
        }
    }
}
