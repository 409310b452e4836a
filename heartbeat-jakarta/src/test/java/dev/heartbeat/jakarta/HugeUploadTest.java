package dev.heartbeat.jakarta;

import static dev.heartbeat.jakarta.Bench.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.HeartbeatPolicy;
import dev.heartbeat.LivenessEvent.Reap;
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

/** Nothing comes between the bytes of one frame, no pong either, however long the frame takes. */
@Execution(ExecutionMode.CONCURRENT)
@ParameterizedClass(name = "{0}")
@MethodSource("dev.heartbeat.jakarta.Launcher#chosen")
class HugeUploadTest {

    private static final int SIZE = 50_000;
    private static final int PIECE = 500;

    /** The gap between two pieces is a fiftieth of the patience, and all gaps together are twice as long as it. */
    private static final Duration GAP = Duration.ofMillis(120);

    /** Far shorter than the upload, but longer than a busy machine keeps the peer from sending. */
    private static final HeartbeatPolicy IMPATIENT = HeartbeatPolicy.builder()
            .pingInterval(Duration.ofMillis(300))
            .pongTimeout(Duration.ofMillis(500))
            .reapAfter(Duration.ofSeconds(6))
            .build();

    private final Launcher launcher;
    private Bench bench = new Bench(IMPATIENT);
    private final BlockingQueue<Integer> arrived = new LinkedBlockingQueue<>();

    HugeUploadTest(Launcher launcher) {
        this.launcher = launcher;
    }

    @AfterEach
    void end() {
        bench.close();
    }

    @Test
    void sparesAPeerThatUploadsOneFrameSlowly() throws Exception {
        serve();
        RawPeer peer = bench.connect("/upload").live();

        upload(peer, SIZE);

        assertThat(arrived.poll(60, TimeUnit.SECONDS)).isEqualTo(SIZE);
        await("round trips after the upload").until(() -> bench.events().contains("pong"));
        assertThat(bench.heard.of(Reap.class)).isEmpty();
        assertThat(bench.holds(peer)).isTrue();
    }

    @Test
    void sparesAPeerThatUploadsOneMessageInManyFrames() throws Exception {
        serve();
        RawPeer peer = bench.connect("/upload").live();

        for (int sent = 0; sent < SIZE; sent += PIECE) {
            peer.send(new Frame(sent + PIECE >= SIZE, sent == 0 ? Frame.BINARY : Frame.CONTINUATION, new byte[PIECE]));
            LockSupport.parkNanos(GAP.toNanos());
        }

        assertThat(arrived.poll(60, TimeUnit.SECONDS)).isEqualTo(SIZE);
        await("round trips").until(() -> bench.events().contains("pong"));
        assertThat(bench.events()).contains("pong").doesNotContain("reap");
        assertThat(bench.holds(peer)).isTrue();
    }

    /** As TCP's retransmissions have it after a loss: a pause is longer than the pong timeout, and shorter than the patience. */
    @Test
    void sparesAPeerWhoseUploadPauses() throws Exception {
        bench.close();
        bench = new Bench(HeartbeatPolicy.builder()
                .pingInterval(Duration.ofMillis(300))
                .pongTimeout(Duration.ofMillis(200))
                .reapAfter(Duration.ofSeconds(6))
                .build());
        serve();
        RawPeer peer = bench.connect("/upload").live();

        upload(peer, SIZE, SIZE / 10, Duration.ofSeconds(1));

        assertThat(arrived.poll(60, TimeUnit.SECONDS)).isEqualTo(SIZE);
        assertThat(bench.heard.of(Reap.class)).isEmpty();
        assertThat(bench.holds(peer)).isTrue();
    }

    @Test
    void reapsAPeerThatGivesUpInTheMiddleOfAFrame() throws Exception {
        serve();
        RawPeer peer = bench.connect("/upload").mute();

        upload(peer, SIZE / 10);

        bench.await(Reap.class);
        bench.awaitFreed(peer);
    }

    private void serve() throws Exception {
        bench.serve(launcher, Endpoints.at("/upload", session -> {
            session.setMaxBinaryMessageBufferSize(2 * SIZE);
            SessionHeartbeat.attach(session, bench.detector);
            session.addMessageHandler(ByteBuffer.class, bytes -> arrived.add(bytes.remaining()));
        }));
    }

    /** Announces a frame in full and sends some of it, in pieces that wait for each other; pongs wait for the frame. */
    private static void upload(RawPeer peer, int bytes) throws Exception {
        upload(peer, bytes, PIECE, GAP);
    }

    private static void upload(RawPeer peer, int bytes, int piece, Duration gap) throws Exception {
        Frame frame = new Frame(true, Frame.BINARY, new byte[SIZE]);
        peer.atOnce(() -> {
            peer.sendRaw(frame.header(true));
            for (int sent = 0; sent < bytes; sent += piece) {
                peer.sendRaw(new byte[piece]);
                LockSupport.parkNanos(gap.toNanos());
            }
        });
    }
}
