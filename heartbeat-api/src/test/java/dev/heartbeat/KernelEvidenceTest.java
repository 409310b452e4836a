package dev.heartbeat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.LivenessEvent.Reap;
import java.time.Duration;
import java.util.List;
import java.util.function.LongUnaryOperator;
import org.junit.jupiter.api.Test;

/** What a verdict rests on: what the connection did, down to the kernel. */
class KernelEvidenceTest extends DetectorTest {

    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration SECOND = Duration.ofSeconds(1);

    /** From one look to the next, for output that was not seen before its verdict was due. */
    private static final Duration LOOK = TIMEOUT.plus(SLACK).plus(SLACK);

    private final ScriptedSocket.Table table = new ScriptedSocket.Table();
    private final ZombieDetector watcher = ZombieDetector.builder(POLICY)
            .listeners(List.of(heard))
            .ticker(clock)
            .scheduler(clock)
            .executor(clock)
            .sockets(table)
            .build();

    @Test
    void aPeerWhosePingHasNotLeftIsNotAskedHoweverLongThatTakes() {
        ScriptedSocket peer = peerThatFallsMuteHere();
        peer.facts = peer.facts.withPingWaiting(true);

        clock.advance(HOUR);

        assertThat(heard.namesFor(peer)).containsExactly("pong");
        assertThat(peer.pings()).hasSize(2);
    }

    @Test
    void theDeadlinesBeginWhenThePingHasLeft() {
        ScriptedSocket peer = peerThatFallsMuteHere();
        peer.facts = peer.facts.withPingWaiting(true);
        clock.advance(HOUR);

        peer.facts = peer.facts.withPingWaiting(false);
        clock.advance(PATIENCE.minus(SLACK));
        assertThat(peer.isWatched()).isTrue();

        clock.advance(LOOK);
        assertThat(reap(peer).reason()).isEqualTo(ReapReason.NOT_ANSWERED);
    }

    @Test
    void aPeerWhoseOutputStandsIsGoneAlthoughThePingHasNotLeft() {
        ScriptedSocket peer = peerThatFallsMuteHere();
        peer.facts = peer.facts.withPingWaiting(true);
        peer.unacknowledged = 3_887_104;
        peer.windowClosed = true;

        clock.advance(PATIENCE.plus(LOOK));

        assertThat(reap(peer).reason()).isEqualTo(ReapReason.PING_STUCK);
        assertThat(reap(peer).evidence().explain()).contains("3887104 bytes unacknowledged, receive window closed");
    }

    @Test
    void outputThatStandsOutranksARunningHandler() {
        ScriptedSocket peer = peerThatFallsMuteHere();
        peer.hinderedBy(Hindrance.HANDLER_RUNNING);
        peer.unacknowledged = 3_887_104;
        peer.windowClosed = true;

        clock.advance(PATIENCE.plus(LOOK));

        assertThat(reap(peer).reason()).isEqualTo(ReapReason.PING_STUCK);
    }

    @Test
    void outputThatStandsBeforeAPingIsDueIsFoundWithinTheBoundAndWithoutAPing() {
        ScriptedSocket peer = answering("stuck");
        awaitPings(peer, 1);
        clock.advance(SECOND);
        peer.mute();
        standStill(peer);

        clock.advance(POLICY.detectionTime().plus(SLACK).plus(SLACK));

        assertThat(reap(peer).reason()).isEqualTo(ReapReason.PING_STUCK);
        assertThat(heard.namesFor(peer)).containsExactly("pong", "timeout", "reap");
        assertThat(peer.pings()).hasSize(1);
    }

    @Test
    void whatWasReadBeforeTheOutputStoodIsNoSignOfLife() {
        ScriptedSocket peer = peerOnCountedInput();
        peer.facts = peer.facts.withReceived(118);
        standStill(peer);

        clock.advance(POLICY.detectionTime().plus(SLACK).plus(SLACK));

        assertThat(reap(peer).reason()).isEqualTo(ReapReason.PING_STUCK);
    }

