package dev.heartbeat.examples;

import static java.util.Objects.requireNonNull;

import dev.heartbeat.ZombieDetector;
import jakarta.websocket.Session;
import jakarta.websocket.server.ServerEndpointConfig;
import java.util.List;
import org.glassfish.tyrus.core.BaseContainer;

/** What the server works with. Injected where there is a container to inject it; these are embedded and have properties. */
record Backend(ZombieDetector detector, Ledger ledger) {

    /** The key of the property that holds it. */
    static final String KEY = Backend.class.getName();

    /** The backend of the server that a session belongs to. Tyrus takes an annotated endpoint without properties. */
    static Backend of(Session session) {
        Object backend = session.getContainer() instanceof BaseContainer tyrus
                ? tyrus.getProperties().get(KEY)
                : session.getUserProperties().get(KEY);
        return (Backend) requireNonNull(backend, KEY);
    }

    /** The endpoint together with this, for the containers that take it so. */
    ServerEndpointConfig endpoint() {
        ServerEndpointConfig endpoint = ServerEndpointConfig.Builder.create(CentralSystem.class, CentralSystem.PATH)
                .subprotocols(List.of(Ocpp.SUBPROTOCOL))
                .build();
        endpoint.getUserProperties().put(KEY, this);
        return endpoint;
    }
}
