package dev.heartbeat.examples;

import dev.heartbeat.ZombieDetector;
import dev.heartbeat.jakarta.SessionHeartbeat;
import jakarta.websocket.DeploymentException;
import jakarta.websocket.Endpoint;
import jakarta.websocket.EndpointConfig;
import jakarta.websocket.Session;
import jakarta.websocket.server.ServerContainer;
import jakarta.websocket.server.ServerEndpointConfig;

/** A programmatic endpoint that knows nothing of heartbeats, protected where it is deployed. */
public final class WrappedChat extends Endpoint {

    @Override
    public void onOpen(Session session, EndpointConfig config) {
        session.addMessageHandler(
                String.class, message -> session.getAsyncRemote().sendText(message, sent -> {}));
    }

    /**
     * Deploys the endpoint.
     *
     * @param container the server
     * @param detector the application's detector
     * @throws DeploymentException if the container refuses
     */
    public static void deploy(ServerContainer container, ZombieDetector detector) throws DeploymentException {
        ServerEndpointConfig chat =
                ServerEndpointConfig.Builder.create(WrappedChat.class, "/chat").build();
        container.addEndpoint(SessionHeartbeat.wrap(chat, detector));
    }
}