    @Test
    void whatComesOnceWhileTheOutputStandsIsOneSignOfLifeAndNotOneForEachLook() {
        ScriptedSocket peer = peerOnCountedInput();
        standStill(peer);
        clock.advance(INTERVAL.plus(SECOND));
        peer.facts = peer.facts.withReceived(peer.facts.received() + 7);

        clock.advance(PATIENCE.plusSeconds(3));
        assertThat(heard.namesFor(peer)).doesNotContain("reap");

        clock.advance(POLICY.detectionTime());
        assertThat(reap(peer).reason()).isEqualTo(ReapReason.PING_STUCK);
    }

    @Test
    void anArrivalWhileTheOutputStandsIsOneSignOfLifeAndNotOneForEachLook() {
        ScriptedSocket peer = answering("stuck");
        awaitPings(peer, 1);
        clock.advance(SECOND);
        peer.mute();
        standStill(peer);
        clock.advance(INTERVAL.plus(SECOND));
        peer.facts = peer.facts.withSinceArrival(Duration.ZERO);
        every(
                SECOND,
                () -> peer.facts = peer.facts.withSinceArrival(
                        peer.facts.sinceArrival().orElseThrow().plus(SECOND)));

        clock.advance(PATIENCE.plusSeconds(3));
        assertThat(heard.namesFor(peer)).doesNotContain("reap");

        clock.advance(POLICY.detectionTime());
        assertThat(reap(peer).reason()).isEqualTo(ReapReason.PING_STUCK);
    }

    @Test
    void aSuspectWhoseOutputMovesOnAtLastIsPingedAndLives() {
        ScriptedSocket peer = answering("through a tunnel");
        awaitPings(peer, 1);
        clock.advance(SECOND);
        peer.facts = peer.facts.withOutput(8_000_000, 17);
        peer.unacknowledged = 3_887_104;
        peer.retransmissions = 3;
        clock.advance(INTERVAL.plus(TIMEOUT).plusSeconds(5));
        assertThat(peer.heartbeat().isSuspect()).isTrue();

        peer.facts = peer.facts.withOutput(0, 18);
        peer.unacknowledged = 0;
        peer.retransmissions = 0;
        clock.advance(Duration.ofMinutes(5));

        assertThat(peer.isWatched()).isTrue();
        assertThat(peer.heartbeat().isSuspect()).isFalse();
        assertThat(peer.pings()).hasSizeGreaterThan(5);
    }

    @Test
    void aPeerThatTakesOutputIsAliveForAsLongAsItDoes() {
        ScriptedSocket peer = peerThatFallsMuteHere();
        peer.unacknowledged = 50_000_000;
        peer.windowClosed = true;
        drain(peer, left -> left - 10_000);

        clock.advance(HOUR);
        assertThat(heard.namesFor(peer)).containsExactly("pong");

        drain(peer, left -> left);
        clock.advance(PATIENCE.plus(LOOK));
        assertThat(reap(peer).reason()).isEqualTo(ReapReason.PING_STUCK);
    }

    @Test
    void outputThatGrowsAsFastAsItMovesIsSeenToMove() {
        ScriptedSocket peer = peerThatFallsMuteHere();
        peer.unacknowledged = 100_000;
        peer.windowClosed = true;
        peer.facts = peer.facts.withSent(1_000_000);
        every(SECOND, () -> {
            peer.unacknowledged += 2_000;
            peer.facts = peer.facts.withSent(peer.facts.sent() + 5_000);
        });

        clock.advance(HOUR);

        assertThat(heard.namesFor(peer)).containsExactly("pong");
    }

