package dev.heartbeat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.LivenessEvent.Reap;
import dev.heartbeat.LivenessEvent.Timeout;
import dev.heartbeat.internal.engine.Internals;
import dev.heartbeat.testkit.RecordingListener;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Whoever blocks, blocks only what is his; on the detector's own threads, in real time. */
class BlockedTransportTest {

    private static final HeartbeatPolicy BRISK = HeartbeatPolicy.builder()
            .pingInterval(Duration.ofMillis(50))
            .pongTimeout(Duration.ofMillis(50))
            .reapAfter(Duration.ofMillis(150))
            .build();

    private static final HeartbeatPolicy UNHELD =
            BRISK.toBuilder().holdCap(Duration.ZERO).build();

    private final CountDownLatch released = new CountDownLatch(1);
    private final RecordingListener heard = new RecordingListener();

    @AfterEach
    void release() {
        released.countDown();
    }

    @Test
    void aPingCallThatNeverReturnsIsAVerdictOfItsOwn() {
        Transport stuck = new Transport("stuck");
        stuck.pingBlocks = true;
        try (ZombieDetector detector = ZombieDetector.create(BRISK, heard)) {
            stuck.watchedBy(detector);

            awaitTrue(() -> stuck.terminations.get() > 0);
            awaitTrue(() -> heard.namesFor(stuck).contains("reap"));
            awaitTrue(() -> stuck.pings.get() > 0);

            assertThat(heard.namesFor(stuck)).containsExactly("timeout", "reap");
            assertThat(heard.of(Reap.class).get(0).reason()).isEqualTo(ReapReason.PING_STUCK);
            assertThat(stuck.pings).hasValue(1);
            released.countDown();
            awaitTrue(() -> detector.watched() == 0);
        }
        assertThat(stuck.terminations).hasValue(1);
    }

    /** More of them than there are threads for pings, and talking, so that no silence finds them. */
    @Test
    void callsThatDoNotReturnAreVerdictsOnThosePeersThoughTheyTalkAndOnNoOther() {
        HeartbeatPolicy policy = HeartbeatPolicy.builder()
                .pingInterval(Duration.ofMillis(600))
                .pongTimeout(Duration.ofMillis(200))
                .reapAfter(Duration.ofMillis(600))
                .hindranceCap(Duration.ofMillis(1_200))
                .verifyEvery(Duration.ofMillis(600))
                .build();
        List<Transport> stuck = transports("stuck", 128);
        stuck.forEach(transport -> transport.pingBlocks = true);
        List<Transport> healthy = transports("healthy", 50);
        healthy.forEach(transport -> transport.answers = true);
        try (ZombieDetector detector = ZombieDetector.create(policy, heard)) {
            healthy.forEach(transport -> transport.watchedBy(detector));
            stuck.forEach(transport -> transport.watchedBy(detector));

            awaitTrue(() -> {
                stuck.forEach(transport -> transport.heartbeat.dataReceived());
                return stuck.stream().allMatch(transport -> transport.terminations.get() > 0);
            });
            long pastTheCap =
                    System.nanoTime() + policy.hindranceCap().multipliedBy(3).toNanos();
            awaitTrue(() -> System.nanoTime() - pastTheCap > 0);

            assertThat(healthy).allMatch(transport -> transport.heartbeat.isWatched());
            assertThat(heard.of(Reap.class)).hasSize(128).allMatch(reap -> reap.reason() == ReapReason.PING_STUCK);
            released.countDown();
        }
    }

    @Test
    void aHundredBlockedPingsDelayNoHealthyPeer() {
        HeartbeatPolicy impatient = HeartbeatPolicy.builder()
                .pingInterval(Duration.ofMillis(100))
                .pongTimeout(Duration.ofSeconds(1))
                .reapAfter(Duration.ofMillis(1_500))
                .build();
        HeartbeatPolicy patient = impatient.toBuilder()
                .reapAfter(Duration.ofSeconds(20))
                .pongTimeout(Duration.ofSeconds(20))
                .build();
        List<Transport> stuck = transports("stuck", 100);
        stuck.forEach(transport -> transport.pingBlocks = true);
        List<Transport> healthy = transports("healthy", 200);
        healthy.forEach(transport -> transport.answers = true);
        try (ZombieDetector detector = ZombieDetector.create(patient, heard)) {
            stuck.forEach(transport -> transport.watchedBy(detector));
            stuck.forEach(transport -> transport.heartbeat.policy(impatient));
            awaitTrue(() -> stuck.stream().allMatch(transport -> transport.pings.get() == 1));
            healthy.forEach(transport -> transport.watchedBy(detector));

            awaitTrue(() -> healthy.stream().allMatch(transport -> transport.pings.get() >= 5));
            awaitTrue(() -> stuck.stream().allMatch(transport -> transport.terminations.get() == 1));

            assertThat(healthy)
                    .allSatisfy(
                            transport -> assertThat(heard.namesFor(transport)).containsOnly("pong"));
            assertThat(detector.watched()).isEqualTo(200);
        }
    }

