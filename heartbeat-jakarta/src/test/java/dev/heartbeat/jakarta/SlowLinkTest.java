package dev.heartbeat.jakarta;

import static dev.heartbeat.jakarta.Bench.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.HeartbeatPolicy;
import dev.heartbeat.LivenessEvent.Pong;
import dev.heartbeat.ReapReason;
import dev.heartbeat.testkit.Namespace;
import dev.heartbeat.testkit.PeerProcess;
import jakarta.websocket.Session;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** A peer behind a slow link with a deep queue, for which a ping waits longer than the patience; and the same link, cut. */
@Tag("namespace")
@Execution(ExecutionMode.CONCURRENT)
@ParameterizedClass(name = "{0}")
@MethodSource("dev.heartbeat.jakarta.Launcher#chosen")
class SlowLinkTest {

    /** TCP sends anew only after some round trips, and each of them takes seconds here. */
    private static final HeartbeatPolicy POLICY =
            Download.POLICY.toBuilder().reapAfter(Duration.ofSeconds(4)).build();

    private static final int BITS_PER_SECOND = 128_000;
    private static final Duration QUEUE = Duration.ofSeconds(5);
    private static final int BYTES = 120_000;

    /** Until then the kernel does not tell lost bytes from those that are on their way over a link whose queue is deep. */
    private static final Duration RETRANSMISSION = Duration.ofSeconds(4);

    private final Launcher launcher;
    private final Bench bench = new Bench(Bench.PATIENT);
    private final Verdicts verdicts = new Verdicts(bench.heard);
    private final CompletableFuture<Session> opened = new CompletableFuture<>();

    SlowLinkTest(Launcher launcher) {
        this.launcher = launcher;
    }

    @AfterEach
    void end() {
        bench.close();
    }

    @Test
    void aPeerIsNotReapedWhosePingWaitsInTheQueue() throws Exception {
        Namespace namespace = bench.closing(Namespace.open());
        downloadOver(namespace);

        int before = pongs();
        verdicts.staysAliveUntil("it answers again", () -> pongs() >= before + 2);

        assertThat(bench.heard.of(Pong.class)).anyMatch(pong -> pong.roundTrip().compareTo(POLICY.reapAfter()) > 0);
    }

    @Test
    void aPeerIsReapedWhoseLinkIsCut() throws Exception {
        Namespace namespace = bench.closing(Namespace.open());
        downloadOver(namespace);
        int before = pongs();
        long cut = System.nanoTime() + POLICY.reapAfter().dividedBy(2).toNanos();
        verdicts.staysAliveUntil("the middle", () -> System.nanoTime() > cut);
        assertThat(pongs()).isEqualTo(before);

        namespace.cut();

        verdicts.isReapedWithin(
                POLICY.detectionTime().plus(RETRANSMISSION), ReapReason.NOT_ACKNOWLEDGED, ReapReason.PING_STUCK);
    }

    private void downloadOver(Namespace namespace) throws Exception {
        namespace.limitDownlink(BITS_PER_SECOND, QUEUE);
        bench.serve(launcher, Endpoints.at("/slow", session -> {
            bench.watches(SessionHeartbeat.attach(session, bench.detector));
            opened.complete(session);
        }));
        bench.closing(PeerProcess.start(bench.server().uri(namespace.serverAddress(), "/slow"), namespace));
        await("a round trip").until(() -> pongs() > 0);
        bench.judge(POLICY);
        Download.send(opened.get(Bench.LIMIT.toSeconds(), TimeUnit.SECONDS), BYTES);
    }

    private int pongs() {
        return bench.heard.of(Pong.class).size();
    }
}
