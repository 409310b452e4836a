package dev.heartbeat.jakarta;

import static dev.heartbeat.jakarta.Bench.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.Heartbeat;
import dev.heartbeat.HeartbeatPolicy;
import dev.heartbeat.LivenessEvent.Pong;
import dev.heartbeat.LivenessEvent.Reap;
import dev.heartbeat.ReapReason;
import dev.heartbeat.testkit.Frame;
import dev.heartbeat.testkit.RawPeer;
import jakarta.websocket.Session;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Peers that read and answer all the time, of attached sessions that say nothing of their own, in situations in which no answer
 * is seen in time; and of each its twin in the same situation, which is frozen in the middle: its kernel goes on.
 */
@Execution(ExecutionMode.CONCURRENT)
@ParameterizedClass(name = "{0}")
@MethodSource("dev.heartbeat.jakarta.Launcher#chosen")
class LivePeersTest {

    private static final int BYTES_PER_SECOND = 128 << 10;

    private static final HeartbeatPolicy FAST = HeartbeatPolicy.builder()
            .pingInterval(Duration.ofSeconds(1))
            .pongTimeout(Duration.ofMillis(300))
            .reapAfter(Duration.ofMillis(1_500))
            .hindranceCap(Duration.ofSeconds(3))
            .slowestLink(BYTES_PER_SECOND)
            .holdCap(Duration.ZERO)
            .build();

    /** Five times the patience, and far beyond the cap. */
    private static final Duration LONG = Duration.ofSeconds(8);

    private static final Duration SHORT = Duration.ofSeconds(3);

    /**
     * The time in which a dead peer is found, three times the patience more for one that has never answered a ping, and some
     * for a slow machine.
     */
    private static final Duration BOUND =
            FAST.detectionTime().plus(FAST.reapAfter().multipliedBy(3)).plusSeconds(60);

    private static final int MESSAGE = 64 << 10;
    private static final int MESSAGES = 64;
    private static final int THREADS = 8;

    private final Launcher launcher;
    private final Bench bench = new Bench(Bench.PATIENT);
    private final List<Heartbeat> watched = new CopyOnWriteArrayList<>();
    private final AtomicInteger entered = new AtomicInteger();
    private final CountDownLatch release = new CountDownLatch(1);

    LivePeersTest(Launcher launcher) {
        this.launcher = launcher;
    }

    /** What becomes of the peer. */
    enum Fate {
        LIVES,
        FREEZES
    }

    @AfterEach
    void end() {
        release.countDown();
        bench.close();
    }

    @ParameterizedTest
    @EnumSource
    void aSlowReaderWithMegabytesOfTheAsyncRemoteWaiting(Fate fate) throws Exception {
        RawPeer peer = slowReader(session -> sendNext(session, MESSAGES));

        assertFate(fate, peer, ReapReason.PING_STUCK);
    }

    @ParameterizedTest
    @EnumSource
    void aSlowReaderWithOneMessageOfMegabytesWaiting(Fate fate) throws Exception {
        RawPeer peer = slowReader(
                session -> session.getAsyncRemote().sendBinary(ByteBuffer.allocate(MESSAGES * MESSAGE), result -> {}));

        assertFate(fate, peer, ReapReason.PING_STUCK);
    }

    @ParameterizedTest
    @EnumSource
    void aSlowReaderWithMegabytesOfTheBasicRemoteWaiting(Fate fate) throws Exception {
        RawPeer peer = slowReader(session -> inBackground(() -> {
            for (int message = 0; message < MESSAGES; message++) {
                session.getBasicRemote().sendBinary(ByteBuffer.allocate(MESSAGE));
            }
        }));

        assertFate(fate, peer, ReapReason.PING_STUCK);
    }

    @ParameterizedTest
    @EnumSource
    void aPeerWhoseMessageIsHandledForLongerThanTheCap(Fate fate) throws Exception {
        bench.serve(launcher, Endpoints.at("/live", this::attachWithSlowHandler));
        RawPeer peer = connect();
        await("a round trip").until(() -> !bench.heard.of(Pong.class).isEmpty());
        peer.send(Frame.text("work"));
        await("the handler runs").until(() -> entered.get() == 1);

        // Where the thread that does the I/O runs the handler, the peer is asked only after that.
        Runnable freezing = launcher.runsHandlersOnIoThreads()
                ? () -> {
                    peer.freeze();
                    release.countDown();
                }
                : peer::freeze;
        judge();
        assertFate(fate, freezing, ReapReason.NOT_ANSWERED);

        if (fate == Fate.LIVES) {
            assertAnswersAgain();
        }
    }

    @ParameterizedTest
    @EnumSource
    void aPeerThatTalksAllTheTimeAndAnswersNoPing(Fate fate) throws Exception {
        bench.serve(launcher, Endpoints.at("/live", session -> {
            watched.add(SessionHeartbeat.attach(session, bench.detector));
            session.addMessageHandler(String.class, text -> {});
        }));
        RawPeer peer = bench.connect("/live").mute();
        AtomicBoolean talks = new AtomicBoolean(true);
        inBackground(() -> {
            while (talks.get()) {
                peer.send(Frame.text("news"));
                TimeUnit.MILLISECONDS.sleep(200);
            }
        });

        judge();
        assertFate(fate, () -> talks.set(false), ReapReason.NOT_ANSWERED);
        talks.set(false);
    }

