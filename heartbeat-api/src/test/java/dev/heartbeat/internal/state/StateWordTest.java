package dev.heartbeat.internal.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.heartbeat.internal.time.CoarseTime;
import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class StateWordTest {

    private record Moment(int sent) {

        long asked() {
            return StateWord.asked(StateWord.planned(sent), fine(sent));
        }

        long suspected() {
            return StateWord.suspected(asked());
        }
    }

    @Test
    void theProgressOfACallSurvivesEveryVerdictButItsEnd() {
        long asked = new Moment(7).asked();
        assertThat(StateWord.call(asked)).isEqualTo(StateWord.CALL_QUEUED);

        long called = StateWord.calling(asked, fine(9));
        assertThat(StateWord.call(called)).isEqualTo(StateWord.CALL_RUNNING);
        assertThat(StateWord.call(StateWord.suspected(called))).isEqualTo(StateWord.CALL_RUNNING);
        assertThat(StateWord.call(StateWord.settled(called))).isEqualTo(StateWord.CALL_RUNNING);
        assertThat(StateWord.call(StateWord.closing(called, fine(9)))).isEqualTo(StateWord.CALL_RUNNING);
        assertThat(StateWord.call(StateWord.asked(StateWord.settled(called), fine(12))))
                .isEqualTo(StateWord.CALL_RUNNING);

        long returned = StateWord.returned(called);
        assertThat(StateWord.call(returned)).isEqualTo(StateWord.NO_CALL);
        assertThat(StateWord.state(returned)).isEqualTo(StateWord.WAITING);
        assertThat(StateWord.sent(returned)).isEqualTo(fine(9));
    }

    @Test
    void noTransitionTouchesMoreThanItsOwnPartOfTheWord() {
        SplittableRandom random = new SplittableRandom(2);
        for (int i = 0; i < 10_000; i++) {
            long sent = CoarseTime.fineAt(random.nextLong());
            long trip = random.nextLong(1L << 45);
            long word = StateWord.asked(StateWord.answered(StateWord.planned(random.nextInt()), trip), sent);
            long kept = StateWord.roundTripNanos(word);

            assertThat(StateWord.sent(word)).isEqualTo(sent);
            assertThat(kept).isCloseTo(trip, within(Math.max(1_024, trip / 500)));
            for (long next : new long[] {
                StateWord.suspected(word),
                StateWord.settled(word),
                StateWord.returned(word),
                StateWord.calling(word, sent)
            }) {
                assertThat(StateWord.sent(next)).isEqualTo(sent);
                assertThat(StateWord.roundTripNanos(next)).isEqualTo(kept);
            }
            assertThat(StateWord.unanswered(word)).isTrue();
            assertThat(StateWord.unanswered(StateWord.settled(word))).isFalse();
            assertThat(StateWord.state(StateWord.suspected(word))).isEqualTo(StateWord.SUSPECT);
            assertThat(StateWord.state(StateWord.answered(word, 1))).isEqualTo(StateWord.QUIET);
        }
    }

    @Test
    void aRoundTripIsKeptToAFifthOfAPercentOverItsWholeRange() {
        assertThat(StateWord.roundTripNanos(StateWord.planned(5))).isZero();
        for (long nanos = 1; nanos < 1L << 49; nanos += 1 + nanos / 1_000) {
            long kept = StateWord.roundTripNanos(StateWord.answered(0, nanos));
            assertThat(kept).isPositive().isCloseTo(nanos, within(Math.max(1_024, nanos / 500)));
        }
    }

    @Test
    void aRoundTripBeyondTheRangeIsKeptAsTheLongest() {
        long longest = StateWord.roundTripNanos(StateWord.answered(0, Long.MAX_VALUE));

        assertThat(longest).isGreaterThan(Duration.ofDays(6).toNanos());
        assertThat(StateWord.state(StateWord.answered(0, Long.MAX_VALUE))).isEqualTo(StateWord.QUIET);
    }

    @Test
    void aStampOfHearingIsEvenAndOddOnceAPingHasBeenDecidedOn() {
        for (int stamp : new int[] {0, 1, 2, Integer.MAX_VALUE, Integer.MIN_VALUE, -1}) {
            int heard = HeardStamp.at(stamp);
            assertThat(heard & 1).isZero();
            assertThat(stamp - heard).isBetween(0, 1);
            assertThat(HeardStamp.askedSince(heard)).isEqualTo(heard + 1);
        }
    }

    private static long fine(int stamp) {
        return (stamp & 0xFFFF_FFFFL) << 10;
    }
}
