package dev.heartbeat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The rules by themselves, at moments on both sides of every wrap. */
class PulseTest {

    private static final Limits LIMITS = new Limits(1_000, 875, 100, 300, 5_000, 0, 100_000, 50_000, 0);

    private record Moment(int sent) {

        long asked() {
            return Pulse.asked(Pulse.planned(sent), fine(sent));
        }

        long suspected() {
            return Pulse.suspected(asked());
        }

        /** Heard just before the ping was decided on. */
        int silent() {
            return Pulse.heardBeforePing(Pulse.heardAt(sent));
        }
    }

    static List<Moment> moments() {
        List<Moment> moments = new ArrayList<>();
        for (int edge : new int[] {0, Integer.MAX_VALUE, 1 << 30}) {
            for (int before : new int[] {0, 1, 50, 150, 299, 300, 301}) {
                moments.add(new Moment(edge - before));
            }
        }
        return moments;
    }

    @ParameterizedTest
    @MethodSource("moments")
    void aNewConnectionIsPingedWhenItsFirstPingIsPlanned(Moment m) {
        long word = Pulse.planned(m.sent);

        assertThat(Pulse.state(word)).isEqualTo(Pulse.NEW);
        assertThat(decide(word, m.sent - 50, m.sent - 1)).isEqualTo(Pulse.Decision.REST);
        assertThat(decide(word, m.sent - 50, m.sent)).isEqualTo(Pulse.Decision.PING);
        assertThat(Pulse.due(word, m.sent - 50, LIMITS, 0)).isEqualTo(m.sent);
    }

    @ParameterizedTest
    @MethodSource("moments")
    void aQuietConnectionIsPingedAfterAnEagerSilenceAndNoLaterThanTheInterval(Moment m) {
        long word = Pulse.settled(m.asked());

        assertThat(decide(word, m.sent, m.sent + 874)).isEqualTo(Pulse.Decision.REST);
        assertThat(decide(word, m.sent, m.sent + 875)).isEqualTo(Pulse.Decision.PING);
        assertThat(Pulse.due(word, m.sent, LIMITS, 0)).isEqualTo(m.sent + 1_000);
    }

    @ParameterizedTest
    @MethodSource("moments")
    void aPingUnansweredForLongerThanThePongTimeoutMakesASuspect(Moment m) {
        assertThat(decide(m.asked(), m.silent(), m.sent + 100)).isEqualTo(Pulse.Decision.REST);
        assertThat(decide(m.asked(), m.silent(), m.sent + 101)).isEqualTo(Pulse.Decision.SUSPECT);
        assertThat(Pulse.due(m.asked(), m.silent(), LIMITS, 0)).isEqualTo(m.sent + 101);
    }

    @ParameterizedTest
    @MethodSource("moments")
    void aSuspectUnansweredForLongerThanThePatienceIsReaped(Moment m) {
        assertThat(decide(m.suspected(), m.silent(), m.sent + 300)).isEqualTo(Pulse.Decision.REST);
        assertThat(decide(m.suspected(), m.silent(), m.sent + 301)).isEqualTo(Pulse.Decision.REAP);
        assertThat(Pulse.due(m.suspected(), m.silent(), LIMITS, 0)).isEqualTo(m.sent + 301);
    }

    @ParameterizedTest
    @MethodSource("moments")
    void anythingHeardAfterThePingIsLifeHoweverLate(Moment m) {
        for (int heard : new int[] {m.sent, m.sent + 1, m.sent + 5_000}) {
            int stamp = Pulse.heardAt(heard);
            assertThat(decide(m.asked(), stamp, m.sent + 9_999)).isEqualTo(Pulse.Decision.SETTLE);
            assertThat(decide(m.suspected(), stamp, m.sent + 9_999)).isEqualTo(Pulse.Decision.RECOVER);
        }
    }

