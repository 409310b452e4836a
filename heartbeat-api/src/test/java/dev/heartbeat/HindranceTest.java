package dev.heartbeat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.testkit.ScriptedPeer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A pong that cannot be seen is not missed. */
class HindranceTest extends DetectorTest {

    @Test
    void noVerdictWhileTheApplicationsHandlerRuns() {
        ScriptedPeer peer = peerThatFallsMute();
        peer.hinderedBy(Hindrance.HANDLER_RUNNING);

        clock.advance(Duration.ofMinutes(4));

        assertThat(heard.namesFor(peer)).containsExactly("pong");
    }

    @Test
    void thePongThatQueuedBehindTheHandlerIsInTime() {
        ScriptedPeer peer = peerThatFallsMute();
        peer.hinderedBy(Hindrance.HANDLER_RUNNING);
        clock.advance(Duration.ofMinutes(2));

        peer.hinderedBy(Hindrance.NONE);
        peer.pongLatest();
        clock.advance(Duration.ofSeconds(5));

        assertThat(heard.namesFor(peer)).containsExactly("pong", "pong");
    }

    @Test
    void theCapIsHonouredAndTheHindranceIsPartOfTheEvidence() {
        ScriptedPeer peer = peerThatFallsMute();
        peer.hinderedBy(Hindrance.READING_PAUSED);

        clock.advance(POLICY.hindranceCap().plus(TIMEOUT).plus(SLACK));
        assertThat(heard.namesFor(peer)).containsExactly("pong", "timeout");

        clock.advance(PATIENCE.minus(TIMEOUT).plus(SLACK));
        assertThat(heard.namesFor(peer)).containsExactly("pong", "timeout", "reap");
        assertThat(heard.of(LivenessEvent.Reap.class).get(0).evidence().hindrances())
                .containsExactly(Hindrance.READING_PAUSED);
    }

    @Test
    void aHindranceThatPassesLeavesThePeerOneMorePongTimeoutAtLeast() {
        ScriptedPeer peer = peerThatFallsMute();
        peer.hinderedBy(Hindrance.HANDLER_RUNNING);
        clock.advance(TIMEOUT.plus(SLACK));

        peer.hinderedBy(Hindrance.NONE);
        clock.advance(TIMEOUT.minus(SLACK.multipliedBy(2)));
        assertThat(heard.namesFor(peer)).containsExactly("pong");

        clock.advance(PATIENCE.plus(TIMEOUT));
        assertThat(heard.namesFor(peer)).containsExactly("pong", "timeout", "reap");
    }

    @Test
    void aPingIsHeldBackWhileALargeMessageIsOnItsWayOut() {
        ScriptedPeer peer = peer("downloads");
        peer.hinderedBy(Hindrance.OUTPUT_IN_PROGRESS);

        clock.advance(Duration.ofMinutes(4));
        assertThat(peer.pings()).isEmpty();

        peer.hinderedBy(Hindrance.NONE);
        clock.advance(SLACK);
        assertThat(peer.pings()).hasSize(1);
    }

    @Test
    void aPingIsHeldBackNoLongerThanTheCap() {
        ScriptedPeer peer = peer("downloads for ever");
        peer.hinderedBy(Hindrance.OUTPUT_IN_PROGRESS);

        clock.advance(INTERVAL.plus(POLICY.hindranceCap()).plus(SLACK));

        assertThat(peer.pings()).hasSize(1);
    }

    @Test
    void aPingThatNoThreadOfOursHasSentYetIsNotMissed() {
        ArrayDeque<Runnable> starved = new ArrayDeque<>();
        ZombieDetector busy = ZombieDetector.builder(POLICY)
                .listeners(List.of(heard))
                .ticker(clock)
                .scheduler(clock)
                .executor(starved::add)
                .build();
        ScriptedPeer peer = new ScriptedPeer(clock, "never asked")
                .answering(Duration.ofMillis(84))
                .watchedBy(busy);
        clock.advance(Duration.ofMinutes(3));
        assertThat(peer.pings()).isEmpty();

        starved.forEach(Runnable::run);
        clock.advance(Duration.ofSeconds(1));

        assertThat(peer.heartbeat().isSuspect()).isFalse();
        assertThat(peer.heartbeat().lastRoundTrip()).isPresent();
    }

    @Test
    void aConnectionThatCannotTellIsTakenAsUnhindered() {
        ScriptedPeer peer = peerThatFallsMute();
        peer.hinderedBy(null);

        clock.advance(PATIENCE.plus(SLACK));

        assertThat(heard.namesFor(peer)).endsWith("timeout", "reap");
    }

    @Test
    void theCapIsHonouredForADeafTalkerThatIsAskedAgainAndAgain() {
        HeartbeatPolicy policy =
                POLICY.toBuilder().hindranceCap(Duration.ofMinutes(1)).build();
        ScriptedPeer deaf = new ScriptedPeer(clock, "deaf").answering(Duration.ofMillis(84));
        deaf.watchedBy(detector(policy, heard));
        awaitPings(deaf, 1);
        clock.advance(Duration.ofSeconds(1));
        deaf.mute();
        deaf.hinderedBy(Hindrance.HANDLER_RUNNING);
        awaitPings(deaf, 2);
        Duration asked = clock.elapsed();

        while (deaf.isOpen() && clock.elapsed().minus(asked).compareTo(Duration.ofHours(1)) < 0) {
            deaf.heartbeat().dataReceived();
            clock.advance(INTERVAL.plusSeconds(2));
        }

        assertThat(deaf.terminations()).containsExactly(ReapReason.DEAF);
        assertThat(clock.elapsed().minus(asked))
                .isLessThan(policy.verifyEvery()
                        .dividedBy(2)
                        .plus(policy.hindranceCap())
                        .plus(INTERVAL.multipliedBy(2)));
    }
}
