package dev.heartbeat.jakarta;

import static dev.heartbeat.jakarta.Bench.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.heartbeat.LivenessEvent.Closed;
import dev.heartbeat.LivenessEvent.Reap;
import dev.heartbeat.ZombieDetector;
import dev.heartbeat.testkit.Descriptors;
import dev.heartbeat.testkit.Frame;
import dev.heartbeat.testkit.RawPeer;
import dev.heartbeat.testkit.RawServer;
import dev.heartbeat.testkit.RecordingListener;
import jakarta.websocket.ClientEndpointConfig;
import jakarta.websocket.OnClose;
import jakarta.websocket.OnError;
import jakarta.websocket.OnMessage;
import jakarta.websocket.OnOpen;
import jakarta.websocket.PongMessage;
import jakarta.websocket.Session;
import jakarta.websocket.server.PathParam;
import jakarta.websocket.server.ServerEndpoint;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** The ways to a heartbeat that need a line of the application's, in annotated classes and on the client's side. */
@ParameterizedClass(name = "{0}")
@MethodSource("dev.heartbeat.jakarta.Launcher#chosen")
class AttachTest {

    /** How an annotated class, which the container makes, finds what a test made for it. */
    private static final ConcurrentMap<String, ZombieDetector> DETECTORS = new ConcurrentHashMap<>();

    private static final BlockingQueue<String> SEEN = new LinkedBlockingQueue<>();

    private final Launcher launcher;
    private Bench bench;

    AttachTest(Launcher launcher) {
        this.launcher = launcher;
    }

    @AfterEach
    void end() {
        DETECTORS.clear();
        SEEN.clear();
        if (bench != null) {
            bench.close();
        }
    }

    @Test
    void attachesAnAnnotatedEndpointWithOneLine() throws Exception {
        bench = new Bench(Bench.PATIENT);
        RawPeer peer = connect("/one-line/cp-7").live();

        await("round trips").until(() -> bench.events().size() >= 3);
        peer.send(Frame.text("hello"));

        assertThat(peer.await(Frame.TEXT).text()).isEqualTo("cp-7 hello");
        assertThat(bench.events()).containsOnly("pong");
        peer.send(Frame.close(1000));
        bench.await(Closed.class);
    }

    @Test
    void reapsASessionOfAnAnnotatedEndpoint() throws Exception {
        bench = new Bench(Bench.QUICK);
        RawPeer peer = connect("/one-line/cp-7").mute();

        bench.await(Reap.class);
        bench.awaitFreed(peer);
        assertThat(bench.events()).containsExactly("timeout", "reap");
    }

    @Test
    void takesThePongsThatAnAnnotatedMethodForwardsAndLeavesItItsOwn() throws Exception {
        bench = new Bench(Bench.PATIENT);
        RawPeer peer = connect("/own-pongs").live();
        await("round trips").until(() -> bench.events().size() >= 3);

        peer.send(Frame.pong("application".getBytes(StandardCharsets.US_ASCII)));

        assertThat(SEEN.poll(60, TimeUnit.SECONDS)).isEqualTo("application");
        assertThat(SEEN).isEmpty();
        assertThat(bench.events()).containsOnly("pong");
    }

    @Test
    void watchesTheClientsSideOfASession() throws Exception {
        bench = new Bench(Bench.PATIENT).serve(launcher, Endpoints.at("/plain", session -> {}));

        try (Session session = connectClient()) {
            await("round trips").until(() -> bench.events().size() >= 3);
            assertThat(bench.events()).containsOnly("pong");
            assertThat(SessionHeartbeat.of(session).isWatched()).isTrue();
        }
    }

    @Test
    void reapsTheClientsSideOfASessionWhoseServerIsSilent() throws Exception {
        bench = new Bench(Bench.QUICK).serve(launcher);
        RawServer mute = bench.closing(RawServer.start());

        Session session = connectClient(mute.uri());

        bench.await(Reap.class);
        await("its descriptor freed").until(() -> !Descriptors.isHeldByClient(mute.port()));
        assertThat(bench.termination().freed()).as(bench.termination().means()).isTrue();
        assertThat(session.isOpen()).isFalse();
    }