    @Test
    void aListenerThatBlocksForEverDelaysNeitherAnotherConnectionsEventsNorItsOwnsEnd() {
        Transport unlucky = new Transport("unlucky");
        Transport other = new Transport("other");
        CountDownLatch blocks = new CountDownLatch(1);
        LivenessListener blocking = new LivenessListener() {
            @Override
            public void onTimeout(Timeout event) {
                if (event.connection() == unlucky) {
                    blocks.countDown();
                    awaitRelease();
                }
            }
        };
        try (ZombieDetector detector = ZombieDetector.create(BRISK, blocking, heard)) {
            unlucky.watchedBy(detector);
            awaitTrue(() -> blocks.getCount() == 0);
            other.watchedBy(detector);

            awaitTrue(() -> heard.namesFor(other).contains("reap"));
            awaitTrue(() -> unlucky.terminations.get() == 1 && other.terminations.get() == 1);

            assertThat(heard.namesFor(other)).containsExactly("timeout", "reap");
            assertThat(heard.namesFor(unlucky)).isEmpty();
            released.countDown();
            awaitTrue(() -> heard.namesFor(unlucky).equals(List.of("timeout", "reap")));
        }
        assertThat(unlucky.terminations).hasValue(1);
    }

    @Test
    void listenersThatOccupyEveryThreadKeepNoZombieAlive() {
        LivenessListener blocking = new LivenessListener() {
            @Override
            public void onReap(Reap event) {
                awaitRelease();
            }
        };
        List<Transport> many = transports("many", 100);
        try (ZombieDetector detector = ZombieDetector.create(BRISK, blocking)) {
            many.forEach(transport -> transport.watchedBy(detector));

            awaitTrue(() -> many.stream().allMatch(transport -> transport.terminations.get() == 1));

            assertThat(detector.watched()).isZero();
        }
    }

    @Test
    void aTerminationThatBlocksHoldsUpNoOther() {
        Transport slow = new Transport("slow");
        slow.terminateBlocks = true;
        List<Transport> others = transports("other", 50);
        try (ZombieDetector detector = ZombieDetector.create(BRISK, heard)) {
            slow.watchedBy(detector);
            awaitTrue(() -> slow.terminations.get() == 1);
            awaitTrue(() -> heard.namesFor(slow).contains("reap"));
            others.forEach(transport -> transport.watchedBy(detector));

            awaitTrue(() -> others.stream().allMatch(transport -> transport.terminations.get() == 1));

            var termination = heard.of(Reap.class).get(0).termination().toCompletableFuture();
            assertThat(termination).isNotDone();
            released.countDown();
            awaitTrue(termination::isDone);
            assertThat(termination.join()).isEqualTo(Termination.freed("at last"));
        }
    }

    /** As many as there are threads for terminations. */
    @Test
    void terminationsThatOccupyEveryThreadHoldUpNoOther() {
        List<Transport> slow = asManyAsBlockAllTerminations();
        List<Transport> others = transports("other", 100);
        try (ZombieDetector detector = ZombieDetector.create(BRISK)) {
            slow.forEach(transport -> transport.watchedBy(detector));
            awaitTrue(() -> slow.stream().allMatch(transport -> transport.terminations.get() == 1));
            others.forEach(transport -> transport.watchedBy(detector));

            awaitTrue(() -> others.stream().allMatch(transport -> transport.terminations.get() == 1));

            assertThat(released.getCount()).isOne();
        }
    }

    @Test
    void terminationsThatWaitBehindBlockedOnesAreCarriedOutWhenNothingIsWatchedAnyMore() {
        List<Transport> slow = asManyAsBlockAllTerminations();
        List<Transport> others = transports("other", 100);
        try (ZombieDetector detector = ZombieDetector.create(UNHELD)) {
            slow.forEach(transport -> transport.watchedBy(detector));
            others.forEach(transport -> transport.watchedBy(detector));

            awaitTrue(() -> others.stream().allMatch(transport -> transport.terminations.get() == 1));

            assertThat(released.getCount()).isOne();
        }
    }

