package dev.heartbeat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.LivenessEvent.Reap;
import dev.heartbeat.testkit.Frame;
import dev.heartbeat.testkit.Namespace;
import dev.heartbeat.testkit.PeerProcess;
import dev.heartbeat.testkit.Proxy;
import dev.heartbeat.testkit.RawPeer;
import dev.heartbeat.testkit.RecordingListener;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Real peers whose pongs come late, or are not seen, for reasons that are not theirs; and of each a twin in the same situation
 * that is gone in the middle. The hindrances' cap is longer than any of these tests, so that none is saved or found by it.
 */
@Tag("namespace")
@Execution(ExecutionMode.CONCURRENT)
class LivePeersTest {

    private static final int READER = 200_000;
    private static final int MESSAGE = 20_000;
    private static final String LOOPBACK = "127.0.0.1";

    private static final HeartbeatPolicy POLICY = HeartbeatPolicy.builder()
            .pingInterval(Duration.ofSeconds(1))
            .pongTimeout(Duration.ofMillis(300))
            .reapAfter(Duration.ofMillis(1500))
            .hindranceCap(Duration.ofSeconds(30))
            .slowestLink(READER * 3 / 4)
            .build();

    /** For a machine that is busy with other tests. */
    private static final Duration SLACK = Duration.ofSeconds(3);

    /** Until then the kernel does not tell lost bytes from those that are on their way over a link whose queue is deep. */
    private static final Duration RETRANSMISSION = Duration.ofSeconds(4);

    private static final Duration POLL = Duration.ofMillis(10);
    private static final Duration LIMIT = Duration.ofSeconds(25);

    private final RecordingListener heard = new RecordingListener();
    private ZombieDetector detector;
    private PlainSocketServer server;

    @AfterEach
    void close() throws IOException {
        server.close();
        detector.close();
    }

    @Test
    void aPeerThatReadsSlowlyIsNotReaped() throws Exception {
        start(POLICY);
        try (RawPeer peer = connect().slow(READER).live()) {
            int pushed = push(server.accepted(), 2_000_000);

            staysAliveUntil(() -> peer.taken() >= pushed);

            answersAgain();
        }
    }

    @Test
    void aSlowReaderThatFreezesIsReapedForItsOutputStandsStill() throws Exception {
        start(POLICY);
        try (RawPeer peer = connect().slow(READER).live()) {
            int pushed = push(server.accepted(), 2_000_000);
            staysAliveUntil(() -> peer.taken() > pushed / 4);

            peer.freeze();

            isReapedWithin(POLICY.detectionTime().plus(POLICY.pongTimeout()), ReapReason.PING_STUCK);
        }
    }

    @Test
    void aSlowReaderIsNotReapedThoughThePingCannotEvenBeWritten() throws Exception {
        start(POLICY);
        try (RawPeer peer = connect().slow(READER).live()) {
            push(server.accepted(), 20_000_000);

            staysAliveUntil(() -> peer.taken() > 2_000_000);
        }
    }

    @Test
    void aSlowReaderThatFreezesIsReapedThoughThePingCannotEvenBeWritten() throws Exception {
        start(POLICY);
        try (RawPeer peer = connect().slow(READER).live()) {
            push(server.accepted(), 20_000_000);
            staysAliveUntil(() -> peer.taken() > 500_000);

            peer.freeze();

            isReapedWithin(POLICY.detectionTime().plus(POLICY.pongTimeout()), ReapReason.PING_STUCK);
        }
    }

    @Test
    void aPeerWhosePongsNobodyReadsIsNotReaped() throws Exception {
        start(POLICY);
        try (RawPeer peer = connect().live()) {
            CountDownLatch handled = stopReading(peer);

            staysAliveFor(POLICY.detectionTime().multipliedBy(3));

            handled.countDown();
            answersAgain();
        }
    }

    @Test
    void aPeerThatFreezesWhileNobodyReadsIsReapedForItAnswersNothing() throws Exception {
        start(POLICY);
        try (RawPeer peer = connect().live()) {
            CountDownLatch handled = stopReading(peer);
            staysAliveFor(POLICY.detectionTime().multipliedBy(2));

            peer.freeze();

            isReapedWithin(POLICY.detectionTime().plus(POLICY.pongTimeout()), ReapReason.NOT_ANSWERED);
            handled.countDown();
        }
    }

    @ParameterizedTest
    @EnumSource
    void aSlowReaderBehindAProxyIsNotReaped(Proxy.Program program) throws Exception {
        start(POLICY);
        try (Proxy proxy = Proxy.start(program, serverPort());
                RawPeer peer = RawPeer.connect(proxy.uri(LOOPBACK)).slow(READER).live()) {
            int pushed = push(server.accepted(), 1_500_000);

            staysAliveUntil(() -> peer.taken() >= pushed);

            answersAgain();
        }
    }

