package dev.heartbeat.jakarta;

import static dev.heartbeat.jakarta.Bench.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.heartbeat.LivenessEvent.Reap;
import dev.heartbeat.ZombieDetector;
import dev.heartbeat.testkit.RawPeer;
import jakarta.websocket.Extension;
import jakarta.websocket.server.ServerEndpointConfig;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Live peers stay and dead ones go behind TLS, with compression, and on virtual threads. */
@ParameterizedClass(name = "{0}")
@MethodSource("dev.heartbeat.jakarta.Launcher#chosen")
class SettingsTest {

    private final Launcher launcher;
    private final Bench bench = new Bench(Bench.PATIENT);

    SettingsTest(Launcher launcher) {
        this.launcher = launcher;
    }

    @AfterEach
    void end() {
        bench.close();
    }

    @Test
    void keepsAPeerThatAnswersOverTls() throws Exception {
        bench.serve(launcher, Launcher.Deployment.of(attached()).overTls(true));

        bench.connect("/attached").live();

        assertKept();
    }

    @Test
    void keepsAPeerThatCompresses() throws Exception {
        assumeFalse(launcher instanceof TyrusLauncher, "Tyrus compresses with a library of its own only");
        ServerEndpointConfig plain =
                Endpoints.at("/attached", session -> session.getAsyncRemote().sendText("compressed ".repeat(1_000)));
        ServerEndpointConfig compressing = ServerEndpointConfig.Builder.create(
                        plain.getEndpointClass(), plain.getPath())
                .configurator(plain.getConfigurator())
                .extensions(List.of(new Deflate()))
                .build();
        bench.serve(launcher, SessionHeartbeat.wrap(compressing, bench.detector));

        RawPeer peer = bench.closing(RawPeer.connect(
                        bench.server().uri("/attached"), "Sec-WebSocket-Extensions: permessage-deflate"))
                .live();

        assertThat(peer.awaitData().payload()).hasSizeLessThan(1_000);
        assertKept();
    }

    @Test
    void keepsAndReapsOnVirtualThreads() throws Exception {
        assumeTrue(Runtime.version().feature() >= 21, "virtual threads need Java 21");
        assumeTrue(launcher.takesAnExecutor(), "Tyrus takes none");
        ExecutorService virtual = (ExecutorService)
                Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
        try (ZombieDetector quick = ZombieDetector.builder(Bench.QUICK)
                .listeners(List.of(bench.heard))
                .executor(virtual)
                .build()) {
            bench.serve(
                    launcher,
                    Launcher.Deployment.of(
                                    attached(),
                                    Endpoints.at("/dead", session -> SessionHeartbeat.attach(session, quick)))
                            .on(virtual));
            bench.connect("/attached").live();
            RawPeer dead = bench.connect("/dead").mute();

            assertKept();
            bench.await(Reap.class);
            bench.awaitFreed(dead);
        } finally {
            virtual.shutdown();
        }
    }

    /** The extension as Undertow's endpoints have to name it; others offer it by themselves. */
    private static final class Deflate implements Extension {

        @Override
        public String getName() {
            return "permessage-deflate";
        }

        @Override
        public List<Parameter> getParameters() {
            return List.of();
        }
    }

    private ServerEndpointConfig attached() {
        return Endpoints.at("/attached", session -> SessionHeartbeat.attach(session, bench.detector));
    }

    private void assertKept() {
        await("round trips")
                .until(() -> bench.events().stream().filter("pong"::equals).count() >= 3);
    }
}
