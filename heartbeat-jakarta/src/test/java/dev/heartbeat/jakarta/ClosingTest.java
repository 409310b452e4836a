package dev.heartbeat.jakarta;

import static dev.heartbeat.jakarta.Bench.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.HeartbeatPolicy;
import dev.heartbeat.LivenessEvent.Reap;
import dev.heartbeat.ReapReason;
import dev.heartbeat.jakarta.FreedTable.Situation;
import dev.heartbeat.testkit.Frame;
import dev.heartbeat.testkit.RawPeer;
import jakarta.websocket.CloseReason;
import jakarta.websocket.Session;
import jakarta.websocket.server.ServerEndpointConfig;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whoever closes a session, its watch ends when the descriptor is free. */
@Execution(ExecutionMode.CONCURRENT)
@ParameterizedClass(name = "{0}")
@MethodSource("dev.heartbeat.jakarta.Launcher#chosen")
class ClosingTest {

    private static final int MORE_THAN_THE_KERNEL_TAKES = 16 << 20;

    /** No container closes a dead peer's connection in that time by itself, but those that need nobody. */
    private static final Duration BOUND = Duration.ofSeconds(20);

    /** Asks nobody, but gives a close little time. */
    private static final HeartbeatPolicy QUIET = HeartbeatPolicy.builder()
            .pingInterval(Duration.ofHours(1))
            .pongTimeout(Duration.ofMillis(500))
            .reapAfter(Duration.ofSeconds(1))
            .build();

    private final Launcher launcher;
    private final Bench bench = new Bench(QUIET);
    private final BlockingQueue<Session> opened = new LinkedBlockingQueue<>();
    private final AtomicInteger closes = new AtomicInteger();
    private final AtomicInteger errors = new AtomicInteger();

    ClosingTest(Launcher launcher) {
        this.launcher = launcher;
    }

    private enum Way {
        ATTACHED,
        WRAPPED
    }

    /** How a session is watched, and whether a message is on its way that the peer does not take. */
    record Case(Way way, boolean unsent) {

        @Override
        public String toString() {
            return way.name().toLowerCase(Locale.ROOT) + (unsent ? ", an unsent message" : ", nothing to be sent");
        }
    }

    static Stream<Case> all() {
        return Stream.of(Way.values()).flatMap(way -> Stream.of(false, true).map(unsent -> new Case(way, unsent)));
    }

    @AfterEach
    void end() {
        bench.close();
    }

    @ParameterizedTest
    @MethodSource("all")
    void freesASessionThatTheApplicationClosesThoughItsPeerIsDead(Case at) throws Exception {
        serve(at);
        RawPeer peer = bench.connect("/closing");
        Session session = next(at);

        closeInBackground(session, CloseReason.CloseCodes.NORMAL_CLOSURE);

        note(Situation.CLOSED, peer);
        assertFreed(peer);
        assertThat(bench.heard.of(Reap.class)).allMatch(reap -> reap.reason() == ReapReason.CLOSE_UNFINISHED);
    }

