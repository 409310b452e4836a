package dev.heartbeat.internal.time;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CoarseTimeTest {

    private static final long STAMP = 1L << 20;
    private static final long FINE = 1L << 10;

    /** Where the int of a stamp changes sign, where its 32 bits and the 42 of a fine one wrap, and where nanoTime does. */
    private static final long[] EDGES = {0, 1L << 51, 1L << 52, -(1L << 51), Long.MAX_VALUE, Long.MIN_VALUE};

    @Test
    void aStampIsTheUpperPartOfAFineOne() {
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < 100_000; i++) {
            long nanos = random.nextLong();
            assertThat(CoarseTime.coarse(CoarseTime.fineAt(nanos))).isEqualTo(CoarseTime.at(nanos));
        }
    }

    @Test
    void stampsAreSubtractedAcrossEveryWrap() {
        for (long edge : EDGES) {
            long before = edge - 3 * STAMP;
            long after = edge + 4 * STAMP;

            assertThat(CoarseTime.at(after) - CoarseTime.at(before))
                    .as("around %s", edge)
                    .isEqualTo(7);
        }
    }

    @Test
    void fineStampsAreSubtractedAcrossEveryWrap() {
        for (long edge : EDGES) {
            long before = edge - 3 * FINE;
            long after = edge + 4 * FINE;

            assertThat(CoarseTime.nanosBetween(CoarseTime.fineAt(before), CoarseTime.fineAt(after)))
                    .as("around %s", edge)
                    .isEqualTo(7 * FINE);
        }
    }

    @Test
    void aFineStampIsNeverFarFromAnEarlierOne() {
        long from = CoarseTime.fineAt(1L << 52);

        assertThat(CoarseTime.nanosBetween(from, from)).isZero();
        assertThat(CoarseTime.nanosBetween(from, CoarseTime.fineAt((1L << 52) - FINE)))
                .isZero();
        assertThat(CoarseTime.nanosBetween(
                        from, CoarseTime.fineAt((1L << 52) - Duration.ofDays(20).toNanos())))
                .isZero();
    }

    @Test
    void twentyDaysFitBetweenTwoFineStamps() {
        long days = Duration.ofDays(20).toNanos();

        assertThat(CoarseTime.nanosBetween(CoarseTime.fineAt(-days / 2), CoarseTime.fineAt(days / 2)))
                .isBetween(days - FINE, days + FINE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT0.001S", "PT0.002S", "PT0.01S", "PT1S", "PT10S", "PT30S", "PT1H", "P1D"})
    void aDurationIsCoveredByItsStampsAndNotByOneLess(String text) {
        Duration duration = Duration.parse(text);
        int stamps = CoarseTime.of(duration);

        assertThat(CoarseTime.duration(stamps)).isGreaterThanOrEqualTo(duration);
        assertThat(CoarseTime.duration(stamps - 1)).isLessThan(duration);
    }

    @Test
    void theShortestDurationIsAStampAndNoDurationIsNone() {
        assertThat(CoarseTime.of(Duration.ofMillis(1))).isOne();
        assertThat(CoarseTime.of(Duration.ofNanos(STAMP))).isOne();
        assertThat(CoarseTime.of(Duration.ofNanos(STAMP + 1))).isEqualTo(2);
        assertThat(CoarseTime.of(Duration.ZERO)).isZero();
    }
}