    @Test
    void outputThatWaitsInTheTransportMovesWithoutAWordOfTheKernel() {
        ScriptedSocket peer = answering("downloads");
        awaitPings(peer, 1);
        clock.advance(SECOND);
        peer.mute();
        table.isThere = false;
        every(SECOND, () -> peer.facts = peer.facts.withOutput(8_000_000, peer.facts.progress() + 1));

        clock.advance(HOUR);

        assertThat(heard.namesFor(peer)).containsExactly("pong");
        assertThat(peer.pings()).hasSize(1);
    }

    @Test
    void aPeerWhosePongsLieUnreadIsAliveWithoutACap() {
        ScriptedSocket peer = answering("pushed to");
        awaitPings(peer, 1);
        clock.advance(SECOND);
        peer.mute();
        peer.hinderedBy(Hindrance.READING_PAUSED);
        peer.unreadForEachPing = 18;

        clock.advance(HOUR);

        assertThat(heard.namesFor(peer)).containsExactly("pong");
        assertThat(peer.pings()).hasSizeGreaterThan(60);
    }

    @Test
    void aPeerThatAddsNothingToWhatLiesUnreadIsReaped() {
        ScriptedSocket peer = answering("pushed to");
        awaitPings(peer, 1);
        clock.advance(SECOND);
        peer.mute();
        peer.hinderedBy(Hindrance.READING_PAUSED);
        peer.unreadForEachPing = 18;
        clock.advance(HOUR);

        peer.unreadForEachPing = 0;
        clock.advance(POLICY.detectionTime().plus(TIMEOUT).plus(INTERVAL));

        assertThat(reap(peer).reason()).isEqualTo(ReapReason.NOT_ANSWERED);
    }

    @Test
    void aPongThatLiesUnreadInASecondPauseIsNotTakenForThatOfTheFirst() {
        ScriptedSocket peer = answering("pushed to now and then");
        awaitPings(peer, 1);
        for (int pause = 0; pause < 5; pause++) {
            clock.advance(SECOND);
            peer.mute();
            peer.hinderedBy(Hindrance.READING_PAUSED);
            peer.unreadForEachPing = 18;
            clock.advance(INTERVAL.plus(TIMEOUT).plusSeconds(4));

            peer.hinderedBy(Hindrance.NONE);
            peer.unreadForEachPing = 0;
            peer.unread = 0;
            peer.answering(Duration.ofMillis(84));
            peer.heartbeat().dataReceived();
            clock.advance(INTERVAL.multipliedBy(3));
        }

        assertThat(heard.namesFor(peer)).containsOnly("pong");
    }

    @Test
    void oneReadTellsWhetherAPeerLivesThatNobodyReadsAndTheKernelDoesNotKnow() {
        ScriptedSocket peer = answering("never read");
        table.isThere = false;
        awaitPings(peer, 1);
        clock.advance(SECOND);
        peer.mute();
        peer.hinderedBy(Hindrance.READING_PAUSED);
        peer.isReadOnDemand = true;

        clock.advance(POLICY.hindranceCap().multipliedBy(5));

        assertThat(heard.namesFor(peer)).doesNotContain("timeout", "reap");
        assertThat(peer.reads).isBetween(3, 5);
    }

    @Test
    void aReadThatBringsNothingEndsTheWait() {
        ScriptedSocket peer = answering("never read");
        table.isThere = false;
        awaitPings(peer, 1);
        clock.advance(SECOND);
        peer.mute();
        peer.hinderedBy(Hindrance.READING_PAUSED);

        clock.advance(INTERVAL.plus(POLICY.hindranceCap())
                .plus(PATIENCE)
                .plus(TIMEOUT)
                .plus(LOOK));

        assertThat(reap(peer).reason()).isEqualTo(ReapReason.NO_ANSWER);
        assertThat(peer.reads).isOne();
    }

