package dev.heartbeat.internal.adaptive;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LogLinearScaleTest {

    private static final LogLinearScale SCALE = new LogLinearScale(10, 64);

    @Test
    void everyLengthOnTheScaleIsKnownToAnEighth() {
        for (int length = 1 << 10; length < 1 << 18; length += 37) {
            int step = SCALE.step(length);
            assertThat(SCALE.end(step)).as("end of %d", length).isGreaterThan(length);
            assertThat(SCALE.end(step)).as("end of %d", length).isLessThanOrEqualTo(length + length / 8 + 1);
        }
    }

    @Test
    void theEndOfAStepIsTheBeginningOfTheNext() {
        for (int step = 0; step < 63; step++) {
            assertThat(SCALE.step(SCALE.end(step))).isEqualTo(step + 1);
            assertThat(SCALE.step(SCALE.end(step) - 1)).isEqualTo(step);
        }
    }

    @Test
    void shorterLengthsAreBelowTheScaleAndLongerOnesAtItsEnd() {
        assertThat(SCALE.step(0)).isNegative();
        assertThat(SCALE.step(-5)).isNegative();
        assertThat(SCALE.step((1 << 10) - 1)).isNegative();
        assertThat(SCALE.step(1 << 10)).isZero();
        assertThat(SCALE.step(1 << 18)).isEqualTo(63);
        assertThat(SCALE.step(Integer.MAX_VALUE)).isEqualTo(63);
    }
}
