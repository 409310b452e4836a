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
        CheckedPopulation population = new CheckedPopulation(onLoop ? 1 : 2, 5_000, onLoop);

        population.live(Duration.ofMinutes(3));

        assertThat(population.violations).isEmpty();
        assertThat(population.events).isGreaterThan(2_000_000);
        assertThat(population.pings).isGreaterThan(200_000);
        assertThat(population.suspicions).isGreaterThan(10_000);
        assertThat(population.recoveries).isGreaterThan(10_000);
        assertThat(population.reaps).isGreaterThan(200);
        assertThat(population.terminations).isEqualTo(population.reaps);
        assertThat(population.watched()).isEqualTo((int) population.living());
    }

    @RepeatedTest(20)
    @Tag("stress-long")
    void agreesWithANaiveOracleInPopulationsThatNobodyHasSeenYet() {
        long seed = ThreadLocalRandom.current().nextLong();
        boolean onLoop = (seed & 1) == 0;
        int size = 100 + Math.floorMod(seed >> 1, 20_000);

        CheckedPopulation population = new CheckedPopulation(seed, size, onLoop);
        population.live(Duration.ofMinutes(30));

        assertThat(population.violations)
                .as("new CheckedPopulation(%dL, %d, %s)", seed, size, onLoop)
                .isEmpty();
    }
}