    @ParameterizedTest
    @MethodSource("all")
    void freesDrainedSessionsWhosePeersAreDeadAndCountsThoseThatHadToBeCut(Case at) throws Exception {
        serve(at);
        RawPeer peer = bench.connect("/closing");
        next(at);

        CompletableFuture<Integer> drained =
                bench.detector.drain(1012, Duration.ofSeconds(6)).toCompletableFuture();

        note(Situation.DRAINED, peer);
        Integer cut = drained.get(60, TimeUnit.SECONDS);
        await("freed, " + cut + " cut, " + bench.events())
                .atMost(Duration.ofSeconds(3))
                .until(() -> !bench.holds(peer));
        assertThat(cut).isEqualTo(bench.heard.of(Reap.class).size());
        assertThat(bench.events()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ATTACHED", "WRAPPED"})
    void freesASessionWhosePeerSendsACloseFrameAndFreezes(Way way) throws Exception {
        serve(new Case(way, false));
        RawPeer peer = bench.connect("/closing");
        opened.take();

        peer.send(Frame.close(1000));

        assertFreed(peer);
        assertThat(bench.events()).as("the handshake is finished").containsExactly("closed");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ATTACHED", "WRAPPED"})
    void isNoZombieWhoAnswersTheCloseAndLeavesTcpToTheServer(Way way) throws Exception {
        serve(new Case(way, false));
        RawPeer peer = bench.connect("/closing").mute();

        closeInBackground(opened.take(), CloseReason.CloseCodes.NORMAL_CLOSURE);
        answer(peer, peer.await(Frame.CLOSE));

        assertFreed(peer);
        assertThat(bench.events()).containsExactly("closed");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ATTACHED", "WRAPPED"})
    void aDrainIsNoErrorOfTheApplicationsWherePeersAnswerTheCode(Way way) throws Exception {
        serve(new Case(way, false));
        RawPeer peer = bench.connect("/closing").mute();
        opened.take();

        var drained = bench.detector.drain(1012, Duration.ofSeconds(20)).toCompletableFuture();
        Frame close = peer.await(Frame.CLOSE);
        answer(peer, close);

        assertThat(drained.get(60, TimeUnit.SECONDS)).isZero();
        assertFreed(peer);
        assertThat(close.closeCode()).isEqualTo(1012);
        assertThat(errors).hasValue(0);
        assertThat(bench.events()).containsExactly("closed");
        assertThat(closes).hasValue(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ATTACHED", "WRAPPED"})
    void aReapIsNoErrorOfTheApplications(Way way) throws Exception {
        serve(new Case(way, false));
        RawPeer peer = bench.connect("/closing").mute();

        SessionHeartbeat.of(opened.take()).policy(Bench.QUICK);

        awaitFreed(peer);
        assertThat(bench.heard.of(Reap.class)).hasSize(1);
        await("told of the close").until(() -> closes.get() == 1);
        assertThat(errors).hasValue(0);
    }

    /** Of many, since what the close waits for is a race. */
    @ParameterizedTest
    @EnumSource
    void drainedPeersGetACloseFrameThoughTheApplicationSendsAllTheTime(Flood flood) throws Exception {
        serve(new Case(Way.WRAPPED, false));
        List<CompletableFuture<Integer>> codes = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            codes.add(CloseCodeReader.connect(bench.server().uri("/closing")));
            flood.begin(opened.take());
        }

        bench.detector.drain(1012, Duration.ofSeconds(12));

        assertThat(codes)
                .allSatisfy(code -> assertThat(code).succeedsWithin(Bench.LIMIT).isEqualTo(1012));
        assertThat(errors).hasValue(0);
    }

    @Test
    void reapsAPeerThatIgnoresTheCloseAndTalksOn() throws Exception {
        serve(new Case(Way.WRAPPED, false));
        RawPeer peer = bench.connect("/closing").mute();

        closeInBackground(opened.take(), CloseReason.CloseCodes.NORMAL_CLOSURE);
        await("reaped, or closed by the container").atMost(BOUND).until(() -> {
            try {
                peer.send(Frame.text("still here"));
            } catch (IOException closed) {
                return true;
            }
            return !bench.holds(peer);
        });

        assertFreed(peer);
    }

    /** Most servers do not wait for it. */
    private static void answer(RawPeer peer, Frame close) {
        try {
            peer.send(Frame.close(close.closeCode()));
        } catch (IOException closed) {
            assertThat(closed).isNotNull();
        }
    }

    /** From the verdict on; who was freed without one, by the close itself, took no time. */
    private void note(Situation situation, RawPeer peer) throws Exception {
        await("a verdict, or freed without one")
                .atMost(BOUND)
                .until(() -> !bench.heard.of(Reap.class).isEmpty() || !bench.holds(peer));
        long verdict = System.nanoTime();
        await(launcher + " frees the descriptor").atMost(BOUND).until(() -> !bench.holds(peer));
        Duration took = Duration.ofNanos(System.nanoTime() - verdict);
        boolean isReaped = !bench.heard.of(Reap.class).isEmpty();
        String means = isReaped ? bench.termination().means() : "the close itself";
        FreedTable.note(launcher.product(), situation, false, took, means);
    }

    private void assertFreed(RawPeer peer) {
        awaitFreed(peer);
        assertThat(bench.events()).hasSize(1);
    }

    private void awaitFreed(RawPeer peer) {
        await(launcher + " frees the descriptor").atMost(BOUND).until(() -> !bench.holds(peer));
        await("the watch has ended").until(() -> bench.detector.watched() == 0);
        await("told").until(() -> !bench.events().isEmpty());
        bench.heard
                .of(Reap.class)
                .forEach(reap -> assertThat(reap.termination()
                                .toCompletableFuture()
                                .orTimeout(60, TimeUnit.SECONDS)
                                .join()
                                .freed())
                        .isTrue());
    }

    /** In Tomcat a close with code 1000 waits for what is to be sent before it. */
    private static void closeInBackground(Session session, CloseReason.CloseCode code) {
        Thread closer = new Thread(() -> {
            try {
                session.close(new CloseReason(code, "logged out"));
            } catch (IOException | RuntimeException cut) {
                assertThat(cut).isNotNull();
            }
        });
        closer.setDaemon(true);
        closer.start();
    }

    /** Once the kernel has taken what it takes, since what is sent after a close began is given time. */
    private Session next(Case at) throws InterruptedException {
        Session session = opened.take();
        if (at.unsent) {
            Standstill.await(new FactSource(SessionHeartbeat.unwrap(session))::facts);
        }
        return session;
    }

    private void serve(Case at) throws Exception {
        ServerEndpointConfig config = Endpoints.of(
                "/closing",
                () ->
                        new Endpoints.Scripted(session -> {
                            if (launcher instanceof JettyLauncher) {
                                session.setMaxIdleTimeout(0); // as our own warning advises
                            }
                            if (at.way == Way.ATTACHED) {
                                SessionHeartbeat.attach(session, bench.detector);
                            }
                            if (at.unsent) {
                                session.getAsyncRemote()
                                        .sendBinary(ByteBuffer.allocate(MORE_THAN_THE_KERNEL_TAKES), result -> {});
                            }
                            opened.add(session);
                        }) {
                            @Override
                            public void onClose(Session session, CloseReason reason) {
                                closes.incrementAndGet();
                            }

                            @Override
                            public void onError(Session session, Throwable thrown) {
                                errors.incrementAndGet();
                            }
                        });
        bench.serve(launcher, at.way == Way.WRAPPED ? SessionHeartbeat.wrap(config, bench.detector) : config);
    }
}
