package dev.heartbeat.scale;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScaleOracleTest {

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void agreesWithANaiveOracleOverMillionsOfEvents(boolean onLoop) {
        Flock flock = new Flock(onLoop ? 1 : 2, 5_000, onLoop);

        flock.live(Duration.ofMinutes(3));

        assertThat(flock.violations).isEmpty();
        assertThat(flock.events).isGreaterThan(2_000_000);
        assertThat(flock.pings).isGreaterThan(200_000);
        assertThat(flock.suspicions).isGreaterThan(10_000);
        assertThat(flock.recoveries).isGreaterThan(10_000);
        assertThat(flock.reaps).isGreaterThan(200);
        assertThat(flock.terminations).isEqualTo(flock.reaps);
        assertThat(flock.watched()).isEqualTo((int) flock.living());
    }

    @RepeatedTest(20)
    @Tag("stress-long")
    void agreesWithANaiveOracleInFlocksThatNobodyHasSeenYet() {
        long seed = ThreadLocalRandom.current().nextLong();
        boolean onLoop = (seed & 1) == 0;
        int size = 100 + Math.floorMod(seed >> 1, 20_000);

        Flock flock = new Flock(seed, size, onLoop);
        flock.live(Duration.ofMinutes(30));

        assertThat(flock.violations)
                .as("new Flock(%dL, %d, %s)", seed, size, onLoop)
                .isEmpty();
    }
}
