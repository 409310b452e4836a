package dev.heartbeat.jakarta;

import static dev.heartbeat.jakarta.Bench.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.TransportFacts;
import dev.heartbeat.testkit.Frame;
import dev.heartbeat.testkit.RawPeer;
import jakarta.websocket.ClientEndpointConfig;
import jakarta.websocket.Session;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** What each container tells of a real socket, in numbers. */
@ParameterizedClass(name = "{0}")
@MethodSource("dev.heartbeat.jakarta.Launcher#chosen")
class FactsTest {

    private static final int MORE_THAN_THE_KERNEL_TAKES = 16 << 20;

    private final Launcher launcher;
    private final Bench bench = new Bench(Bench.PATIENT);
    private final BlockingQueue<Session> opened = new LinkedBlockingQueue<>();
    private RawPeer peer;
    private Session session;
    private SessionConnection connection;

    FactsTest(Launcher launcher) {
        this.launcher = launcher;
    }

    @BeforeEach
    void open() throws Exception {
        bench.serve(launcher, Endpoints.at("/facts", served -> {
            served.setMaxBinaryMessageBufferSize(MORE_THAN_THE_KERNEL_TAKES);
            served.addMessageHandler(ByteBuffer.class, bytes -> {});
            opened.add(served);
        }));
        peer = bench.connect("/facts");
        session = opened.poll(60, TimeUnit.SECONDS);
        assertThat(session).isNotNull();
        connection = new SessionConnection(session, Watch.claim(session));
        await("bytes are counted").until(() -> connection.facts().received() >= 0);
    }

    @AfterEach
    void end() {
        bench.close();
    }

    @Test
    void tellsThatNothingWaitsOnAnIdleSessionAndThatNothingChanges() {
        AtomicReference<TransportFacts> before = new AtomicReference<>();
        await("the handshake is over")
                .during(Duration.ofMillis(300))
                .until(connection::facts, now -> now.equals(before.getAndSet(now)));

        TransportFacts facts = connection.facts();

        assertThat(facts.waiting()).isZero();
        assertThat(facts.sent()).isNotNegative();
        assertThat(facts.received()).isNotNegative();
        assertThat(facts.pingWaits()).isFalse();
        assertThat(connection.facts()).isEqualTo(facts);
    }

    @Test
    void tellsTheTwoEndsOfTheTcpConnection() {
        TransportFacts facts = connection.facts();

        assertThat(facts.local())
                .map(InetSocketAddress::getPort)
                .contains(bench.server().port());
        assertThat(facts.remote()).contains(new InetSocketAddress("127.0.0.1", peer.localPort()));
    }

    @Test
    void countsEveryByteOfALargeFrame() throws Exception {
        long before = receivedSoFar();

        peer.sendRaw(new Frame(true, Frame.BINARY, new byte[100_000]).header(true));
        before = awaitMoreThan(before);
        for (int bytes = 0; bytes < 5; bytes++) {
            peer.sendRaw(new byte[1]);
            before = awaitMoreThan(before);
        }
    }

    @Test
    void countsAnEmptyPong() throws Exception {
        long before = receivedSoFar();

        peer.send(Frame.pong(new byte[0]));
        before = awaitMoreThan(before);
        peer.send(Frame.pong(new byte[0]));

        awaitMoreThan(before);
    }

    @Test
    void countsWhatIsSent() throws Exception {
        peer.mute();
        long before = connection.facts().sent();

        session.getBasicRemote().sendText("hello");
        await("the text is sent").until(() -> connection.facts().sent() >= before + 5);
        long text = connection.facts().sent();
        session.getBasicRemote().sendBinary(ByteBuffer.allocate(100_000));
        await("the bytes are sent").until(() -> connection.facts().sent() >= text + 100_000);
        connection.ping(ByteBuffer.wrap("12345678".getBytes(StandardCharsets.US_ASCII)));

        await("the ping is sent").until(() -> connection.facts().sent() >= text + 100_008);
        assertThat(connection.facts().sent()).isLessThan(text + 101_000);
    }