    @ParameterizedTest
    @EnumSource
    void idlePeersOfAContainerWhosePoolIsFullOfSlowHandlers(Fate fate) throws Exception {
        bench.serve(
                launcher,
                Launcher.Deployment.of(Endpoints.at("/live", this::attachWithSlowHandler))
                        .inAPoolOf(THREADS));
        List<RawPeer> idle = connect(THREADS);
        for (RawPeer guilty : connect(THREADS + 2)) {
            guilty.send(Frame.text("work"));
        }
        awaitFullPool();

        assertFate(fate, idle.get(0), ReapReason.NOT_ANSWERED);
        if (fate == Fate.LIVES) {
            assertAnswersAgain();
        }
    }

    private void attachWithSlowHandler(Session session) {
        watched.add(SessionHeartbeat.attach(session, bench.detector));
        session.addMessageHandler(String.class, text -> block());
    }

    private void block() {
        entered.incrementAndGet();
        try {
            release.await(60, TimeUnit.SECONDS);
        } catch (InterruptedException reaped) {
            Thread.currentThread().interrupt();
        }
    }

    private void awaitFullPool() {
        int[] last = {0};
        long[] since = {System.nanoTime()};
        await("no more handlers begin").until(() -> {
            if (entered.get() != last[0]) {
                last[0] = entered.get();
                since[0] = System.nanoTime();
            }
            return last[0] > 0 && System.nanoTime() - since[0] > TimeUnit.SECONDS.toNanos(1);
        });
        assertThat(last[0]).as("handlers that run").isLessThanOrEqualTo(THREADS);
    }

    private List<RawPeer> connect(int count) throws IOException {
        List<RawPeer> peers = new ArrayList<>();
        for (int peer = 0; peer < count; peer++) {
            peers.add(connect());
        }
        return peers;
    }

    private RawPeer connect() throws IOException {
        return bench.connect("/live").live();
    }

    private RawPeer slowReader(Endpoints.Opening sending) throws Exception {
        bench.serve(launcher, Endpoints.at("/live", session -> {
            watched.add(SessionHeartbeat.attach(session, bench.detector));
            sending.open(session);
        }));
        RawPeer peer = bench.connect("/live").slow(BYTES_PER_SECOND).live();
        await("it reads").until(() -> peer.taken() > MESSAGE);
        return peer;
    }

    private static void sendNext(Session session, int left) {
        session.getAsyncRemote().sendBinary(ByteBuffer.allocate(MESSAGE), result -> {
            if (left > 1 && result.isOK()) {
                sendNext(session, left - 1);
            }
        });
    }

    /** What runs until the session ends. */
    private interface Work {
        void run() throws Exception;
    }

    private static void inBackground(Work work) {
        Thread thread = new Thread(
                () -> {
                    try {
                        work.run();
                    } catch (Exception ended) {
                        Thread.currentThread().interrupt();
                    }
                },
                "live-peers");
        thread.setDaemon(true);
        thread.start();
    }

    private void assertFate(Fate fate, RawPeer peer, ReapReason reason) {
        judge();
        assertFate(fate, peer::freeze, reason);
        assertThat(reaps()).hasSize(fate == Fate.LIVES ? 0 : 1);
    }

    private void judge() {
        await("a session is watched").until(() -> !watched.isEmpty());
        watched.forEach(heartbeat -> heartbeat.policy(FAST));
    }

    private void assertFate(Fate fate, Runnable freeze, ReapReason reason) {
        assertSparedFor(fate == Fate.LIVES ? LONG : SHORT);
        if (fate == Fate.FREEZES) {
            freeze.run();
            await("a reap").atMost(BOUND).until(() -> !reaps().isEmpty());
            assertThat(reaps().get(0).reason()).as(reaps().get(0).explain()).isEqualTo(reason);
        }
    }

    private void assertSparedFor(Duration time) {
        long until = System.nanoTime() + time.toNanos();
        await("the time passes, or a reap").until(() -> System.nanoTime() - until > 0 || !reaps().isEmpty());
        assertThat(reaps()).extracting(Reap::explain).isEmpty();
    }

    private void assertAnswersAgain() {
        watched.forEach(heartbeat -> heartbeat.policy(Bench.PATIENT));
        release.countDown();
        int before = bench.heard.of(Pong.class).size();
        await("pongs again, or a reap")
                .until(() -> bench.heard.of(Pong.class).size() >= before + 2 * watched.size() || !reaps().isEmpty());
        assertThat(reaps()).extracting(Reap::explain).isEmpty();
    }

    private List<Reap> reaps() {
        return bench.heard.of(Reap.class);
    }
}
