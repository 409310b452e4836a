package dev.heartbeat.jakarta;

import static dev.heartbeat.jakarta.Bench.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.heartbeat.HeartbeatPolicy;
import dev.heartbeat.LivenessEvent.Reap;
import dev.heartbeat.ReapReason;
import dev.heartbeat.testkit.Frame;
import dev.heartbeat.testkit.RawPeer;
import jakarta.websocket.Session;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** A peer that no longer reads blocks the handler that answers it, and is not spared because a handler runs. */
@Execution(ExecutionMode.CONCURRENT)
@ParameterizedClass(name = "{0}")
@MethodSource("dev.heartbeat.jakarta.Launcher#chosen")
class BlockedHandlerTest {

    /** With the default cap of five minutes. */
    private static final HeartbeatPolicy FAST = HeartbeatPolicy.builder()
            .pingInterval(Duration.ofSeconds(1))
            .pongTimeout(Duration.ofMillis(300))
            .reapAfter(Duration.ofMillis(1_500))
            .build();

    /** Some of it for a slow machine. */
    private static final Duration BOUND =
            FAST.detectionTime().plus(FAST.pongTimeout()).plusSeconds(60);

    private static final int MORE_THAN_THE_KERNEL_TAKES = 16 << 20;

    private final Launcher launcher;
    private final Bench bench = new Bench(Bench.PATIENT);
    private final CountDownLatch released = new CountDownLatch(1);

    BlockedHandlerTest(Launcher launcher) {
        this.launcher = launcher;
    }

    @AfterEach
    void end() {
        bench.close();
    }

    @Test
    void findsAPeerThatReadsNoMoreThoughTheHandlerOfItsMessageRuns() throws Exception {
        assumeTrue(launcher.takesBlockingSends(), "a handler cannot block in a send");
        CountDownLatch entered = new CountDownLatch(1);
        bench.serve(
                launcher,
                SessionHeartbeat.wrap(
                        Endpoints.at("/echo", session -> {
                            bench.watches(SessionHeartbeat.of(session));
                            session.addMessageHandler(String.class, text -> {
                                entered.countDown();
                                answerAtLength(session);
                            });
                        }),
                        bench.detector));
        RawPeer peer = bench.connect("/echo");
        peer.send(Frame.text("hello"));
        entered.await();
        bench.judge(FAST);

        await("a reap").atMost(BOUND).until(() -> !bench.heard.of(Reap.class).isEmpty());

        Reap reap = bench.await(Reap.class);
        assertThat(reap.reason()).as(reap.explain()).isIn(ReapReason.PING_STUCK, ReapReason.NOT_ACKNOWLEDGED);
        bench.awaitFreed(peer);
        released.await();
    }

    private void answerAtLength(Session session) {
        try {
            session.getBasicRemote().sendBinary(ByteBuffer.allocate(MORE_THAN_THE_KERNEL_TAKES));
        } catch (IOException reaped) {
            throw new UncheckedIOException(reaped);
        } finally {
            released.countDown();
        }
    }
}