    @Test
    void closingTheDetectorLeavesNoneOpenThatWaitsBehindBlockedTerminations() {
        List<Transport> slow = asManyAsBlockAllTerminations();
        List<Transport> others = transports("other", 100);
        ZombieDetector detector = ZombieDetector.create(UNHELD);
        slow.forEach(transport -> transport.watchedBy(detector));
        others.forEach(transport -> transport.watchedBy(detector));
        awaitTrue(() -> detector.watched() == 0);

        detector.close();

        awaitTrue(() -> others.stream().allMatch(transport -> transport.terminations.get() == 1));
        assertThat(released.getCount()).isOne();
    }

    @Test
    void aDrainClosesAConnectionWhoseHashCodeThrows() throws Exception {
        Transport odd = new Transport("odd") {
            @Override
            public int hashCode() {
                throw new IllegalStateException("not known yet");
            }
        };
        try (ZombieDetector detector = ZombieDetector.create(HeartbeatPolicy.defaults())) {
            odd.watchedBy(detector);

            Integer cut = detector.drain(1012, Duration.ofSeconds(20))
                    .toCompletableFuture()
                    .get(60, TimeUnit.SECONDS);

            assertThat(cut).isZero();
            assertThat(odd.closes).hasValue(1);
        }
    }

    @Test
    void closesOfADrainThatOccupyEveryThreadKeepNobodyFromBeingClosed() throws Exception {
        List<Transport> slow = transports("slow", 64);
        slow.forEach(transport -> transport.closeBlocks = true);
        List<Transport> others = transports("other", 200);
        try (ZombieDetector detector = ZombieDetector.create(HeartbeatPolicy.defaults())) {
            slow.forEach(transport -> transport.watchedBy(detector));
            others.forEach(transport -> transport.watchedBy(detector));

            Integer cut = detector.drain(1012, Duration.ofSeconds(20))
                    .toCompletableFuture()
                    .get(60, TimeUnit.SECONDS);

            assertThat(others).allMatch(transport -> transport.closes.get() == 1 && !transport.open);
            assertThat(slow).allMatch(transport -> transport.terminations.get() == 1);
            assertThat(cut).isEqualTo(64);
        }
    }

    @Test
    void closingTheDetectorWaitsForNobody() {
        Transport stuck = new Transport("stuck");
        stuck.pingBlocks = true;
        ZombieDetector detector = ZombieDetector.create(BRISK, heard);
        stuck.watchedBy(detector);
        awaitTrue(() -> stuck.pings.get() == 1);

        detector.close();

        assertThat(released.getCount()).isOne();
        assertThat(detector.watched()).isZero();
        awaitTrue(() -> Internals.connection(stuck.heartbeat) == null);
    }

    private List<Transport> asManyAsBlockAllTerminations() {
        List<Transport> slow = transports("slow", 64);
        slow.forEach(transport -> transport.terminateBlocks = true);
        return slow;
    }

    private List<Transport> transports(String name, int count) {
        return IntStream.range(0, count).mapToObj(i -> new Transport(name + i)).toList();
    }

    private void awaitRelease() {
        try {
            released.await();
        } catch (InterruptedException ending) {
            Thread.currentThread().interrupt();
        }
    }

    private static void awaitTrue(BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime() - deadline).as("time left").isNegative();
            LockSupport.parkNanos(1_000_000);
        }
    }

    private class Transport implements Connection {
        private final String id;
        private final AtomicInteger pings = new AtomicInteger();
        private final AtomicInteger terminations = new AtomicInteger();
        private volatile Heartbeat heartbeat;
        private volatile boolean pingBlocks;
        private volatile boolean terminateBlocks;
        private volatile boolean closeBlocks;
        private final AtomicInteger closes = new AtomicInteger();
        private volatile boolean open = true;
        private volatile boolean answers;

        Transport(String id) {
            this.id = id;
        }

        void watchedBy(ZombieDetector detector) {
            heartbeat = detector.watch(this);
        }

        @Override
        public String id() {
            return id;
        }

        @Override
        public boolean isOpen() {
            return open;
        }

        @Override
        public void close(int code) {
            closes.incrementAndGet();
            if (closeBlocks) {
                awaitRelease();
            }
            open = false;
        }

        @Override
        public void ping(ByteBuffer payload) {
            pings.incrementAndGet();
            if (pingBlocks) {
                awaitRelease();
            }
            if (answers) {
                awaitTrue(() -> heartbeat != null); // watch() may not have returned yet
                heartbeat.pongReceived(payload);
            }
        }

        @Override
        public Termination terminate(ReapReason reason) {
            terminations.incrementAndGet();
            if (terminateBlocks) {
                awaitRelease();
            }
            return Termination.freed("at last");
        }
    }
}
