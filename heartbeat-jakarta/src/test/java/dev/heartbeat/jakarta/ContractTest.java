package dev.heartbeat.jakarta;

import dev.heartbeat.Connection;
import dev.heartbeat.ZombieDetector;
import dev.heartbeat.testkit.ConnectionContract;
import dev.heartbeat.testkit.WatchingServer;
import jakarta.websocket.Session;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** The contract of connections holds for sessions, in every container. */
@ParameterizedClass(name = "{0}")
@MethodSource("dev.heartbeat.jakarta.Launcher#chosen")
class ContractTest extends ConnectionContract {

    private final Launcher launcher;
    private final BlockingQueue<Session> opened = new LinkedBlockingQueue<>();

    ContractTest(Launcher launcher) {
        this.launcher = launcher;
    }

    @Override
    protected WatchingServer start(ZombieDetector detector) throws Exception {
        Launcher.Running server = launcher.start(Launcher.Deployment.of(Endpoints.at("/contract", session -> {
            session.addMessageHandler(
                    String.class, text -> SessionHeartbeat.of(session).dataReceived());
            SessionHeartbeat.attach(session, detector);
            opened.add(session);
        })));
        return new WatchingServer() {
            @Override
            public URI uri(String host) {
                return server.uri(host, "/contract");
            }

            @Override
            public Served next() throws InterruptedException {
                return new ServedSession(opened.poll(Bench.LIMIT.toSeconds(), TimeUnit.SECONDS));
            }

            @Override
            public void close() {
                server.close();
            }
        };
    }

    private static final class ServedSession implements WatchingServer.Served {

        private final Session session;
        private final Connection connection;

        private ServedSession(Session session) {
            this.session = session;
            this.connection = new SessionConnection(session, Watch.find(session));
        }

        @Override
        public Connection connection() {
            return connection;
        }

        @Override
        public void send(int bytes) throws IOException {
            session.getAsyncRemote().sendBinary(ByteBuffer.allocate(bytes), sent -> {});
        }
    }
}
