package dev.heartbeat.jakarta;

import static dev.heartbeat.jakarta.Bench.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.HeartbeatPolicy;
import dev.heartbeat.LivenessEvent.Pong;
import dev.heartbeat.LivenessEvent.Reap;
import dev.heartbeat.ReapReason;
import dev.heartbeat.testkit.Frame;
import dev.heartbeat.testkit.RawPeer;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** A peer that uploads one frame with pauses longer than the pong timeout and shorter than the patience; and what is not like it. */
@Execution(ExecutionMode.CONCURRENT)
@ParameterizedClass(name = "{0}")
@MethodSource("dev.heartbeat.jakarta.Launcher#chosen")
class PausingUploadTest {

    private static final int PIECE = 200;
    private static final int PIECES = 8;
    private static final Duration PAUSE = Duration.ofSeconds(2);

    /** An echo is asked for soon, so that the upload is longer than one may be owed. */
    private static final HeartbeatPolicy POLICY = HeartbeatPolicy.builder()
            .pingInterval(Duration.ofSeconds(1))
            .pongTimeout(Duration.ofSeconds(1))
            .reapAfter(Duration.ofSeconds(3))
            .verifyEvery(Duration.ofSeconds(1))
            .holdCap(Duration.ZERO)
            .build();

    private static final Duration BOUND = POLICY.detectionTime().plus(PAUSE);

    private final Launcher launcher;
    private final Bench bench = new Bench(Bench.PATIENT);
    private final Verdicts verdicts = new Verdicts(bench.heard);
    private final BlockingQueue<Integer> arrived = new LinkedBlockingQueue<>();

    PausingUploadTest(Launcher launcher) {
        this.launcher = launcher;
    }

    @AfterEach
    void end() {
        bench.close();
    }

    @Test
    void isNotReaped() throws Exception {
        RawPeer peer = serve();

        upload(peer, PIECES);

        assertThat(arrived.poll(60, TimeUnit.SECONDS)).isEqualTo(PIECES * PIECE);
        int before = bench.heard.of(Pong.class).size();
        verdicts.staysAliveUntil(
                "it answers again", () -> bench.heard.of(Pong.class).size() >= before + 2);
    }

    @Test
    void isReapedIfItFreezesInTheMiddle() throws Exception {
        RawPeer peer = serve();

        upload(peer, 3);
        peer.freeze();

        verdicts.isReapedWithin(BOUND, ReapReason.NOT_ANSWERED);
    }

    @Test
    void isFoundDeafIfItSendsWholeMessagesAndAnswersNoPing() throws Exception {
        RawPeer peer = serve().mute();

        for (int message = 0; message < 30 && bench.heard.of(Reap.class).isEmpty(); message++) {
            peer.send(Frame.text("news"));
            LockSupport.parkNanos(PAUSE.toNanos() / 2);
        }

        assertThat(bench.heard.of(Reap.class)).extracting(Reap::reason).containsExactly(ReapReason.DEAF);
    }

    private RawPeer serve() throws Exception {
        bench.serve(launcher, Endpoints.at("/upload", session -> {
            bench.watches(SessionHeartbeat.attach(session, bench.detector));
            session.addMessageHandler(ByteBuffer.class, bytes -> arrived.add(bytes.remaining()));
            session.addMessageHandler(String.class, text -> {});
        }));
        RawPeer peer = bench.connect("/upload").live();
        await("a round trip").until(() -> !bench.heard.of(Pong.class).isEmpty());
        bench.judge(POLICY);
        return peer;
    }

    private void upload(RawPeer peer, int pieces) throws Exception {
        peer.atOnce(() -> {
            peer.sendRaw(new Frame(true, Frame.BINARY, new byte[PIECES * PIECE]).header(true));
            for (int piece = 0; piece < pieces && bench.heard.of(Reap.class).isEmpty(); piece++) {
                LockSupport.parkNanos(piece == 0 ? 0 : PAUSE.toNanos());
                peer.sendRaw(new byte[PIECE]);
            }
        });
        assertThat(bench.heard.of(Reap.class)).extracting(Reap::explain).isEmpty();
    }
}
