package dev.heartbeat;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Random lives of random connections under random policies, each checked by {@link SuspiciousPeer}: at most one reap and
 * nothing after an end; every suspicion ends; a peer that answers in time is never reaped; a silent one is, neither too
 * early nor too late; never two pings behind each other.
 */
class InvariantsTest {

    @Test
    void everyRuleHoldsInEveryLife() {
        for (long seed = 0; seed < 1_500; seed++) {
            play(seed);
        }
    }

    @Test
    @Tag("stress-long")
    void everyRuleHoldsInLivesThatNobodyHasSeenYet() {
        for (int i = 0; i < 400_000; i++) {
            play(ThreadLocalRandom.current().nextLong());
        }
    }

    private static void play(long seed) {
        Scenario scenario = new Scenario(seed);
        scenario.play();
        assertThat(scenario.violations).as("new Scenario(%sL)", seed).isEmpty();
    }
}
