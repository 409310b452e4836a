package dev.heartbeat.jakarta;

import static dev.heartbeat.jakarta.Bench.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import dev.heartbeat.Connection;
import dev.heartbeat.Heartbeat;
import dev.heartbeat.HeartbeatPolicy;
import dev.heartbeat.LivenessEvent.Closed;
import dev.heartbeat.LivenessEvent.Pong;
import dev.heartbeat.LivenessEvent.Reap;
import dev.heartbeat.testkit.Descriptors;
import dev.heartbeat.testkit.Frame;
import dev.heartbeat.testkit.RawPeer;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.websocket.api.Callback;
import org.eclipse.jetty.websocket.api.Session;
import org.eclipse.jetty.websocket.server.WebSocketUpgradeHandler;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sessions of Jetty's own API, on a server without servlets and without Jakarta WebSocket. */
class JettyHeartbeatTest {

    /** Longer than it takes to reap a peer that is not heard. */
    private static final Duration LONG = Bench.QUICK.detectionTime().plusSeconds(2);

    private static final int MORE_THAN_THE_KERNEL_TAKES = 16 << 20;

    private final Bench bench = new Bench(Bench.QUICK);
    private final Server server = new Server();
    private final ServerConnector connector = new ServerConnector(server);
    private final BlockingQueue<Session> opened = new LinkedBlockingQueue<>();
    private final BlockingQueue<Integer> closed = new LinkedBlockingQueue<>();
    private final CountDownLatch handled = new CountDownLatch(1);

    @BeforeEach
    void start() throws Exception {
        server.addConnector(connector);
        server.setHandler(WebSocketUpgradeHandler.from(server, container -> {
            container.addMapping("/attached", (request, response, callback) -> new Attached());
            container.addMapping("/watched", (request, response, callback) -> new Watched());
        }));
        server.start();
    }

    @AfterEach
    void end() throws Exception {
        bench.close();
        server.stop();
    }

    @Test
    void reapsAMutePeerAndFreesItsDescriptorAndSparesAnIdleOneWhosePongsNobodyIsShown() throws Exception {
        RawPeer live = dial("/attached").live();
        RawPeer mute = dial("/attached").mute();

        assertThat(bench.termination().freed()).isTrue();
        assertFreed(mute);
        assertThat(closed.poll(60, TimeUnit.SECONDS)).isEqualTo(1001);
        int pings = live.pings();
        await("the live peer answers for longer than it may be silent").until(() -> live.pings() > pings + 10);
        assertThat(bench.heard.of(Reap.class)).hasSize(1);
        assertThat(bench.heard.of(Pong.class)).isEmpty();
        assertThat(isHeld(live)).isTrue();
    }

    @Test
    void givesTheSessionOfAnEventBack() throws Exception {
        RawPeer mute = dial("/attached").mute();

        Connection connection = bench.await(Reap.class).connection();

        assertThat(JettyHeartbeat.session(connection)).isSameAs(opened.element());
        assertThat(connection.id()).isEqualTo("127.0.0.1:" + mute.localPort());
    }

    @Test
    void tellsRoundTripsWhereTheApplicationReportsPongs() throws Exception {
        dial("/watched").live();

        assertThat(bench.await(Pong.class).connection()).isNotNull();
    }

    @Test
    void freesAFrozenPeerBehindAnUnsentMessage() throws Exception {
        RawPeer frozen = dial("/attached").freeze();
        Session session = opened.poll(60, TimeUnit.SECONDS);

        session.sendBinary(ByteBuffer.allocate(MORE_THAN_THE_KERNEL_TAKES), Callback.NOOP);

        assertThat(bench.termination().freed()).isTrue();
        assertThat(bench.termination().means()).contains("disconnect");
        assertFreed(frozen);
    }

    @Test
    void sparesAPeerWhosePongsQueueBehindTheHandler() throws Exception {
        RawPeer patient = dial("/attached").live();
        patient.send(Frame.text("slow"));
        long start = System.nanoTime();

        await("the peer would have been reaped").until(() -> System.nanoTime() - start > LONG.toNanos());
        handled.countDown();

        assertThat(patient.await(Frame.TEXT).text()).isEqualTo("slow");
        assertThat(bench.heard.of(Reap.class)).isEmpty();
    }