    @Test
    void inputThatNobodyWasShownIsASignOfLife() {
        ScriptedSocket peer = new ScriptedSocket(clock, "answers no ping", table);
        peer.facts = peer.facts.withReceived(100);
        peer.watchedBy(watcher);
        every(SECOND, () -> peer.facts = peer.facts.withReceived(peer.facts.received() + 7));

        clock.advance(HOUR);

        assertThat(heard.namesFor(peer)).doesNotContain("reap");
    }

    @Test
    void aHandlerThatRunsPutsNoVerdictOffWhereInputIsCountedAndNothingComes() {
        ScriptedSocket peer = peerOnCountedInput();
        peer.hinderedBy(Hindrance.HANDLER_RUNNING);

        clock.advance(POLICY.detectionTime().plus(SLACK).plus(SLACK));

        assertThat(reap(peer).reason()).isEqualTo(ReapReason.NOT_ANSWERED);
    }

    @Test
    void saysThatAPingWasAcknowledgedAndNotAnswered() {
        ScriptedSocket peer = peerThatFallsMuteHere();

        clock.advance(PATIENCE.plus(SLACK));

        assertThat(reap(peer).reason()).isEqualTo(ReapReason.NOT_ANSWERED);
        assertThat(reap(peer).evidence().socket()).contains(new SocketState(0, 0, 0, false));
        assertThat(reap(peer).explain())
                .contains("acknowledged, but not answered")
                .contains("all bytes acknowledged");
    }

    @Test
    void saysThatAPingWasNotEvenAcknowledged() {
        ScriptedSocket peer = peerThatFallsMuteHere();
        peer.unacknowledged = 14;
        peer.retransmissions = 6;

        clock.advance(PATIENCE.plus(SLACK));

        assertThat(reap(peer).reason()).isEqualTo(ReapReason.NOT_ACKNOWLEDGED);
        assertThat(reap(peer).explain()).contains("14 bytes unacknowledged after 6 retransmissions");
    }

    @Test
    void whatWasSentInFrontOfAPingIsGivenTheTimeOfTheSlowestLink() {
        ScriptedSocket peer = answering("behind a proxy");
        peer.facts = peer.facts.withSent(1_000);
        awaitPings(peer, 2);
        clock.advance(SECOND);
        peer.mute();
        peer.facts = peer.facts.withSent(1_000 + 100 * POLICY.slowestLink());
        awaitPings(peer, 3);

        clock.advance(PATIENCE.plusSeconds(99));
        assertThat(heard.namesFor(peer)).doesNotContain("reap");

        clock.advance(SECOND.multipliedBy(2));
        assertThat(reap(peer).reason()).isEqualTo(ReapReason.NOT_ANSWERED);
        assertThat(reap(peer).evidence().hindrances()).contains(Hindrance.MUCH_SENT);
    }

    @Test
    void anEchoProvesThatWhatWasSentBeforeItsPingHasArrived() {
        ScriptedSocket peer = answering("behind a proxy");
        peer.facts = peer.facts.withSent(100 * POLICY.slowestLink());
        awaitPings(peer, 2);
        clock.advance(SECOND);
        peer.mute();
        awaitPings(peer, 3);

        clock.advance(PATIENCE.plus(SLACK));

        assertThat(reap(peer).reason()).isEqualTo(ReapReason.NOT_ANSWERED);
    }

    @Test
    void theAllowanceHasACap() {
        ScriptedSocket peer = answering("behind a proxy");
        awaitPings(peer, 1);
        clock.advance(SECOND);
        peer.mute();
        peer.facts = peer.facts.withSent(Long.MAX_VALUE / 2);
        awaitPings(peer, 2);

        clock.advance(PATIENCE.plus(POLICY.hindranceCap()).plus(SLACK));

        assertThat(peer.isWatched()).isFalse();
    }

