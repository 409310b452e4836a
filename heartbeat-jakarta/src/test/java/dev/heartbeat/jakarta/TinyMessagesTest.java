package dev.heartbeat.jakarta;

import static dev.heartbeat.jakarta.Bench.await;

import dev.heartbeat.HeartbeatPolicy;
import dev.heartbeat.LivenessEvent.Pong;
import dev.heartbeat.ReapReason;
import dev.heartbeat.testkit.RawPeer;
import jakarta.websocket.Session;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A steady reader of many messages that are shorter than what TLS and their frames add to them; and its twin, frozen. */
@Execution(ExecutionMode.CONCURRENT)
@ParameterizedClass(name = "{0}")
@MethodSource("dev.heartbeat.jakarta.Launcher#chosen")
class TinyMessagesTest {

    private static final int BYTES_PER_SECOND = 60_000;
    private static final int MEGABYTE = 1 << 20;

    private static final HeartbeatPolicy POLICY = HeartbeatPolicy.builder()
            .pingInterval(Duration.ofMillis(500))
            .pongTimeout(Duration.ofMillis(500))
            .reapAfter(Duration.ofMillis(1_500))
            .hindranceCap(Duration.ofSeconds(12))
            .holdCap(Duration.ZERO)
            .build();

    /** Several times the patience, and well within the cap. */
    private static final Duration LONG = Duration.ofSeconds(8);

    /** With a while for what the kernels of a frozen peer still take. */
    private static final Duration BOUND =
            POLICY.detectionTime().plus(POLICY.hindranceCap()).plusSeconds(10);

    private final Launcher launcher;
    private final Bench bench = new Bench(Bench.PATIENT);
    private final Verdicts verdicts = new Verdicts(bench.heard);

    TinyMessagesTest(Launcher launcher) {
        this.launcher = launcher;
    }

    @AfterEach
    void end() {
        bench.close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void doNotHideThatTheirReaderLives(boolean isSecure) throws Exception {
        serve(isSecure);

        long end = System.nanoTime() + LONG.toNanos();
        verdicts.staysAliveUntil("the time is over", () -> System.nanoTime() - end > 0);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void doNotHideThatTheirReaderIsFrozen(boolean isSecure) throws Exception {
        RawPeer peer = serve(isSecure);

        peer.freeze();

        verdicts.isReapedWithin(BOUND, ReapReason.PING_STUCK);
    }

    private RawPeer serve(boolean isSecure) throws Exception {
        CompletableFuture<Session> opened = new CompletableFuture<>();
        bench.serve(
                launcher,
                Launcher.Deployment.of(Endpoints.at("/tiny", session -> {
                            bench.watches(SessionHeartbeat.attach(session, bench.detector));
                            opened.complete(session);
                        }))
                        .overTls(isSecure));
        RawPeer peer = bench.connect("/tiny").slow(BYTES_PER_SECOND).live();
        await("a round trip").until(() -> !bench.heard.of(Pong.class).isEmpty());
        Session session = opened.get(60, TimeUnit.SECONDS);
        Thread sender = new Thread(() -> send(session), "tiny-messages");
        sender.setDaemon(true);
        sender.start();
        await("it reads").until(() -> peer.taken() > BYTES_PER_SECOND / 2);
        bench.judge(POLICY);
        return peer;
    }

    /** More than it reads, but not so much that the sender has to wait. */
    private static void send(Session session) {
        try {
            session.getBasicRemote().sendBinary(ByteBuffer.allocate(MEGABYTE));
            while (session.isOpen()) {
                for (int message = 0; message < 60; message++) {
                    session.getBasicRemote().sendText("xxxxxxxx");
                }
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
            }
        } catch (IOException | RuntimeException ended) {
            Thread.currentThread().interrupt();
        }
    }
}
