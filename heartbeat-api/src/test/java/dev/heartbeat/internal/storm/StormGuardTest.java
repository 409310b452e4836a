package dev.heartbeat.internal.storm;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** When many peers that are silent at once make a storm, and when it is over; without a detector. */
class StormGuardTest {

    private final StormGuard storm = new StormGuard(0);
    private int second;

    @Test
    void lastsAQuarterAsLongAgainAsTheManyWereSilent() {
        watch(100);
        storm.suspects(50);
        pass(20);
        assertThat(storm.holds()).isTrue();

        storm.suspects(-50);
        pass(4);
        assertThat(storm.holds()).isTrue();
        pass(3);
        assertThat(storm.holds()).isFalse();
    }

    @Test
    void lastsAQuarterOfAMinuteLongerAtMost() {
        watch(100);
        storm.suspects(50);
        pass(120);
        storm.suspects(-50);

        pass(14);
        assertThat(storm.holds()).isTrue();
        pass(3);
        assertThat(storm.holds()).isFalse();
    }

    @Test
    void tenSuspectsOrThreeInAHundredAreNone() {
        watch(100);
        storm.suspects(10);
        pass(1);
        assertThat(storm.holds()).isFalse();

        watch(900);
        storm.suspects(20);
        pass(1);
        assertThat(storm.holds()).isFalse();
        storm.suspects(1);
        pass(1);
        assertThat(storm.holds()).isTrue();
    }

    @Test
    void aShareThatIsUsualIsNone() {
        watch(1_000);
        storm.suspects(60);
        pass(7_200);

        assertThat(storm.holds()).as("6 % for hours").isFalse();
        storm.suspects(240);
        pass(1);
        assertThat(storm.holds()).as("30 % all of a sudden").isTrue();
    }

    private void watch(int more) {
        storm.watched(more);
        storm.tick(nanos(), nanos(), TimeUnit.SECONDS.toNanos(30));
    }

    private void pass(int seconds) {
        for (int i = 0; i < seconds; i++) {
            second++;
            storm.tick(nanos(), nanos(), TimeUnit.SECONDS.toNanos(30));
        }
    }

    private long nanos() {
        return TimeUnit.SECONDS.toNanos(second);
    }
}