    @Test
    void refusesASessionThatIsClosed() throws Exception {
        BlockingQueue<Session> opened = new LinkedBlockingQueue<>();
        bench = new Bench(Bench.PATIENT).serve(launcher, Endpoints.at("/plain", opened::add));
        bench.connect("/plain").close();
        Session session = opened.poll(60, TimeUnit.SECONDS);
        assertThat(session).isNotNull();
        await("closed").until(() -> !session.isOpen());

        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(() -> SessionHeartbeat.attach(session, bench.detector))
                .withMessageContaining("closed");
        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(() -> SessionHeartbeat.watch(session, bench.detector))
                .withMessageContaining("closed");

        assertThat(bench.detector.watched()).isZero();
    }

    @Test
    void keepsTwoDetectorsOfOneContainerApart() throws Exception {
        bench = new Bench(Bench.PATIENT);
        RecordingListener others = new RecordingListener();
        try (ZombieDetector other = ZombieDetector.create(Bench.PATIENT, others)) {
            bench.serve(
                    launcher,
                    Endpoints.at("/mine", session -> SessionHeartbeat.attach(session, bench.detector)),
                    Endpoints.at("/other", session -> SessionHeartbeat.attach(session, other)));
            bench.connect("/mine").live();
            bench.connect("/other").live();

            await("round trips of both")
                    .until(() ->
                            bench.events().contains("pong") && !others.events().isEmpty());
            assertThat(bench.detector.watched()).isOne();
            assertThat(other.watched()).isOne();
        }
    }

    private RawPeer connect(String path) throws Exception {
        DETECTORS.put("current", bench.detector);
        bench.serve(launcher, Launcher.Deployment.of(OneLine.class, OwnPongs.class));
        return bench.connect(path);
    }

    private Session connectClient() throws Exception {
        return connectClient(bench.server().uri("/plain"));
    }

    private Session connectClient(java.net.URI uri) throws Exception {
        ClientEndpointConfig config = ClientEndpointConfig.Builder.create().build();
        // Tomcat gives a server 5 s, Undertow 10 s.
        config.getUserProperties().put("org.apache.tomcat.websocket.IO_TIMEOUT_MS", "60000");
        config.getUserProperties().put("io.undertow.websocket.CONNECT_TIMEOUT", 60);
        return bench.server()
                .client()
                .connectToServer(
                        new Endpoints.Scripted(session -> SessionHeartbeat.attach(session, bench.detector)),
                        config,
                        uri);
    }

    /** An endpoint with the one line. */
    @ServerEndpoint("/one-line/{device}")
    public static class OneLine {

        @OnOpen
        public void open(Session session) {
            SessionHeartbeat.attach(session, DETECTORS.get("current"));
        }

        @OnMessage
        public String answer(@PathParam("device") String device, String text) {
            return device + " " + text;
        }

        @OnClose
        public void close(Session session) {
            SessionHeartbeat.of(session).closed();
        }

        @OnError
        public void error(Throwable gone) {
            // its peer goes without a close frame at the end of the test
        }
    }

    /** An endpoint that had a method for pongs before it had a heartbeat. */
    @ServerEndpoint("/own-pongs")
    public static class OwnPongs {

        @OnOpen
        public void open(Session session) {
            SessionHeartbeat.watch(session, DETECTORS.get("current"));
        }

        @OnMessage
        public void pong(PongMessage pong, Session session) {
            if (!SessionHeartbeat.of(session).pongReceived(pong.getApplicationData())) {
                SEEN.add(StandardCharsets.US_ASCII
                        .decode(pong.getApplicationData())
                        .toString());
            }
        }

        @OnError
        public void error(Throwable gone) {
            // its peer goes without a close frame at the end of the test
        }
    }
}
