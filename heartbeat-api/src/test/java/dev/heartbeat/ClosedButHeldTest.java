package dev.heartbeat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.LivenessEvent.Reap;
import dev.heartbeat.testkit.VirtualTime;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.junit.jupiter.params.provider.ValueSource;

/** A watch ends when the descriptor is free, not when a transport calls the connection closed. */
class ClosedButHeldTest extends DetectorTest {

    /** For an open answer that is asked for every five seconds only, and a look of half a second. */
    private static final Duration NOTICED = Duration.ofSeconds(6);

    private final ScriptedSocket.Table table = new ScriptedSocket.Table();
    private final ZombieDetector watcher = ZombieDetector.builder(POLICY)
            .ticker(clock)
            .scheduler(clock)
            .executor(clock)
            .listeners(List.of(heard))
            .sockets(table)
            .build();
    private final ScriptedSocket peer = new ScriptedSocket(clock, "closed", table);

    @ParameterizedTest
    @EnumSource(value = Descriptor.class, names = "FREE", mode = Mode.EXCLUDE)
    void isReapedAfterThePatienceIfItsDescriptorIsStillHeld(Descriptor descriptor) {
        watch(descriptor);

        peer.heartbeat().closed();
        clock.advance(PATIENCE.minus(SLACK));
        assertThat(heard.namesFor(peer)).isEmpty();
        assertThat(watcher.watched()).isOne();
        clock.advance(SLACK.multipliedBy(3));

        assertThat(heard.namesFor(peer)).containsExactly("reap");
        assertThat(peer.terminations()).containsExactly(ReapReason.CLOSE_UNFINISHED);
        assertThat(peer.pings()).isEmpty();
        assertThat(watcher.watched()).isZero();
    }

    @ParameterizedTest
    @EnumSource(value = Descriptor.class, names = "FREE", mode = Mode.EXCLUDE)
    void isAlsoReapedIfNobodyTellsOfTheClose(Descriptor descriptor) {
        watch(descriptor);

        peer.close();
        clock.advance(PATIENCE.plus(NOTICED));

        assertThat(heard.namesFor(peer)).containsExactly("reap");
        assertThat(peer.terminations()).containsExactly(ReapReason.CLOSE_UNFINISHED);
    }

    @ParameterizedTest
    @EnumSource(value = Descriptor.class, names = "FREE", mode = Mode.EXCLUDE)
    void isClosedOnceAndForAllAsSoonAsItsDescriptorIsFree(Descriptor descriptor) {
        peer.descriptor = descriptor;
        peer.watchedOnLoopBy(watcher);
        clock.advance(SLACK);

        peer.heartbeat().closed();
        clock.advance(TIMEOUT);
        assertThat(heard.namesFor(peer)).isEmpty();
        peer.free();
        clock.advance(SLACK.multipliedBy(2));

        assertThat(heard.namesFor(peer)).containsExactly("closed");
        peer.heartbeat().closed();
        clock.advance(PATIENCE);
        assertThat(heard.namesFor(peer)).containsExactly("closed");
        assertThat(peer.terminations()).isEmpty();
    }