    @Test
    void tellsOutputThatStandsFromOutputThatMoves() throws Exception {
        connection.facts();
        session.getAsyncRemote().sendBinary(ByteBuffer.allocate(MORE_THAN_THE_KERNEL_TAKES), result -> {});

        TransportFacts standing = Standstill.await(connection::facts);
        peer.slow(4 << 20).mute();
        await("it moves").until(() -> connection.facts().progress() != standing.progress());
        assertThat(connection.facts().waiting()).isPositive();
        long moved = connection.facts().progress();
        await("it moves on").until(() -> connection.facts().progress() != moved);

        await("nothing waits").until(() -> connection.facts().waiting() == 0);
        peer.awaitData();
        assertThat(connection.facts().waiting()).isZero();
    }

    @Test
    void doesNotTakeMoreOutputForProgress() throws Exception {
        connection.facts();
        session.getAsyncRemote().sendBinary(ByteBuffer.allocate(MORE_THAN_THE_KERNEL_TAKES), result -> {});
        Standstill.await(connection::facts);
        // The first attempt may find room in the kernel that is too little for it to call the socket writable.
        sendMore();
        TransportFacts standing = Standstill.await(connection::facts);

        sendMore();
        TransportFacts later = connection.facts();

        assertThat(later.progress()).isEqualTo(standing.progress());
        assertThat(later.waiting()).isPositive();
    }

    @Test
    void doesNotTakeInputForProgress() throws Exception {
        connection.facts();
        session.getAsyncRemote().sendBinary(ByteBuffer.allocate(MORE_THAN_THE_KERNEL_TAKES), result -> {});
        TransportFacts standing = Standstill.await(connection::facts);

        peer.send(Frame.pong(new byte[0]));
        awaitMoreThan(standing.received());

        assertThat(connection.facts().progress()).isEqualTo(standing.progress());
    }

    @Test
    void tellsOfAClientsSessionToo() throws Exception {
        Session client = bench.server()
                .client()
                .connectToServer(
                        new Endpoints.Scripted(opening -> {}),
                        ClientEndpointConfig.Builder.create().build(),
                        bench.server().uri("/facts"));
        SessionConnection watched = new SessionConnection(client, Watch.claim(client));
        Session served = opened.poll(60, TimeUnit.SECONDS);
        assertThat(served).isNotNull();
        TransportFacts before = watched.facts();
        awaitNextMillisecond();

        served.getBasicRemote().sendText("hello");

        await("the text arrives").until(() -> watched.facts().received() > before.received());
        assertThat(before.waiting()).isZero();
        assertThat(before.remote())
                .contains(new InetSocketAddress("127.0.0.1", bench.server().port()));
        assertThat(before.local())
                .isEqualTo(new SessionConnection(served, Watch.claim(served))
                        .facts()
                        .remote());
        client.close();
    }

    /** As an application does that sends news to everyone; in some containers it has to wait. */
    private void sendMore() throws Exception {
        Thread sender = new Thread(
                () -> {
                    try {
                        for (int message = 0; message < 10; message++) {
                            session.getAsyncRemote().sendText("news");
                            session.getAsyncRemote().sendPing(ByteBuffer.allocate(8));
                        }
                    } catch (IOException | RuntimeException busy) {
                        assertThat(session.isOpen()).isTrue();
                    }
                },
                "sender");
        sender.setDaemon(true);
        sender.start();
        sender.join(500);
    }

    private long receivedSoFar() {
        long received = connection.facts().received();
        awaitNextMillisecond();
        return received;
    }

    private static void awaitNextMillisecond() {
        long now = System.currentTimeMillis();
        await("a moment that Tomcat can tell from the latest").until(() -> System.currentTimeMillis() > now);
    }

    private long awaitMoreThan(long before) {
        await("more than " + before).until(() -> connection.facts().received() > before);
        return connection.facts().received();
    }
}
