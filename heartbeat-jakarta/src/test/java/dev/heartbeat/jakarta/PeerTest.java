package dev.heartbeat.jakarta;

import static dev.heartbeat.jakarta.Bench.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.LivenessEvent.Closed;
import dev.heartbeat.LivenessEvent.Reap;
import dev.heartbeat.ReapReason;
import dev.heartbeat.testkit.Frame;
import dev.heartbeat.testkit.RawPeer;
import java.util.Arrays;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** What becomes of each kind of peer, on a real container and a real socket. */
@ParameterizedClass(name = "{0}")
@MethodSource("dev.heartbeat.jakarta.Launcher#chosen")
class PeerTest {

    private final Launcher launcher;
    private Bench bench;

    PeerTest(Launcher launcher) {
        this.launcher = launcher;
    }

    @AfterEach
    void end() {
        if (bench != null) {
            bench.close();
        }
    }

    @Test
    void keepsAPeerThatAnswers() throws Exception {
        bench = new Bench(Bench.PATIENT).serveAttached(launcher);

        RawPeer peer = bench.connect("/attached").live();

        await("four round trips").until(() -> bench.events().size() >= 4);
        assertThat(bench.events()).containsOnly("pong");
        assertThat(bench.holds(peer)).isTrue();
    }

    @Test
    void reapsAPeerThatReadsButNeverAnswers() throws Exception {
        bench = new Bench(Bench.QUICK).serveAttached(launcher);

        RawPeer peer = bench.connect("/attached").mute();

        Reap reap = bench.await(Reap.class);
        bench.awaitFreed(peer);
        assertThat(bench.events()).containsExactly("timeout", "reap");
        assertThat(reap.reason()).isEqualTo(ReapReason.NOT_ANSWERED);
        assertThat(bench.termination().freed()).as(bench.termination().means()).isTrue();
        Frame close = peer.await(Frame.CLOSE);
        assertThat(close.closeCode()).isEqualTo(1001);
        assertThat(close.text()).endsWith(ReapReason.NOT_ANSWERED.phrase());
        await("end of stream").until(peer::hasEnded);
    }

    @Test
    void reapsAPeerThatNeverReads() throws Exception {
        bench = new Bench(Bench.QUICK).serveAttached(launcher);

        RawPeer peer = bench.connect("/attached");

        bench.await(Reap.class);
        bench.awaitFreed(peer);
        assertThat(bench.events()).containsExactly("timeout", "reap");
        assertThat(bench.termination().freed()).as(bench.termination().means()).isTrue();
    }

    @Test
    void reapsAPeerThatStopsAnswering() throws Exception {
        bench = new Bench(Bench.PATIENT).serveAttached(launcher);
        RawPeer peer = bench.connect("/attached").live();
        await("two round trips")
                .until(() -> bench.events().stream().filter("pong"::equals).count() >= 2);

        peer.mute();
        bench.judge(Bench.QUICK);

        Reap reap = bench.await(Reap.class);
        bench.awaitFreed(peer);
        assertThat(reap.evidence().lastRoundTrip()).isPresent();
        assertThat(bench.events()).endsWith("timeout", "reap");
    }

    @Test
    void takesATruncatedPongForLife() throws Exception {
        lives(ping -> Frame.pong(Arrays.copyOf(ping, 3)));
    }

    @Test
    void takesAnEmptyPongForLife() throws Exception {
        lives(ping -> Frame.pong(new byte[0]));
    }

    @Test
    void takesAForgedPongForLife() throws Exception {
        lives(ping -> Frame.pong("forgery".getBytes(java.nio.charset.StandardCharsets.US_ASCII)));
    }

    @Test
    void takesTheLargestPongForLife() throws Exception {
        lives(ping -> Frame.pong(Arrays.copyOf(ping, 125)));
    }

    /** Each wrong answer settles its ping, or no other would follow; none is a round trip. */
    private void lives(Function<byte[], Frame> answer) throws Exception {
        bench = new Bench(Bench.PATIENT).serveAttached(launcher);

        RawPeer peer = bench.connect("/attached").answering(answer);

        for (int pings = 0; pings < 4; pings++) {
            peer.await(Frame.PING);
        }
        assertThat(bench.events()).isEmpty();
    }

    @Test
    void takesPongsThatNobodyAskedForAsLife() throws Exception {
        bench = new Bench(Bench.PATIENT).serveAttached(launcher);
        RawPeer peer = bench.connect("/attached").mute();

        peer.await(Frame.PING);
        for (int flood = 0; flood < 1_000; flood++) {
            peer.send(Frame.pong(new byte[] {0}));
        }

        peer.await(Frame.PING);
        assertThat(bench.events()).isEmpty();
    }

    @Test
    void takesDataForLifeWhereTheApplicationReportsIt() throws Exception {
        bench = new Bench(Bench.PATIENT);
        bench.serve(launcher, Endpoints.at("/data", session -> {
            SessionHeartbeat.attach(session, bench.detector);
            session.addMessageHandler(
                    String.class, text -> SessionHeartbeat.of(session).dataReceived());
        }));
        RawPeer peer = bench.connect("/data").mute();

        for (int pings = 0; pings < 3; pings++) {
            peer.await(Frame.PING);
            peer.send(Frame.text("reading"));
        }

        peer.await(Frame.PING);
        assertThat(bench.events()).isEmpty();
    }

    @Test
    void reportsACleanCloseAsACloseOnly() throws Exception {
        bench = new Bench(Bench.PATIENT).serveAttached(launcher);
        RawPeer peer = bench.connect("/attached").live();
        peer.await(Frame.PING);

        peer.send(Frame.close(1000));

        bench.await(Closed.class);
        assertThat(bench.events()).doesNotContain("timeout", "reap").endsWith("closed");
        assertThat(bench.detector.watched()).isZero();
    }

    @Test
    void reportsAStreamThatEndsAsACloseOnly() throws Exception {
        bench = new Bench(Bench.PATIENT).serveAttached(launcher);
        RawPeer peer = bench.connect("/attached").live();
        peer.await(Frame.PING);

        peer.close();

        bench.await(Closed.class);
        assertThat(bench.events()).doesNotContain("timeout", "reap").endsWith("closed");
        bench.awaitFreed(peer);
    }
}
