package dev.heartbeat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.LivenessEvent.Hold;
import dev.heartbeat.LivenessEvent.Reap;
import dev.heartbeat.LivenessEvent.Stale;
import dev.heartbeat.internal.engine.Internals;
import dev.heartbeat.testkit.ScriptedPeer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
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
        meter.heartbeat().messageReceived();
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

    @Test
    void anAnnouncedSilenceIsNotStaleAndCountsFromItsEnd() {
        ZombieDetector strict = detector(TELLING.toBuilder().reapStale(true).build(), heard);
        ScriptedPeer sleeper = perfect(strict);
        clock.advance(Duration.ofSeconds(40));

        sleeper.heartbeat().expectSilence(Duration.ofHours(2));
        clock.advance(Duration.ofHours(1));
        sleeper.heartbeat().messageReceived();
        clock.advance(Duration.ofHours(1).plus(STALE_AFTER).minusSeconds(1));
        assertThat(heard.of(Stale.class)).isEmpty();
        clock.advance(Duration.ofSeconds(2));

        assertThat(heard.namesFor(sleeper)).endsWith("stale", "reap");
    }

    @Test
    void anAnnouncedSilenceIsNotStaleUnderAPolicyThatCountsOnlyFromThenOn() {
        ScriptedPeer sleeper = peer("sleeper").answering(Duration.ofMillis(84));
        perfect(telling);
        clock.advance(Duration.ofSeconds(1));
        sleeper.heartbeat().messageReceived();
        sleeper.heartbeat().expectSilence(Duration.ofHours(1));
        sleeper.heartbeat().policy(TELLING);

        clock.advance(Duration.ofHours(1).plus(STALE_AFTER).minusSeconds(1));
        assertThat(sleeper.heartbeat().isStale()).isFalse();
        clock.advance(Duration.ofSeconds(3));

        assertThat(sleeper.heartbeat().isStale()).isTrue();
    }

    @Test
    void announcingASilenceEndsOneThatWasTold() {
        ScriptedPeer sleeper = perfect(telling);
        clock.advance(STALE_AFTER.plusSeconds(1));

        sleeper.heartbeat().expectSilence(Duration.ofHours(1));
        assertThat(sleeper.heartbeat().isStale()).isFalse();
        clock.advance(Duration.ofHours(1).plus(STALE_AFTER).plusSeconds(1));

        assertThat(heard.of(Stale.class)).hasSize(2);
    }

    @Test
    void judgesNobodyByMessagesThatNobodyTellsOf() {
        ZombieDetector strict = detector(TELLING.toBuilder().reapStale(true).build(), heard);
        ScriptedPeer meter = new ScriptedPeer(clock, "untold").watchedBy(strict).answering(Duration.ofMillis(84));
        for (int second = 0; second < 600; second++) {
            clock.advance(Duration.ofSeconds(1));
            meter.heartbeat().dataReceived();
        }

        assertThat(heard.namesFor(meter)).containsOnly("pong");
        assertThat(meter.heartbeat().isStale()).isFalse();
    }

    @Test
    void aSilenceBeforeAnybodyToldOfMessagesDoesNotCount() {
        ScriptedPeer early = new ScriptedPeer(clock, "early").watchedBy(telling).answering(Duration.ofMillis(84));
        clock.advance(STALE_AFTER.multipliedBy(2));

        perfect(telling);
        clock.advance(STALE_AFTER.minusSeconds(1));
        assertThat(heard.of(Stale.class)).isEmpty();
        clock.advance(Duration.ofSeconds(2));

        assertThat(heard.of(Stale.class)).extracting(Stale::connection).contains(early);
    }

    @Test
    void aStandstillOfOurOwnProcessingReapsNobody() {
        for (int size : new int[] {3, 19, 1_000}) {
            for (boolean atOnce : List.of(true, false)) {
                List<ScriptedPeer> meters = meters(size, atOnce);
                clock.advance(Duration.ofMinutes(5));
                stuck = size;
                clock.advance(Duration.ofSeconds(150));
                unstick(meters);
                clock.advance(Duration.ofMinutes(10));

                assertThat(heard.of(Reap.class))
                        .as("%s, at once: %s", size, atOnce)
                        .isEmpty();
                assertThat(heard.of(Hold.class)).extracting(Hold::over).containsExactly(false, true);
                heard.events().clear();
                meters.forEach(meter -> meter.heartbeat().stop());
            }
        }
    }

    @Test
    void aStandstillOfHalfOfOurProcessingReapsNobody() {
        List<ScriptedPeer> meters = meters(1_000, false);
        clock.advance(Duration.ofMinutes(5));
        stuck = 500;
        clock.advance(Duration.ofSeconds(145));
        unstick(meters);
        clock.advance(Duration.ofMinutes(10));

        assertThat(heard.of(Reap.class)).isEmpty();
        assertThat(heard.of(Hold.class)).extracting(Hold::over).containsExactly(false, true);
    }

    @Test
    void aHoldOfTheStaleHoldsNobodyWhoIsSilent() {
        List<ScriptedPeer> meters = meters(1_000, false);
        clock.advance(Duration.ofMinutes(5));
        stuck = 1_000;
        clock.advance(Duration.ofSeconds(70));
        ScriptedPeer dead = meters.get(3).mute();

        clock.advance(POLICY.detectionTime());

        assertThat(heard.of(Reap.class)).extracting(Reap::connection).containsExactly(dead);
        assertThat(heard.of(Hold.class)).hasSize(1);
        assertThat(heard.of(Hold.class).get(0).suspects()).isPositive();
    }

    @Test
    void oneStaleMeterOfAFleetIsReapedInTime() {
        for (int size : new int[] {2, 3, 19, 1_000}) {
            List<ScriptedPeer> meters = meters(size, false);
            clock.advance(Duration.ofMinutes(5));
            stuck = 1;
            clock.advance(STALE_AFTER.plusSeconds(6));

            assertThat(heard.of(Reap.class)).extracting(Reap::connection).containsExactly(meters.get(0));
            assertThat(heard.of(Hold.class)).isEmpty();
            heard.events().clear();
            meters.forEach(meter -> meter.heartbeat().stop());
            stuck = 0;
        }
    }

    @Test
    void manyWhoReallyAreStaleAreReapedAtTheCapAndAtAPace() {
        meters(1_000, true);
        clock.advance(Duration.ofMinutes(5));
        stuck = 400;

        clock.advance(STALE_AFTER.plus(POLICY.holdCap()));
        assertThat(heard.of(Reap.class)).isEmpty();
        clock.advance(Duration.ofSeconds(10));
        int early = heard.of(Reap.class).size();
        clock.advance(Duration.ofSeconds(30));

        assertThat(early).isBetween(40, 260);
        assertThat(heard.of(Reap.class)).hasSize(400).allSatisfy(reap -> {
            assertThat(reap.reason()).isEqualTo(ReapReason.STALE);
            assertThat(reap.evidence().hindrances()).contains(Hindrance.STORM);
        });
    }

    /** Of the meters, the first so many are not heard by our application. */
    private int stuck;

    /** Meters that report every half minute, all at the same moment or each at its own. */
    private List<ScriptedPeer> meters(int size, boolean atOnce) {
        ZombieDetector strict = detector(TELLING.toBuilder().reapStale(true).build(), heard);
        List<ScriptedPeer> meters = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            ScriptedPeer meter =
                    new ScriptedPeer(clock, "m" + i).watchedBy(strict).answering(Duration.ofMillis(50));
            meters.add(meter);
            report(meter, i, atOnce ? 30_000 : 1 + 30_000L * i / size);
        }
        return meters;
    }

    /** Our processing goes on, with what has queued up meanwhile. */
    private void unstick(List<ScriptedPeer> meters) {
        stuck = 0;
        meters.forEach(meter -> meter.heartbeat().messageReceived());
    }

    private void report(ScriptedPeer meter, int number, long inMillis) {
        var unused = clock.schedule(
                () -> {
                    if (number >= stuck) {
                        meter.heartbeat().messageReceived();
                    }
                    if (meter.isWatched()) {
                        report(meter, number, 30_000);
                    }
                },
                inMillis,
                TimeUnit.MILLISECONDS);
    }

    /** A connection that has said one thing. */
    private ScriptedPeer perfect(ZombieDetector by) {
        ScriptedPeer peer = new ScriptedPeer(clock, "perfect").watchedBy(by).answering(Duration.ofMillis(84));
        peer.heartbeat().messageReceived();
        return peer;
    }
}