    @Test
    void isClosedAtOnceIfTheTransportHoldsNothing() {
        peer.descriptor = Descriptor.FREE;
        peer.watchedBy(watcher);

        peer.heartbeat().closed();

        assertThat(watcher.watched()).isZero();
        clock.advance(SLACK);
        assertThat(heard.namesFor(peer)).containsExactly("closed");
        assertThat(table.reads).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"no addresses", "shared", "no table"})
    void isClosedIfNobodyKnows(String why) {
        peer.descriptor = Descriptor.UNKNOWN;
        switch (why) {
            case "no addresses" -> peer.facts = TransportFacts.NONE;
            case "shared" -> peer.shareSocket();
            default -> table.isThere = false;
        }
        peer.watchedBy(watcher);
        clock.advance(SLACK);

        peer.heartbeat().closed();
        clock.advance(SLACK);

        assertThat(heard.namesFor(peer)).containsExactly("closed");
    }

    @Test
    void aPassThatMissesTheSocketDoesNotEndTheWatch() {
        peer.descriptor = Descriptor.UNKNOWN;
        table.missesEverySecond = true;
        peer.watchedBy(watcher);
        clock.advance(SLACK);

        peer.heartbeat().closed();
        clock.advance(PATIENCE.plus(SLACK.multipliedBy(2)));

        assertThat(heard.namesFor(peer)).containsExactly("reap");
    }

    @Test
    void nothingThatIsHeardKeepsItLonger() {
        watchHeld();

        peer.heartbeat().closed();
        for (int second = 0; second <= PATIENCE.toSeconds(); second++) {
            peer.heartbeat().dataReceived();
            clock.advance(Duration.ofSeconds(1));
        }

        assertThat(peer.terminations()).containsExactly(ReapReason.CLOSE_UNFINISHED);
    }

    @Test
    void noBytesThatLieUnreadKeepItLonger() {
        watchHeld();

        peer.heartbeat().closed();
        for (int second = 0; second <= PATIENCE.toSeconds() + 2; second++) {
            peer.unread += 100;
            clock.advance(Duration.ofSeconds(1));
        }

        assertThat(peer.terminations()).containsExactly(ReapReason.CLOSE_UNFINISHED);
    }

    /** As its container reads and drops what it says. */
    @Test
    void nothingThatIsReadAndDroppedKeepsItLonger() {
        watchHeld();
        TransportFacts before = peer.facts;

        peer.heartbeat().closed();
        for (int second = 0; second <= PATIENCE.toSeconds() + 2; second++) {
            peer.facts = before.withReceived(20L * second);
            clock.advance(Duration.ofSeconds(1));
        }

        assertThat(peer.terminations()).containsExactly(ReapReason.CLOSE_UNFINISHED);
        assertThat(heard.of(Reap.class).get(0).evidence().silence())
                .as("since anything came of it")
                .isLessThan(Duration.ofSeconds(2));
    }

    /** 40 KB/s of what the kernel had when the close began; a reader that is slower than its network closes its window. */
    @ParameterizedTest
    @CsvSource({"true, true", "true, false", "false, true", "false, false"})
    void livesWhileThePeerTakesWhatWasSentBeforeTheClose(boolean isCalledClosed, boolean isWindowClosed) {
        watchHeld();
        peer.unacknowledged = 3_000_000;
        peer.windowClosed = isWindowClosed;

        beginClose(isCalledClosed);
        while (peer.unacknowledged > 0) {
            clock.advance(Duration.ofSeconds(1));
            peer.unacknowledged -= 40_000;
            assertThat(heard.namesFor(peer)).isEmpty();
        }
        peer.free();
        peer.close();
        clock.advance(NOTICED);

        assertThat(heard.namesFor(peer)).containsExactly("closed");
    }

    /** Some transports tell how many frames wait, some how many bytes. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void livesWhileAMessageInFrontOfTheCloseFrameMoves(boolean countsFrames) {
        long length = 6_000_000;
        long inKernel = 2_500_000;
        watchHeld();
        TransportFacts ends = peer.facts;

        for (long taken = 0; taken < length; taken += 40_000) {
            long sent = Math.min(length, taken + inKernel);
            long waits = sent == length ? 0 : countsFrames ? 1 : length - sent;
            peer.unacknowledged = sent - taken;
            peer.facts = ends.withSent(sent).withOutput(waits, sent);
            if (taken == 0) {
                peer.heartbeat().closed();
            }
            clock.advance(Duration.ofSeconds(1));
            assertThat(heard.namesFor(peer)).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void isReapedAfterThePatienceIfNothingInFrontOfTheCloseMoves(boolean isCalledClosed) {
        watchHeld();
        peer.unacknowledged = 3_000_000;
        peer.windowClosed = true;

        beginClose(isCalledClosed);
        clock.advance(PATIENCE.minus(SLACK));
        assertThat(heard.namesFor(peer)).isEmpty();
        clock.advance(SLACK.multipliedBy(4));

        assertThat(peer.terminations()).containsExactly(ReapReason.CLOSE_UNFINISHED);
    }

    /** A proxy may hold what was sent, so that it is given time; but no ping was behind it. */
    @Test
    void theEvidenceOfACloseSpeaksOfNoPing() {
        peer.facts = peer.facts.withSent(500_000);
        watchHeld();

        peer.heartbeat().closed();
        clock.advance(PATIENCE.plus(SLACK));
        assertThat(heard.namesFor(peer)).isEmpty();
        clock.advance(POLICY.hindranceCap());

        assertThat(heard.of(LivenessEvent.Reap.class))
                .singleElement()
                .satisfies(reap -> assertThat(reap.explain()).doesNotContain("ping"));
    }

    private void watchHeld() {
        watch(Descriptor.HELD);
    }

    /** Whatever becomes of the connection, its transport says that of the descriptor. */
    private void watch(Descriptor descriptor) {
        peer.descriptor = descriptor;
        peer.watchedBy(watcher);
        clock.advance(SLACK);
    }

    private void beginClose(boolean isCalledClosed) {
        if (isCalledClosed) {
            peer.heartbeat().closed();
        } else {
            peer.heartbeat().closing();
        }
    }

    @Test
    void aDryRunAsksTheKernelNoMoreOftenAfterTheVerdict() {
        ZombieDetector dry = ZombieDetector.builder(POLICY)
                .ticker(clock)
                .scheduler(clock)
                .executor(clock)
                .listeners(List.of(heard))
                .sockets(table)
                .dryRun()
                .build();
        peer.descriptor = Descriptor.UNKNOWN;
        peer.watchedBy(dry);
        clock.advance(SLACK);

        peer.heartbeat().closed();
        clock.advance(PATIENCE.plusSeconds(10));
        int reads = table.reads;
        clock.advance(Duration.ofSeconds(10));
        assertThat(table.reads - reads).isLessThan(25);
        peer.free();
        clock.advance(Duration.ofSeconds(2));

        assertThat(heard.namesFor(peer)).containsExactly("reap", "closed");
    }

    @Test
    void whatTheKernelNeverHadIsNotKnownToBeFreed() {
        peer.isHeld = false;
        peer.termination = Termination.notFreed("close 1001");
        peer.watchedBy(watcher);

        clock.advance(POLICY.detectionTime().plusSeconds(5));

        assertThat(termination()).isCompletedWithValue(Termination.notFreed("close 1001"));
    }

    @Test
    void aTerminationIsToldThoughTheEventLoopEndsBeforeTheKernelHasAnswered() {
        VirtualTime loop = new VirtualTime();
        var unused = watcher.watch(peer, loop);
        for (int i = 0; peer.terminations().isEmpty() && i < 2_000; i++) {
            loop.advance(Duration.ofMillis(50));
            clock.advance(Duration.ofMillis(50));
        }
        assertThat(termination()).isNotDone();

        loop.shutdownNow();
        watcher.close();

        assertThat(termination()).succeedsWithin(Duration.ofSeconds(60));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aPeerThatComesBackFromTheSamePortHoldsNoDescriptorOfTheOldConnection(boolean isReaped) {
        peer.isFreedByTermination = false; // the table goes on to have a line with the same ends: the new connection's
        watch(Descriptor.UNKNOWN);
        if (isReaped) {
            while (peer.terminations().isEmpty()) {
                clock.advance(Duration.ofMillis(10));
            }
        } else {
            peer.heartbeat().closed();
            clock.advance(Duration.ofSeconds(1));
        }

        peer.number++;
        clock.advance(Duration.ofSeconds(1));

        if (isReaped) {
            assertThat(termination()).isCompletedWithValue(Termination.freed("script"));
        } else {
            assertThat(heard.namesFor(peer)).containsExactly("closed");
        }
    }

    private CompletableFuture<Termination> termination() {
        return heard.of(LivenessEvent.Reap.class).get(0).termination().toCompletableFuture();
    }

    @Test
    void closesOfADrainCountAsDoneWhenTheDescriptorIsFree() {
        peer.ignoresClose = true;
        watchHeld();

        CompletableFuture<Integer> drained =
                watcher.drain(1012, Duration.ofMinutes(1)).toCompletableFuture();
        clock.advance(Duration.ofSeconds(10));
        assertThat(drained).isNotDone();
        clock.advance(Duration.ofSeconds(50));

        assertThat(drained).isCompletedWithValue(1);
        assertThat(heard.namesFor(peer)).containsExactly("reap");
    }

    @Test
    void aDrainIsOverAsSoonAsAllIsFree() {
        peer.ignoresClose = true;
        watchHeld();

        CompletableFuture<Integer> drained =
                watcher.drain(1012, Duration.ofMinutes(1)).toCompletableFuture();
        peer.close();
        clock.advance(Duration.ofSeconds(5));
        peer.free();
        clock.advance(Duration.ofSeconds(1));

        assertThat(drained).isCompletedWithValue(0);
        assertThat(heard.namesFor(peer)).containsExactly("closed");
    }
}
