package dev.heartbeat.jakarta;

import static dev.heartbeat.jakarta.Bench.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.TransportFacts;
import dev.heartbeat.testkit.Frame;
import dev.heartbeat.testkit.RawPeer;
import jakarta.websocket.Session;
import java.nio.ByteBuffer;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a container tells that it has sent, against what came out of the server's socket. */
@ParameterizedClass(name = "{0}")
@MethodSource("dev.heartbeat.jakarta.Launcher#chosen")
class SentBytesTest {

    private static final int MESSAGES = 200;
    private static final int MORE_THAN_THE_KERNEL_TAKES = 16 << 20;

    private final Launcher launcher;
    private final Bench bench = new Bench(Bench.PATIENT);
    private final BlockingQueue<Session> opened = new LinkedBlockingQueue<>();
    private Relay relay;
    private RawPeer peer;
    private Session session;
    private SessionConnection connection;

    SentBytesTest(Launcher launcher) {
        this.launcher = launcher;
    }

    @AfterEach
    void end() {
        bench.close();
    }

    @ParameterizedTest
    @CsvSource({
        "false, ''",
        "false, permessage-deflate",
        "true, ''",
        "true, permessage-deflate",
    })
    void areThoseOfTheSocketOrSaidToBeOthers(boolean isSecure, String extension) throws Exception {
        boolean isExact = !isSecure || launcher instanceof TyrusLauncher || launcher instanceof QuarkusLauncher;
        open(isSecure, extension);
        peer.mute();
        roundOf(1);
        long before = atRest(isExact).sent();
        long passedBefore = relay.bytesForPeer();

        roundOf(MESSAGES);

        long passed = relay.bytesForPeer() - passedBefore;
        TransportFacts facts = atRest(isExact);
        assertThat(facts.sent() - before).isPositive();
        if (facts.isSentExact()) {
            assertThat(facts.sent() - before).isEqualTo(passed);
        }
    }

    /** Only Tomcat's counters leave out what a header has beyond the shortest. */
    @ParameterizedTest
    @ValueSource(ints = {1_000, 100_000})
    void areThoseOfTheSocketForLongMessagesToo(int size) throws Exception {
        open(false, "");
        peer.mute();
        roundOf(1);
        long before = atRest(true).sent();
        long passedBefore = relay.bytesForPeer();

        session.getBasicRemote().sendBinary(ByteBuffer.allocate(size));
        await("it is passed on").until(() -> relay.bytesForPeer() - passedBefore >= size);
        roundOf(1);

        assertThat(atRest(true).sent() - before)
                .isCloseTo(
                        relay.bytesForPeer() - passedBefore,
                        Offset.offset(launcher instanceof TomcatLauncher ? 8L : 0));
    }

    /** Netty does not say exactly how much of what it is just writing has been written. */
    private TransportFacts atRest(boolean isExact) {
        await("exact: " + isExact).until(() -> connection.facts().isSentExact() == isExact);
        return connection.facts();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void areNotThoseThatWait(boolean isSecure) throws Exception {
        open(isSecure, "");
        long before = connection.facts().sent();

        session.getAsyncRemote().sendBinary(ByteBuffer.allocate(MORE_THAN_THE_KERNEL_TAKES), result -> {});
        long[] last = {-1, System.nanoTime()};
        await("the kernel takes no more").until(() -> {
            if (relay.bytesForPeer() != last[0]) {
                last[0] = relay.bytesForPeer();
                last[1] = System.nanoTime();
            }
            return System.nanoTime() - last[1] > 500_000_000;
        });

        assertThat(connection.facts().sent() - before).isLessThan(MORE_THAN_THE_KERNEL_TAKES);
    }

    private void roundOf(int messages) throws Exception {
        for (int message = 0; message < messages; message++) {
            session.getBasicRemote().sendText("tiny");
        }
        for (int message = 0; message < messages; ) {
            message += peer.await(Frame.TEXT).opcode() == Frame.TEXT ? 1 : 0;
        }
    }

    private void open(boolean isSecure, String extension) throws Exception {
        bench.serve(
                launcher,
                Launcher.Deployment.of(Endpoints.at("/sent", opened::add)).overTls(isSecure));
        relay = bench.closing(Relay.to(bench.server().port()));
        String[] headers =
                extension.isEmpty() ? new String[0] : new String[] {"Sec-WebSocket-Extensions: " + extension};
        peer = bench.closing(RawPeer.connect(relay.uri(bench.server().uri("/sent")), headers));
        session = opened.poll(60, TimeUnit.SECONDS);
        assertThat(session).isNotNull();
        connection = new SessionConnection(session, Watch.claim(session));
        connection.facts();
    }
}