    /** With a code for which Jetty waits for the peer's close frame, up to its idle timeout. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void freesASessionThatTheApplicationClosesThoughItsPeerIsDead(boolean unsent) throws Exception {
        RawPeer frozen = dial("/attached").freeze();
        Session session = opened.poll(60, TimeUnit.SECONDS);
        session.setIdleTimeout(Duration.ZERO);
        if (unsent) {
            session.sendBinary(ByteBuffer.allocate(MORE_THAN_THE_KERNEL_TAKES), Callback.NOOP);
        }

        session.close(1000, "logged out", Callback.NOOP);

        assertFreed(frozen);
        await("the watch has ended").until(() -> bench.detector.watched() == 0);
    }

    @Test
    void learnsOfAClose() throws Exception {
        RawPeer polite = dial("/attached").live();

        polite.send(Frame.close(1000));

        bench.await(Closed.class);
        assertThat(bench.detector.watched()).isZero();
    }

    /** Verifying a class loads those that it only has to compare. */
    @ParameterizedTest
    @ValueSource(
            classes = {
                JettyHeartbeat.class,
                JettySessionConnection.class,
                JettyConnection.class,
                TransportConnection.class,
                Addresses.class,
                Output.class,
                SettingsCheck.class,
                SettingsWarnings.class,
                TerminationLadder.class,
                TerminationStep.class
            })
    void needsNoJakartaWebSocket(Class<?> needed) throws Exception {
        assertThat(Class.forName(needed.getName(), true, new WithoutJakarta())).isNotSameAs(needed);
    }

    @Test
    void refusesASessionThatShowsNeitherPongsNorBytes() {
        Session wrapped = mock(Session.class);
        when(wrapped.isOpen()).thenReturn(true);

        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(() -> JettyHeartbeat.attach(wrapped, bench.detector))
                .withMessageContaining("JettyHeartbeat.watch(session, detector)");

        assertThat(JettyHeartbeat.watch(wrapped, bench.detector).isWatched()).isTrue();
    }

    @Test
    void refusesAClosedSession() {
        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(() -> JettyHeartbeat.watch(mock(Session.class), bench.detector))
                .withMessageContaining("closed");
    }

    @Test
    void pingsBeforeJettysOwnIdleTimeout() throws Exception {
        dial("/attached").live();
        Session session = opened.poll(60, TimeUnit.SECONDS);
        session.setIdleTimeout(Duration.ofSeconds(20));

        Heartbeat second = JettyHeartbeat.watch(session, bench.detector);
        second.policy(HeartbeatPolicy.defaults());

        await("the policy is in force")
                .until(() -> second.policy().pingInterval().equals(Duration.ofSeconds(15)));
    }

    private RawPeer dial(String path) throws Exception {
        return bench.closing(RawPeer.connect(URI.create("ws://127.0.0.1:" + connector.getLocalPort() + path)));
    }

    private void assertFreed(RawPeer peer) {
        await("descriptor freed").until(() -> !isHeld(peer));
    }

    private boolean isHeld(RawPeer peer) {
        return Descriptors.isHeld(connector.getLocalPort(), peer.localPort());
    }

    /** An application that is shown no pongs. */
    public class Attached implements Session.Listener.AutoDemanding {

        private Session session;

        @Override
        public void onWebSocketOpen(Session open) {
            session = open;
            JettyHeartbeat.attach(open, bench.detector);
            opened.add(open);
        }

        @Override
        public void onWebSocketText(String text) {
            try {
                handled.await();
            } catch (InterruptedException stopped) {
                throw new IllegalStateException(stopped);
            }
            session.sendText(text, Callback.NOOP);
        }

        @Override
        public void onWebSocketClose(int code, String reason, Callback done) {
            closed.add(code);
            done.succeed();
        }
    }

    /** An application that reports its pongs. */
    public class Watched implements Session.Listener.AutoDemanding {

        private Heartbeat heartbeat;

        @Override
        public void onWebSocketOpen(Session open) {
            heartbeat = JettyHeartbeat.watch(open, bench.detector);
        }

        @Override
        public void onWebSocketPong(ByteBuffer payload) {
            heartbeat.pongReceived(payload);
        }
    }

    /** Defines the library's classes anew, where there is no Jakarta WebSocket. */
    private static final class WithoutJakarta extends ClassLoader {

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (name.startsWith("jakarta.websocket.")) {
                throw new ClassNotFoundException(name);
            }
            return name.startsWith("dev.heartbeat.jakarta.") ? redefined(name) : super.loadClass(name, resolve);
        }

        private Class<?> redefined(String name) throws ClassNotFoundException {
            synchronized (getClassLoadingLock(name)) {
                Class<?> loaded = findLoadedClass(name);
                return loaded == null ? define(name) : loaded;
            }
        }

        private Class<?> define(String name) throws ClassNotFoundException {
            try (InputStream file = getResourceAsStream(name.replace('.', '/') + ".class")) {
                byte[] bytes = file.readAllBytes();
                return defineClass(name, bytes, 0, bytes.length);
            } catch (IOException unreadable) {
                throw new ClassNotFoundException(name, unreadable);
            }
        }
    }
}
