package dev.heartbeat.jakarta;

import jakarta.websocket.CloseReason;
import jakarta.websocket.Endpoint;
import jakarta.websocket.EndpointConfig;
import jakarta.websocket.Session;
import jakarta.websocket.server.ServerEndpointConfig;
import java.util.function.Supplier;

/** Programmatic endpoints that a test writes in place. */
final class Endpoints {

    private Endpoints() {}

    /** What a session does when it opens. */
    interface Opening {
        void open(Session session) throws Exception;
    }

    /** An endpoint that only has an opening. */
    static ServerEndpointConfig at(String path, Opening opening) {
        return of(path, () -> new Scripted(opening));
    }

    /** An endpoint of any behaviour; one for each session. */
    static ServerEndpointConfig of(String path, Supplier<Scripted> endpoint) {
        return ServerEndpointConfig.Builder.create(Scripted.class, path)
                .configurator(new ServerEndpointConfig.Configurator() {
                    @Override
                    public <T> T getEndpointInstance(Class<T> type) {
                        return type.cast(endpoint.get());
                    }
                })
                .build();
    }

    /** Public, since containers look it up. */
    public static class Scripted extends Endpoint {

        private final Opening opening;

        public Scripted(Opening opening) {
            this.opening = opening;
        }

        @Override
        public void onOpen(Session session, EndpointConfig config) {
            try {
                opening.open(session);
            } catch (Exception failed) {
                throw new IllegalStateException(failed);
            }
        }

        @Override
        public void onClose(Session session, CloseReason reason) {
            // for tests to override
        }
    }
}
