package dev.heartbeat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.testkit.ScriptedPeer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A herd that comes at once is pinged evenly over the whole first interval, however long that is. */
class FirstPingTest extends DetectorTest {

    private static final int HERD = 400;

    /** Kolmogorov's bound: evenly distributed samples stray farther from a straight line once in a thousand times. */
    private static final double FARTHEST = 1.95 / Math.sqrt(HERD);

    @ParameterizedTest(name = "every {0}, on a loop {1}")
    @CsvSource({
        "PT30S, true", "PT240S, true", "PT1H, true", "PT24H, true",
        "PT30S, false", "PT240S, false", "PT1H, false", "PT24H, false"
    })
    void comesEvenlyAtRandomWithinTheFirstInterval(Duration interval, boolean onLoop) {
        ZombieDetector patient = detector(HeartbeatPolicy.builder()
                .pingInterval(interval)
                .holdCap(Duration.ZERO) // or else the herd, which answers nothing, is held
                .build());
        List<ScriptedPeer> herd = new ArrayList<>();
        for (int i = 0; i < HERD; i++) {
            ScriptedPeer peer = new ScriptedPeer(clock, "peer " + i);
            herd.add(onLoop ? peer.watchedOnLoopBy(patient) : peer.watchedBy(patient));
        }

        clock.advance(interval.plus(SLACK));

        List<Duration> firsts =
                herd.stream().map(peer -> peer.pings().get(0)).sorted().toList();
        assertThat(farthestFromEven(firsts, interval)).isLessThan(FARTHEST);
    }

    private static double farthestFromEven(List<Duration> sorted, Duration interval) {
        double farthest = 0;
        for (int i = 0; i < sorted.size(); i++) {
            double share = (double) sorted.get(i).toNanos() / interval.toNanos();
            farthest = Math.max(farthest, Math.abs(share - (i + 0.5) / sorted.size()));
        }
        return farthest;
    }
}