    @ParameterizedTest
    @MethodSource("moments")
    void aVerdictGoesByWhatHasBeenReadAndNotByThePresent(Moment m) {
        assertThat(Pulse.decide(m.asked(), m.silent(), m.sent + 9_999, m.sent + 100, LIMITS, 0))
                .isEqualTo(Pulse.Decision.REST);
        assertThat(Pulse.decide(m.suspected(), m.silent(), m.sent + 9_999, m.sent + 300, LIMITS, 0))
                .isEqualTo(Pulse.Decision.REST);
    }

    @ParameterizedTest
    @MethodSource("moments")
    void aPingGoesByThePresent(Moment m) {
        assertThat(Pulse.decide(Pulse.settled(m.asked()), m.sent, m.sent + 875, m.sent - 9_999, LIMITS, 0))
                .isEqualTo(Pulse.Decision.PING);
    }

    @ParameterizedTest
    @MethodSource("moments")
    void aHindrancePutsBothVerdictsOff(Moment m) {
        assertThat(decide(m.asked(), m.silent(), m.sent + 150, 50)).isEqualTo(Pulse.Decision.REST);
        assertThat(decide(m.asked(), m.silent(), m.sent + 151, 50)).isEqualTo(Pulse.Decision.SUSPECT);
        assertThat(decide(m.suspected(), m.silent(), m.sent + 350, 50)).isEqualTo(Pulse.Decision.REST);
        assertThat(decide(m.suspected(), m.silent(), m.sent + 351, 50)).isEqualTo(Pulse.Decision.REAP);
        assertThat(Pulse.due(m.suspected(), m.silent(), LIMITS, 50)).isEqualTo(m.sent + 351);
    }

    @ParameterizedTest
    @MethodSource("moments")
    void aCloseIsReapedWhenItsPatienceIsOverWhateverIsHeard(Moment m) {
        long word = Pulse.closing(m.suspected(), fine(m.sent));

        assertThat(decide(word, Pulse.heardAt(m.sent + 299), m.sent + 300)).isEqualTo(Pulse.Decision.REST);
        assertThat(decide(word, Pulse.heardAt(m.sent + 299), m.sent + 301)).isEqualTo(Pulse.Decision.REAP);
        assertThat(decide(word, Pulse.heardAt(m.sent + 299), m.sent + 301, 1)).isEqualTo(Pulse.Decision.REST);
        assertThat(Pulse.due(word, m.silent(), LIMITS, 0)).isEqualTo(m.sent + 301);
    }

    @Test
    void anEndedConnectionIsForgottenWhateverIsHeard() {
        assertThat(decide(Pulse.ended(), 0, 10_000)).isEqualTo(Pulse.Decision.FORGET);
        assertThat(decide(Pulse.ended(), 10_000, 10_000)).isEqualTo(Pulse.Decision.FORGET);
    }

    @Test
    void aWaitingConnectionIsLookedAtInTimeForThePingThatFollowsAnAnswer() {
        Limits sluggish = new Limits(100, 88, 1_000, 3_000, 5_000, 0, 100_000, 50_000, 0);

        assertThat(Pulse.due(new Moment(0).asked(), 1, sluggish, 0)).isEqualTo(88);
    }

    @Test
    void deadlinesRunFromTheCallOnceItIsMade() {
        long called = Pulse.calling(new Moment(0).asked(), fine(40));

        assertThat(decide(called, 1, 140)).isEqualTo(Pulse.Decision.REST);
        assertThat(decide(called, 1, 141)).isEqualTo(Pulse.Decision.SUSPECT);
    }

