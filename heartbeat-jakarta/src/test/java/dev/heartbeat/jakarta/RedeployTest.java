package dev.heartbeat.jakarta;

import static dev.heartbeat.jakarta.Bench.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.heartbeat.ZombieDetector;
import dev.heartbeat.testkit.Descriptors;
import dev.heartbeat.testkit.Frame;
import dev.heartbeat.testkit.RawPeer;
import jakarta.websocket.server.ServerEndpointConfig;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A web application that brings the library along, closes its detector and is undeployed leaves nothing behind in the
 * container, which goes on.
 */
@Isolated("it collects garbage all the time, which stops all the others")
@ParameterizedClass(name = "{0}")
@MethodSource("dev.heartbeat.jakarta.Launcher#chosen")
class RedeployTest {

    private final Launcher launcher;
    private final List<Launcher.Running> servers = new ArrayList<>();

    RedeployTest(Launcher launcher) {
        this.launcher = launcher;
    }

    @AfterEach
    void end() {
        servers.forEach(Launcher.Running::close);
    }

    @Test
    void leavesNoThreadAndNoClassLoaderBehind() throws Exception {
        assumeFalse(launcher instanceof QuarkusLauncher, "it serves one application for as long as it runs");
        WeakReference<ClassLoader> first = deployAndUndeploy();
        WeakReference<ClassLoader> second = deployAndUndeploy();

        await("the class loaders are gone").until(() -> {
            servers.forEach(server -> openAndClose(server.port()));
            System.gc();
            return first.get() == null && second.get() == null;
        });
    }

    private WeakReference<ClassLoader> deployAndUndeploy() throws Exception {
        WebApplication loader = new WebApplication();
        Object application = loader.make(Application.class);
        assertThat(application.getClass()).isNotEqualTo(Application.class);
        Launcher.Running server =
                launcher.start(Launcher.Deployment.of((ServerEndpointConfig[]) ((Supplier<?>) application).get()));
        servers.add(server);
        try (RawPeer live = RawPeer.connect(server.uri("/live")).live();
                RawPeer dead = RawPeer.connect(server.uri("/dead"))) {
            live.await(Frame.PING);
            live.await(Frame.PING);
            await("the dead peer is reaped").until(() -> !Descriptors.isHeld(server.port(), dead.localPort()));
            ((AutoCloseable) application).close();
            server.undeploy();
        }
        await("no thread of the application's is left")
                .until(() -> Thread.getAllStackTraces().keySet().stream()
                        .noneMatch(thread -> thread.getContextClassLoader() == loader));
        return new WeakReference<>(loader);
    }

    /** A container's selector keeps the last connection that it looked at until it looks at another. */
    private static void openAndClose(int port) {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write("GET / HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            socket.getInputStream().readAllBytes();
        } catch (IOException refused) {
            assertThat(refused).isInstanceOf(IOException.class);
        }
    }

    /** What is deployed; its sessions have a heartbeat. */
    public static final class Application implements Supplier<ServerEndpointConfig[]>, AutoCloseable {

        private final ZombieDetector patient = ZombieDetector.create(Bench.PATIENT);
        private final ZombieDetector quick = ZombieDetector.create(Bench.QUICK);

        public Application() {}

        @Override
        public ServerEndpointConfig[] get() {
            return new ServerEndpointConfig[] {
                SessionHeartbeat.wrap(Endpoints.at("/live", session -> {}), patient),
                SessionHeartbeat.wrap(Endpoints.at("/dead", session -> {}), quick)
            };
        }

        @Override
        public void close() {
            patient.close();
            quick.close();
        }
    }
}