    @Test
    void whereNothingIsKnownNobodyIsReapedBeforeTwiceTheLatestRoundTrip() {
        ScriptedSocket peer = answering("slow");
        table.isThere = false;
        peer.answering(Duration.ofSeconds(25));
        awaitPings(peer, 2);
        clock.advance(Duration.ofSeconds(25));
        peer.mute();
        awaitPings(peer, 3);

        clock.advance(Duration.ofSeconds(49));
        assertThat(peer.isWatched()).isTrue();

        clock.advance(SECOND.multipliedBy(2));
        assertThat(reap(peer).reason()).isEqualTo(ReapReason.NO_ANSWER);
    }

    @Test
    void aRefusedPingIsTriedAgainAndCostsNobodyItsConnection() {
        ScriptedSocket peer = answering("busy");
        awaitPings(peer, 1);
        peer.refuses = true;
        clock.advance(POLICY.hindranceCap().minusSeconds(10));
        assertThat(heard.namesFor(peer)).containsExactly("pong");

        peer.refuses = false;
        clock.advance(TIMEOUT.plus(SLACK));

        assertThat(peer.pings()).hasSize(2);
        assertThat(heard.namesFor(peer)).containsExactly("pong", "pong");
    }

    @Test
    void aTransportThatRefusesForEverKeepsNoZombie() {
        ScriptedSocket peer = answering("broken");
        awaitPings(peer, 1);
        peer.refuses = true;

        clock.advance(INTERVAL.plus(POLICY.hindranceCap()).plus(PATIENCE).plus(LOOK));

        assertThat(reap(peer).reason()).isEqualTo(ReapReason.PING_FAILED);
    }

    @Test
    void outputThatStandsInFrontOfARefusedPingIsFoundThoughOnlyTheKernelKnowsOfIt() {
        ScriptedSocket peer = peerThatRefusesBehind(3_887_104);

        clock.advance(POLICY.detectionTime().plus(LOOK));

        assertThat(reap(peer).reason()).isEqualTo(ReapReason.PING_STUCK);
        assertThat(reap(peer).evidence().explain()).contains("3887104 bytes unacknowledged, receive window closed");
        assertThat(heard.namesFor(peer)).containsExactly("pong", "timeout", "reap");
    }

    @Test
    void outputInFrontOfARefusedPingThatIsSentInVainHasNoNetwork() {
        ScriptedSocket peer = peerThatRefusesBehind(3_887_104);
        peer.windowClosed = false;
        peer.retransmissions = 5;

        clock.advance(POLICY.detectionTime().plus(LOOK));

        assertThat(reap(peer).reason()).isEqualTo(ReapReason.NOT_ACKNOWLEDGED);
    }

    @Test
    void aSlowReaderWhoseTransportRefusesPingsLivesForAsLongAsItsKernelTakesOutput() {
        ScriptedSocket peer = peerThatRefusesBehind(80_000_000);
        drain(peer, left -> Math.max(0, left - 20_000));

        clock.advance(HOUR);
        assertThat(heard.namesFor(peer)).containsExactly("pong");

        peer.unacknowledged = 0;
        peer.windowClosed = false;
        peer.refuses = false;
        clock.advance(HOUR);
        assertThat(heard.namesFor(peer)).doesNotContain("timeout", "reap");
    }

    @Test
    void aSuspectWhoseRefusedPingCanGoOutAtLastIsAskedAndLives() {
        ScriptedSocket peer = peerThatRefusesBehind(3_887_104);
        drain(peer, left -> Math.max(0, left - 2_000));
        clock.advance(POLICY.hindranceCap().plus(POLICY.hindranceCap()));
        drain(peer, left -> left);
        clock.advance(TIMEOUT.plus(LOOK));
        assertThat(peer.heartbeat().isSuspect()).isTrue();

        peer.unacknowledged = 0;
        peer.windowClosed = false;
        clock.advance(LOOK);
        peer.refuses = false;
        clock.advance(HOUR);

        assertThat(heard.namesFor(peer)).doesNotContain("reap");
        assertThat(peer.heartbeat().isSuspect()).isFalse();
        assertThat(peer.pings()).hasSizeGreaterThan(60);
    }

