package dev.heartbeat.jakarta;

import static dev.heartbeat.jakarta.Bench.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.heartbeat.Hindrance;
import dev.heartbeat.testkit.Frame;
import dev.heartbeat.testkit.RawPeer;
import jakarta.websocket.Session;
import jakarta.websocket.server.ServerEndpointConfig;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Whether a message of the peer's is incomplete, of a session whose handlers are not seen. */
@ParameterizedClass(name = "{0}")
@MethodSource("dev.heartbeat.jakarta.Launcher#chosen")
class IncompleteMessageTest {

    private static final int LOOKS = 5;

    private final Launcher launcher;
    private final Bench bench = new Bench(Bench.PATIENT);
    private final BlockingQueue<Session> opened = new LinkedBlockingQueue<>();
    private final BlockingQueue<Integer> handled = new LinkedBlockingQueue<>();
    private final CountDownLatch release = new CountDownLatch(1);
    private Relay relay;
    private RawPeer peer;
    private SessionConnection connection;

    IncompleteMessageTest(Launcher launcher) {
        this.launcher = launcher;
    }

    @AfterEach
    void end() {
        release.countDown();
        bench.close();
    }

    @Test
    void isToldForAsLongAsAFrameIs() throws Exception {
        open();
        byte[] frame = bytes(new Frame(true, Frame.BINARY, new byte[100_000]));
        assertThat(looks()).containsOnly(Hindrance.NONE);

        for (int from = 0, to = 2; from < frame.length; from = to, to = Math.min(frame.length, 10 * to)) {
            assertThat(handled).isEmpty();
            peer.sendRaw(Arrays.copyOfRange(frame, from, to));
            if (to < frame.length) {
                awaitLook(Hindrance.MESSAGE_INCOMPLETE);
                assertThat(looks()).as("at byte " + to).containsOnly(Hindrance.MESSAGE_INCOMPLETE);
            }
        }

        assertThat(handled.poll(60, TimeUnit.SECONDS)).isEqualTo(100_000);
        awaitLook(Hindrance.NONE);
        assertThat(looks()).containsOnly(Hindrance.NONE);
    }

    @Test
    void isToldBetweenTheFragmentsOfAMessageWhateverElseComes() throws Exception {
        open();

        peer.send(new Frame(false, Frame.BINARY, new byte[10]));
        awaitLook(Hindrance.MESSAGE_INCOMPLETE);
        peer.send(Frame.pong(new byte[0]));
        peer.send(new Frame(false, Frame.CONTINUATION, new byte[10]));
        assertThat(looks()).containsOnly(Hindrance.MESSAGE_INCOMPLETE);
        peer.send(new Frame(true, Frame.CONTINUATION, new byte[10]));

        assertThat(handled.poll(60, TimeUnit.SECONDS)).isEqualTo(30);
        awaitLook(Hindrance.NONE);
        assertThat(looks()).containsOnly(Hindrance.NONE);
    }

    /** A peer of a session whose handlers are not seen must be found even if it talks all the time. */
    @Test
    void isNotToldOfMessagesThatHaveComeAsAWhole() throws Exception {
        open();

        for (int message = 0; message < LOOKS; message++) {
            long now = System.currentTimeMillis();
            await("a moment that Tomcat can tell from the latest").until(() -> System.currentTimeMillis() > now);
            long before = connection.facts().received();
            peer.send(Frame.pong(new byte[3]));
            peer.send(new Frame(true, Frame.PING, new byte[3]));
            peer.send(new Frame(true, Frame.BINARY, new byte[10]));
            assertThat(handled.poll(60, TimeUnit.SECONDS)).isEqualTo(10);
            await("it is counted").until(() -> connection.facts().received() > before);
            awaitLook(Hindrance.NONE);
        }
        assertThat(looks()).containsOnly(Hindrance.NONE);
    }

    @Test
    void isNotToldWhileAMessageIsHandled() throws Exception {
        open();

        peer.send(new Frame(true, Frame.TEXT, new byte[0]));
        assertThat(handled.poll(60, TimeUnit.SECONDS)).isZero();

        connection.facts();
        assertThat(looks()).containsOnly(Hindrance.NONE);
    }

    /** Tyrus' parser sees nothing of such a record, and Grizzly does not say that it waits for the rest. */
    @Test
    void isToldForAsLongAsATlsRecordIs() throws Exception {
        assumeThat(launcher).isNotInstanceOf(TyrusLauncher.class);
        open(true);
        assertThat(looks()).containsOnly(Hindrance.NONE);

        relay.allow(5_000);
        peer.send(new Frame(true, Frame.BINARY, new byte[10_000]));
        awaitLook(Hindrance.MESSAGE_INCOMPLETE);
        assertThat(looks()).containsOnly(Hindrance.MESSAGE_INCOMPLETE);
        relay.allow(Long.MAX_VALUE);

        assertThat(handled.poll(60, TimeUnit.SECONDS)).isEqualTo(10_000);
        awaitLook(Hindrance.NONE);
        assertThat(looks()).containsOnly(Hindrance.NONE);
    }

    private void open() throws Exception {
        open(false);
    }

    private void open(boolean isSecure) throws Exception {
        ServerEndpointConfig config = Endpoints.at("/incomplete", session -> {
            session.setMaxBinaryMessageBufferSize(1 << 20);
            session.addMessageHandler(ByteBuffer.class, bytes -> handled.add(bytes.remaining()));
            session.addMessageHandler(String.class, text -> block());
            opened.add(session);
        });
        bench.serve(launcher, Launcher.Deployment.of(config).overTls(isSecure));
        relay = bench.closing(Relay.to(bench.server().port()));
        peer = bench.closing(RawPeer.connect(relay.uri(bench.server().uri("/incomplete"))));
        Session session = opened.poll(60, TimeUnit.SECONDS);
        assertThat(session).isNotNull();
        connection = new SessionConnection(session, Watch.claim(session));
        connection.facts();
    }

    private void block() {
        handled.add(0);
        try {
            release.await(60, TimeUnit.SECONDS);
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
    }

    private Hindrance look() {
        connection.facts();
        return connection.hindrance();
    }

    private Hindrance[] looks() {
        Hindrance[] seen = new Hindrance[LOOKS];
        Arrays.setAll(seen, index -> look());
        return seen;
    }

    private void awaitLook(Hindrance expected) {
        await(expected.toString()).until(() -> look() == expected);
    }

    private static byte[] bytes(Frame frame) throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        frame.write(out, true);
        return out.toByteArray();
    }
}