    @Test
    void theProgressOfACallSurvivesEveryVerdictButItsEnd() {
        long asked = new Moment(7).asked();
        assertThat(Pulse.call(asked)).isEqualTo(Pulse.QUEUED);

        long called = Pulse.calling(asked, fine(9));
        assertThat(Pulse.call(called)).isEqualTo(Pulse.CALLING);
        assertThat(Pulse.call(Pulse.suspected(called))).isEqualTo(Pulse.CALLING);
        assertThat(Pulse.call(Pulse.settled(called))).isEqualTo(Pulse.CALLING);
        assertThat(Pulse.call(Pulse.closing(called, fine(9)))).isEqualTo(Pulse.CALLING);
        assertThat(Pulse.call(Pulse.asked(Pulse.settled(called), fine(12)))).isEqualTo(Pulse.CALLING);

        long returned = Pulse.returned(called);
        assertThat(Pulse.call(returned)).isEqualTo(Pulse.IDLE);
        assertThat(Pulse.state(returned)).isEqualTo(Pulse.WAITING);
        assertThat(Pulse.sent(returned)).isEqualTo(fine(9));
    }

    @Test
    void noTransitionTouchesMoreThanItsOwnPartOfTheWord() {
        SplittableRandom random = new SplittableRandom(2);
        for (int i = 0; i < 10_000; i++) {
            long sent = Stamp.fineAt(random.nextLong());
            long trip = random.nextLong(1L << 45);
            long word = Pulse.asked(Pulse.answered(Pulse.planned(random.nextInt()), trip), sent);
            long kept = Pulse.roundTripNanos(word);

            assertThat(Pulse.sent(word)).isEqualTo(sent);
            assertThat(kept).isCloseTo(trip, within(Math.max(1_024, trip / 500)));
            for (long next : new long[] {
                Pulse.suspected(word), Pulse.settled(word), Pulse.returned(word), Pulse.calling(word, sent)
            }) {
                assertThat(Pulse.sent(next)).isEqualTo(sent);
                assertThat(Pulse.roundTripNanos(next)).isEqualTo(kept);
            }
            assertThat(Pulse.unanswered(word)).isTrue();
            assertThat(Pulse.unanswered(Pulse.settled(word))).isFalse();
            assertThat(Pulse.state(Pulse.suspected(word))).isEqualTo(Pulse.SUSPECT);
            assertThat(Pulse.state(Pulse.answered(word, 1))).isEqualTo(Pulse.QUIET);
        }
    }

    @Test
    void aRoundTripIsKeptToAFifthOfAPercentOverItsWholeRange() {
        assertThat(Pulse.roundTripNanos(Pulse.planned(5))).isZero();
        for (long nanos = 1; nanos < 1L << 49; nanos += 1 + nanos / 1_000) {
            long kept = Pulse.roundTripNanos(Pulse.answered(0, nanos));
            assertThat(kept).isPositive().isCloseTo(nanos, within(Math.max(1_024, nanos / 500)));
        }
    }

    @Test
    void aRoundTripBeyondTheRangeIsKeptAsTheLongest() {
        long longest = Pulse.roundTripNanos(Pulse.answered(0, Long.MAX_VALUE));

        assertThat(longest).isGreaterThan(Duration.ofDays(6).toNanos());
        assertThat(Pulse.state(Pulse.answered(0, Long.MAX_VALUE))).isEqualTo(Pulse.QUIET);
    }

    @Test
    void aStampOfHearingIsEvenAndOddOnceAPingHasBeenDecidedOn() {
        for (int stamp : new int[] {0, 1, 2, Integer.MAX_VALUE, Integer.MIN_VALUE, -1}) {
            int heard = Pulse.heardAt(stamp);
            assertThat(heard & 1).isZero();
            assertThat(stamp - heard).isBetween(0, 1);
            assertThat(Pulse.heardBeforePing(heard)).isEqualTo(heard + 1);
        }
    }

    private static Pulse.Decision decide(long word, int heard, int now) {
        return decide(word, heard, now, 0);
    }

    private static Pulse.Decision decide(long word, int heard, int now, int putOff) {
        return Pulse.decide(word, heard, now, now, LIMITS, putOff);
    }

    private static long fine(int stamp) {
        return (stamp & 0xFFFF_FFFFL) << 10;
    }
}
