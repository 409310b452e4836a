package dev.heartbeat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.LivenessEvent.Reap;
import dev.heartbeat.LivenessEvent.Stale;
import dev.heartbeat.internal.engine.Internals;
import dev.heartbeat.testkit.ScriptedPeer;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Pongs prove that a peer lives, not that what it should report still comes. */
class FreshnessTest extends DetectorTest {

    private static final Duration STALE_AFTER = Duration.ofSeconds(90);
    private static final HeartbeatPolicy TELLING =
            HeartbeatPolicy.builder().staleAfter(STALE_AFTER).build();

    private final ZombieDetector telling = detector(TELLING, heard);

    @Test
    void tellsOnceThatTheApplicationHasFallenSilentBehindPerfectPongs() {
        ScriptedPeer meter = perfect(telling);

        clock.advance(STALE_AFTER.minusSeconds(1));
        assertThat(heard.of(Stale.class)).isEmpty();
        clock.advance(Duration.ofSeconds(2));
        clock.advance(Duration.ofHours(1));

        assertThat(heard.of(Stale.class)).hasSize(1);
        assertThat(heard.of(Stale.class).get(0).silence()).isBetween(STALE_AFTER, STALE_AFTER.plus(SLACK));
        assertThat(meter.heartbeat().isStale()).isTrue();
        assertThat(meter.heartbeat().isSuspect()).isFalse();
        assertThat(meter.heartbeat().isWatched()).isTrue();
    }

    @Test
    void aMessageMakesItFreshAndTheNextSilenceIsToldAgain() {
        ScriptedPeer meter = perfect(telling);
        clock.advance(STALE_AFTER.plusSeconds(1));

        meter.heartbeat().messageReceived();
        assertThat(meter.heartbeat().isStale()).isFalse();
        clock.advance(STALE_AFTER.plusSeconds(1));

        assertThat(heard.of(Stale.class)).hasSize(2);
    }

    @Test
    void messagesInTimeKeepItFreshAndBytesDoNot() {
        ScriptedPeer fresh = perfect(telling);
        ScriptedPeer chatters = perfect(telling);

        for (int minute = 0; minute < 60; minute++) {
            clock.advance(Duration.ofMinutes(1));
            fresh.heartbeat().messageReceived();
            chatters.heartbeat().dataReceived();
        }

        assertThat(heard.of(Stale.class)).extracting(Stale::connection).containsExactly(chatters);
    }

    @Test
    void reapsTheStaleIfThePolicySaysSo() {
        ZombieDetector strict = detector(TELLING.toBuilder().reapStale(true).build(), heard);
        ScriptedPeer meter = perfect(strict);

        clock.advance(STALE_AFTER.plusSeconds(1));

        assertThat(heard.namesFor(meter)).endsWith("stale", "reap");
        assertThat(heard.of(Reap.class)).extracting(Reap::reason).containsExactly(ReapReason.STALE);
        assertThat(meter.terminations()).containsExactly(ReapReason.STALE);
    }

    @Test
    void isJudgedOnAnEventLoopToo() {
        ScriptedPeer meter =
                new ScriptedPeer(clock, "m").watchedOnLoopBy(telling).answering(Duration.ofMillis(84));
        for (int second = 0; second < 60; second++) {
            clock.advance(Duration.ofSeconds(1));
            meter.heartbeat().dataReceived();
        }

        clock.advance(Duration.ofSeconds(31));

        assertThat(heard.of(Stale.class)).hasSize(1);
    }

    @Test
    void aStallOfOurOwnMakesNothingStale() {
        perfect(telling);
        clock.advance(Duration.ofSeconds(60));

        clock.stall(Duration.ofMinutes(10));
        clock.advance(Duration.ofSeconds(20));

        assertThat(heard.of(Stale.class)).isEmpty();
    }

    @Test
    void costsNothingWhereNobodyAsksForIt() {
        ScriptedPeer peer = peer("any").answering(Duration.ofMillis(84));

        peer.heartbeat().messageReceived();

        assertThat(Internals.hasDetails(peer.heartbeat())).isFalse();
        assertThat(peer.heartbeat().isStale()).isFalse();
    }

    @Test
    void aConnectionThatClosesHasItsPatienceHoweverStale() {
        ZombieDetector strict = detector(TELLING.toBuilder().reapStale(true).build(), heard);
        ScriptedPeer meter = perfect(strict);
        clock.advance(STALE_AFTER.minusSeconds(1));

        meter.heartbeat().closing();
        clock.advance(PATIENCE.minus(SLACK));
        assertThat(meter.terminations()).isEmpty();
        clock.advance(SLACK.multipliedBy(2));

        assertThat(heard.of(Stale.class)).isEmpty();
        assertThat(meter.terminations()).containsExactly(ReapReason.CLOSE_UNFINISHED);
    }

    @Test
    void aPolicyThatAsksForItAgainBeginsAnewAfterOneThatDidNot() {
        ScriptedPeer meter = perfect(telling);
        clock.advance(Duration.ofSeconds(1));
        meter.heartbeat().policy(POLICY);
        for (int minute = 0; minute < 10; minute++) {
            clock.advance(Duration.ofMinutes(1));
            meter.heartbeat().messageReceived();
        }

        meter.heartbeat().policy(TELLING);
        clock.advance(STALE_AFTER.minusSeconds(1));
        assertThat(heard.of(Stale.class)).isEmpty();
        clock.advance(Duration.ofSeconds(2));

        assertThat(heard.of(Stale.class)).hasSize(1);
    }

    private ScriptedPeer perfect(ZombieDetector by) {
        return new ScriptedPeer(clock, "perfect").watchedBy(by).answering(Duration.ofMillis(84));
    }
}