    @ParameterizedTest
    @EnumSource
    void aSlowReaderThatFreezesBehindAProxyIsReapedAfterTheAllowance(Proxy.Program program) throws Exception {
        start(POLICY);
        try (Proxy proxy = Proxy.start(program, serverPort());
                RawPeer peer = RawPeer.connect(proxy.uri(LOOPBACK)).slow(READER).live()) {
            int pushed = push(server.accepted(), 1_500_000);
            staysAliveUntil(() -> peer.taken() > pushed / 4);

            peer.freeze();

            Duration allowance = Duration.ofMillis(1000L * pushed / POLICY.slowestLink());
            isReapedWithin(POLICY.detectionTime().plus(allowance), ReapReason.NOT_ANSWERED);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aPeerBehindAProxyWhosePongsNobodyReadsIsNotReaped(Proxy.Program program) throws Exception {
        start(POLICY);
        try (Proxy proxy = Proxy.start(program, serverPort());
                RawPeer peer = RawPeer.connect(proxy.uri(LOOPBACK)).live()) {
            CountDownLatch handled = stopReading(peer);

            staysAliveFor(POLICY.detectionTime().multipliedBy(3));

            handled.countDown();
            answersAgain();
        }
    }

    @ParameterizedTest
    @EnumSource
    void aPeerThatFreezesBehindAProxyWhileNobodyReadsIsReaped(Proxy.Program program) throws Exception {
        start(POLICY);
        try (Proxy proxy = Proxy.start(program, serverPort());
                RawPeer peer = RawPeer.connect(proxy.uri(LOOPBACK)).live()) {
            CountDownLatch handled = stopReading(peer);
            staysAliveFor(POLICY.detectionTime().multipliedBy(2));

            peer.freeze();

            isReapedWithin(POLICY.detectionTime().plus(POLICY.pongTimeout()), ReapReason.NOT_ANSWERED);
            handled.countDown();
        }
    }

    @Test
    void aPeerBehindASlowLinkWithADeepQueueIsNotReaped() throws Exception {
        start(slowLinkPolicy());
        try (Namespace namespace = slowLink(64_000);
                PeerProcess peer = PeerProcess.start(server.uri(namespace.serverAddress()), namespace)) {
            push(server.accepted(), 120_000);
            int before = pongs();

            staysAliveUntil(() -> pongs() >= before + 2);

            assertThat(peer.localPort()).isPositive();
            assertThat(heard.of(LivenessEvent.Pong.class))
                    .anyMatch(
                            pong -> pong.roundTrip().compareTo(slowLinkPolicy().reapAfter()) > 0);
        }
    }

    @Test
    void aPeerBehindASlowLinkThatIsCutIsReapedForItAcknowledgesNothing() throws Exception {
        start(slowLinkPolicy());
        try (Namespace namespace = slowLink(256_000);
                PeerProcess peer = PeerProcess.start(server.uri(namespace.serverAddress()), namespace)) {
            push(server.accepted(), 400_000);
            staysAliveFor(slowLinkPolicy().detectionTime());
            assertThat(peer.localPort()).isPositive();

            namespace.cut();

            isReapedWithin(slowLinkPolicy().detectionTime().plus(RETRANSMISSION), ReapReason.NOT_ACKNOWLEDGED);
        }
    }

    private static Namespace slowLink(int bitsPerSecond) throws IOException {
        Namespace namespace = Namespace.open();
        namespace.limitDownlink(bitsPerSecond, Duration.ofSeconds(5));
        return namespace;
    }

    /** TCP sends anew only after some round trips, and each of them takes seconds here. */
    private static HeartbeatPolicy slowLinkPolicy() {
        return POLICY.toBuilder().reapAfter(Duration.ofSeconds(4)).build();
    }

    private void start(HeartbeatPolicy policy) throws IOException {
        detector = ZombieDetector.create(policy, heard);
        server = new PlainSocketServer(detector);
    }

    private RawPeer connect() throws IOException {
        return RawPeer.connect(server.uri(LOOPBACK));
    }

    private int serverPort() {
        return server.uri(LOOPBACK).getPort();
    }

    private static int push(PlainSocketConnection connection, int bytes) {
        connection.push(bytes / MESSAGE, MESSAGE);
        return bytes;
    }

    /** The application takes its time over a message, on the thread that reads. */
    private CountDownLatch stopReading(RawPeer peer) throws Exception {
        PlainSocketConnection connection = server.accepted();
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch handled = new CountDownLatch(1);
        connection.handledBy(() -> {
            begun.countDown();
            awaitQuietly(handled);
        });
        peer.send(Frame.text("much to do"));
        begun.await();
        return handled;
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void staysAliveUntil(BooleanSupplier condition) {
        awaitReapOr(condition);
        assertThat(reaps()).extracting(Reap::explain).isEmpty();
        assertThat(condition.getAsBoolean()).isTrue();
    }

    private void staysAliveFor(Duration time) {
        long end = System.nanoTime() + time.toNanos();
        staysAliveUntil(() -> System.nanoTime() >= end);
    }

    private void answersAgain() {
        int before = pongs();
        staysAliveUntil(() -> pongs() >= before + 2);
    }

    private void isReapedWithin(Duration bound, ReapReason reason) throws Exception {
        long begin = System.nanoTime();
        awaitReapOr(() -> false);

        Duration took = Duration.ofNanos(System.nanoTime() - begin);
        assertThat(reaps()).singleElement().satisfies(reap -> {
            assertThat(reap.reason()).as(reap.explain()).isEqualTo(reason);
            assertThat(took).as(reap.explain()).isLessThan(bound.plus(SLACK));
        });
        assertThat(reaps().get(0).termination().toCompletableFuture().get().freed())
                .isTrue();
    }

    private void awaitReapOr(BooleanSupplier condition) {
        long end = System.nanoTime() + LIMIT.toNanos();
        while (reaps().isEmpty() && !condition.getAsBoolean() && System.nanoTime() < end) {
            LockSupport.parkNanos(POLL.toNanos());
        }
    }

    private List<Reap> reaps() {
        return heard.of(Reap.class);
    }

    private int pongs() {
        return heard.of(LivenessEvent.Pong.class).size();
    }
}
