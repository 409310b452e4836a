package dev.heartbeat.application;

import dev.heartbeat.HeartbeatPolicy;
import dev.heartbeat.LivenessEvent;
import dev.heartbeat.LivenessListener;
import dev.heartbeat.ZombieDetector;
import dev.heartbeat.jakarta.SessionHeartbeat;
import jakarta.websocket.Endpoint;
import jakarta.websocket.EndpointConfig;
import jakarta.websocket.Session;
import jakarta.websocket.server.ServerEndpointConfig;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.function.Consumer;

/** What is deployed: sessions that are sent nothing, attached or wrapped, and one that is sent what its peer does not take. */
final class Application {

    private static final int MORE_THAN_THE_KERNEL_TAKES = 16 << 20;

    private static final HeartbeatPolicy POLICY = HeartbeatPolicy.builder()
            .pingInterval(Duration.ofSeconds(1))
            .pongTimeout(Duration.ofMillis(500))
            .reapAfter(Duration.ofSeconds(2))
            .build();

    private final ZombieDetector detector = ZombieDetector.create(POLICY, new Printer());

    ServerEndpointConfig attached() {
        return at("/attached", session -> SessionHeartbeat.attach(session, detector));
    }

    ServerEndpointConfig unsent() {
        return at("/unsent", session -> {
            SessionHeartbeat.attach(session, detector);
            session.getAsyncRemote().sendBinary(ByteBuffer.allocate(MORE_THAN_THE_KERNEL_TAKES));
        });
    }

    ServerEndpointConfig wrapped() {
        return SessionHeartbeat.wrap(at("/wrapped", session -> {}), detector);
    }

    /** Ends when whoever started this process closes its input. */
    void run(int port) throws IOException {
        System.out.println("port " + port);
        while (System.in.read() >= 0) {
            // nothing is ever said
        }
        System.exit(0);
    }

    private static ServerEndpointConfig at(String path, Consumer<Session> opening) {
        return ServerEndpointConfig.Builder.create(Opened.class, path)
                .configurator(new ServerEndpointConfig.Configurator() {
                    @Override
                    public <T> T getEndpointInstance(Class<T> type) {
                        return type.cast(new Opened(opening));
                    }
                })
                .build();
    }

    /** Public, since containers look it up. */
    public static final class Opened extends Endpoint {

        private final Consumer<Session> opening;

        Opened(Consumer<Session> opening) {
            this.opening = opening;
        }

        @Override
        public void onOpen(Session session, EndpointConfig config) {
            opening.accept(session);
        }
    }

    private static final class Printer implements LivenessListener {

        @Override
        public void onReap(LivenessEvent.Reap event) {
            long waiting = event.connection().facts().waiting();
            event.termination()
                    .thenAccept(termination -> System.out.println("reaped " + event.reason()
                            + (termination.freed() ? " freed" : " held") + (waiting > 0 ? " waiting" : " empty")));
        }
    }
}