    @Test
    void aPassThatMissesASocketIsNoAnswer() {
        ScriptedSocket peer = peerThatFallsMuteHere();
        peer.unacknowledged = 50_000_000;
        peer.windowClosed = true;
        drain(peer, left -> left - 10_000);
        table.missesEverySecond = true;

        clock.advance(HOUR);

        assertThat(heard.namesFor(peer)).containsExactly("pong");
    }

    @Test
    void theKernelIsAskedForDueVerdictsOnly() {
        for (int i = 0; i < 100; i++) {
            answering("live " + i);
        }

        clock.advance(HOUR);

        assertThat(table.reads).isZero();
    }

    @Test
    void oneLookAtTheTableAnswersForAllThatAreDue() {
        for (int i = 0; i < 5; i++) {
            answering("dies " + i).mute();
        }

        clock.advance(Duration.ofMinutes(3));

        assertThat(table.reads).isBetween(2, 20);
        assertThat(watcher.watched()).isZero();
    }

    @Test
    void aCountBeforeEncryptionMakesNoPeerStandStillWhoseBacklogGrows() {
        ScriptedSocket peer = peerThatFallsMuteHere();
        backlogGrows(peer);

        clock.advance(POLICY.hindranceCap());

        assertThat(heard.namesFor(peer)).containsExactly("pong");
    }

    @Test
    void aBacklogThatIsNeverSeenToMoveIsNoSignOfLifeBeyondTheCap() {
        ScriptedSocket peer = peerThatFallsMuteHere();
        backlogGrows(peer);

        clock.advance(POLICY.hindranceCap().plus(PATIENCE).plus(LOOK));

        assertThat(reap(peer).reason()).isEqualTo(ReapReason.PING_STUCK);
        assertThat(reap(peer).evidence().hindrances()).contains(Hindrance.OUTPUT_IN_PROGRESS);
    }

    @Test
    void whatWasAddedAndDidNotMakeABacklogGrowHasLeft() {
        ScriptedSocket peer = peerThatFallsMuteHere();
        peer.unacknowledged = 100_000;
        peer.windowClosed = true;
        peer.facts = peer.facts.withSentAbout(1_000_000);
        every(SECOND, () -> peer.facts = peer.facts.withSentAbout(peer.facts.sent() + 5_000));

        clock.advance(HOUR);

        assertThat(heard.namesFor(peer)).containsExactly("pong");
    }

    @Test
    void whatMovesOnASharedSocketMayBeInFrontOfThePingUpToTheCap() {
        ScriptedSocket peer = peerThatFallsMuteHere();
        peer.shareSocket();
        peer.unacknowledged = 50_000_000;
        peer.windowClosed = true;
        drain(peer, left -> left - 10_000);

        clock.advance(POLICY.hindranceCap());
        assertThat(heard.namesFor(peer)).containsExactly("pong");

        clock.advance(PATIENCE.plus(LOOK));
        assertThat(peer.isWatched()).isFalse();
    }

    @Test
    void aSharedSocketThatIsSeenEmptyHasDeliveredThePing() {
        ScriptedSocket peer = peerThatFallsMuteHere();
        peer.shareSocket();
        every(SECOND, () -> peer.unread += 20); // of others

        clock.advance(PATIENCE.plus(SLACK));

        assertThat(reap(peer).reason()).isEqualTo(ReapReason.NOT_ANSWERED);
        assertThat(reap(peer).explain()).doesNotContain("unread");
    }

    @Test
    void aPauseOfReadingHidesPongsOnASharedSocketUpToTheCap() {
        ScriptedSocket peer = peerThatFallsMuteHere();
        peer.shareSocket();
        peer.hinderedBy(Hindrance.READING_PAUSED);

        clock.advance(POLICY.hindranceCap());
        assertThat(heard.namesFor(peer)).containsExactly("pong");

        clock.advance(PATIENCE.plus(TIMEOUT).plus(LOOK));
        assertThat(reap(peer).reason()).isEqualTo(ReapReason.NO_ANSWER);
    }

    @Test
    void aPeerIsNotCalledMuteForAPingThatWaitsBehindOutput() {
        ScriptedSocket peer = new ScriptedSocket(clock, "downloads at first", table);
        peer.watchedBy(watcher);
        awaitPings(peer, 1);
        standStill(peer);
        every(SECOND, () -> peer.unacknowledged -= 1_000);
        clock.advance(SECOND);
        peer.heartbeat().dataReceived();

        clock.advance(INTERVAL.plus(TIMEOUT));
        every(SECOND, () -> peer.unacknowledged += 1_000);
        clock.advance(PATIENCE);

        assertThat(heard.namesFor(peer)).doesNotContain("quirky");
    }

    @Test
    void outputThatStandsInTheTransportStandsWhateverMovesOnASharedSocket() {
        ScriptedSocket peer = peerThatFallsMuteHere();
        peer.shareSocket();
        peer.facts = peer.facts.withOutput(65_000, 7);
        peer.unacknowledged = 50_000_000;
        drain(peer, left -> left - 10_000);

        clock.advance(PATIENCE.plus(LOOK));

        assertThat(reap(peer).reason()).isEqualTo(ReapReason.PING_STUCK);
    }

    @Test
    void aBacklogThatNothingIsAddedToStandsHoweverItIsCounted() {
        ScriptedSocket peer = peerThatFallsMuteHere();
        peer.unacknowledged = 100_000;
        peer.windowClosed = true;
        peer.facts = peer.facts.withSentAbout(1_000_000);

        clock.advance(PATIENCE.plus(LOOK));

        assertThat(reap(peer).reason()).isEqualTo(ReapReason.PING_STUCK);
    }

    @Test
    void anAdaptivePolicyLearnsNothingFromAnswersBehindOutputThatMoves() {
        HeartbeatPolicy adaptive = HeartbeatPolicy.adaptive(100);
        for (int i = 0; i < 30; i++) {
            ScriptedSocket quick = answering("quick " + i);
            quick.heartbeat().policy(adaptive);
            quick.heartbeat().group("all");
        }
        ScriptedSocket peer = answering("downloads");
        peer.heartbeat().policy(adaptive);
        peer.heartbeat().group("all");
        peer.answering(Duration.ofSeconds(20));
        peer.unacknowledged = 500_000_000;
        peer.windowClosed = true;
        drain(peer, left -> left - 10_000);
        clock.advance(HOUR);
        assertThat(heard.namesFor(peer)).doesNotContain("reap");

        peer.unacknowledged = 0;
        peer.windowClosed = false;
        drain(peer, left -> 0);
        peer.mute();
        clock.advance(Duration.ofMinutes(2));

        assertThat(reap(peer).evidence().sincePing()).isLessThan(Duration.ofSeconds(12));
    }

    @Test
    void smallMessagesToAPeerThatVanishedAreNoMovementOfItsOutput() {
        ScriptedSocket peer = answering("written to");
        awaitPings(peer, 1);
        clock.advance(SECOND);
        peer.mute();
        peer.facts = peer.facts.withSent(1_000).withOutput(0, 1);
        peer.retransmissions = 5;
        every(SECOND, () -> {
            peer.unacknowledged += 100;
            peer.facts = peer.facts.withSent(peer.facts.sent() + 100).withOutput(0, peer.facts.progress() + 1);
        });

        clock.advance(POLICY.detectionTime().plus(LOOK));

        assertThat(reap(peer).reason()).isEqualTo(ReapReason.NOT_ACKNOWLEDGED);
    }

    @Test
    void aPongThatLaysUnreadWhileOutputMovedIsAskedAboutWhenItMovesNoMore() {
        ScriptedSocket peer = answering("pushed to");
        awaitPings(peer, 1);
        clock.advance(SECOND);
        peer.mute();
        peer.hinderedBy(Hindrance.READING_PAUSED);
        peer.unreadForEachPing = 18;
        awaitPings(peer, 2);
        peer.unacknowledged = 40_000;
        clock.advance(TIMEOUT.plusSeconds(2));
        peer.unacknowledged = 0;

        clock.advance(HOUR);

        assertThat(heard.namesFor(peer)).doesNotContain("reap");
    }

    @Test
    void aPeerThatTalksIsNotDeafWhileOutputInFrontOfItsPingMoves() {
        ScriptedSocket peer = answering("talks");
        peer.facts = peer.facts.withReceived(100);
        awaitPings(peer, 1);
        clock.advance(SECOND);
        peer.mute();
        every(SECOND, () -> {
            peer.facts = peer.facts.withReceived(peer.facts.received() + 20);
            peer.heartbeat().dataReceived();
        });
        peer.unacknowledged = 50_000_000;
        peer.windowClosed = true;
        drain(peer, left -> left - 10_000);

        clock.advance(HOUR);

        assertThat(peer.isWatched()).isTrue();
    }

    private ScriptedSocket answering(String id) {
        ScriptedSocket peer = new ScriptedSocket(clock, id, table);
        peer.answering(Duration.ofMillis(84)).watchedBy(watcher);
        return peer;
    }

    private ScriptedSocket peerThatFallsMuteHere() {
        ScriptedSocket peer = answering("mute");
        awaitPings(peer, 1);
        clock.advance(SECOND);
        peer.mute();
        awaitPings(peer, 2);
        return peer;
    }

    /** As it does over TLS, where more bytes are added than are counted. */
    private void backlogGrows(ScriptedSocket peer) {
        peer.unacknowledged = 100_000;
        peer.windowClosed = true;
        peer.facts = peer.facts.withSentAbout(1_000_000);
        every(SECOND, () -> {
            peer.unacknowledged += 30_000;
            peer.facts = peer.facts.withSentAbout(peer.facts.sent() + 10_000);
        });
    }

    /** The transport tells nothing of its output. */
    private ScriptedSocket peerThatRefusesBehind(long unacknowledged) {
        ScriptedSocket peer = answering("written to");
        awaitPings(peer, 1);
        clock.advance(SECOND);
        refuseBehind(peer, unacknowledged);
        return peer;
    }

    private static void refuseBehind(ScriptedSocket peer, long unacknowledged) {
        peer.refuses = true;
        peer.unacknowledged = unacknowledged;
        peer.windowClosed = true;
    }

    private static void standStill(ScriptedSocket peer) {
        peer.facts = peer.facts.withOutput(8_000_000, 17);
        peer.unacknowledged = 3_887_104;
        peer.windowClosed = true;
    }

    private ScriptedSocket peerOnCountedInput() {
        ScriptedSocket peer = answering("counted");
        peer.facts = peer.facts.withReceived(100);
        awaitPings(peer, 1);
        clock.advance(SECOND);
        peer.mute();
        return peer;
    }

    private Reap reap(ScriptedSocket peer) {
        return heard.of(Reap.class).stream()
                .filter(event -> event.connection() == peer)
                .findFirst()
                .orElseThrow(() -> new AssertionError("not reaped: " + heard.namesFor(peer)));
    }

    private LongUnaryOperator draining = left -> left;

    private void drain(ScriptedSocket peer, LongUnaryOperator how) {
        draining = how;
        every(SECOND, () -> peer.unacknowledged = draining.applyAsLong(peer.unacknowledged));
    }

    private void every(Duration period, Runnable what) {
        var unused = clock.schedule(
                () -> {
                    what.run();
                    every(period, what);
                },
                period.toNanos(),
                java.util.concurrent.TimeUnit.NANOSECONDS);
    }
}
