package dev.heartbeat.scale;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.HeartbeatPolicy;
import dev.heartbeat.testkit.VirtualTime;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScaleLongRunTest {

    private static final HeartbeatPolicy POLICY = HeartbeatPolicy.defaults();

    /** What a ping may be late: a bucket, and the tick after it. */
    private static final Duration TWO_TICKS = Duration.ofMillis(135);

    /** Moments in which a reading, its upper half or a stamp of 32 or 42 bits changes its sign or starts from zero. */
    @ParameterizedTest
    @ValueSource(longs = {Long.MAX_VALUE, -1, 0x7FFF_FFFFL << 20, 0xFFFF_FFFFL << 20, (1L << 51) - 1, (1L << 52) - 1})
    void livesThroughTheWrapsOfItsStamps(long wrap) {
        Duration before = Duration.ofMinutes(3);
        Population population = new Population(POLICY, wrap - before.toNanos() - new VirtualTime().nanoTime());

        live(population, Duration.ofMinutes(9));
    }

    /** As many days as it takes a stamp to wrap around twice. */
    @Test
    @Tag("stress-long")
    void livesForAHundredDays() {
        live(new Population(POLICY), Duration.ofDays(110));
    }

    private static void live(Population population, Duration span) {
        Population.Peer live = population.watch(true);
        Duration passed = Duration.ZERO;
        for (; passed.compareTo(span) < 0; passed = passed.plus(POLICY.detectionTime())) {
            int before = population.reaps;
            population.watch(false);
            population.clock.advance(POLICY.detectionTime());
            assertThat(population.reaps).as("reaps after %s", passed).isEqualTo(before + 1);
        }
        assertThat(live.heartbeat.isWatched()).isTrue();
        double level = (double) passed.toMillis() / POLICY.pingInterval().toMillis();
        double least = (double) passed.toMillis()
                / POLICY.pingInterval().plus(TWO_TICKS).toMillis();
        assertThat((double) live.pingsHere).isBetween(least - 2, level * 8 / 7 + 2);
    }

    @Test
    void tenMillionTimesWatchingAndStoppingLeavesNothingBehind() {
        churn(10_000_000);
    }

    private static void churn(int pairs) {
        Population population = new Population(HeartbeatPolicy.defaults());
        Population.Peer staying = population.watch(true);
        Duration tick = Duration.ofMillis(67);
        int aTick = 1_000;
        pairs(population, 100_000, aTick, tick);
        population.clock.advance(Duration.ofMinutes(3));
        long before = HeapUse.surviving();
        int threads = ManagementFactory.getThreadMXBean().getThreadCount();

        long most = 0;
        for (int done = 0; done < pairs; done += pairs / 10) {
            pairs(population, pairs / 10, aTick, tick);
            most = Math.max(most, HeapUse.surviving() - before);
        }

        assertThat(most).as("bytes held while connections come and go").isLessThan(3_000_000);
        population.clock.advance(Duration.ofMinutes(3));
        assertThat(HeapUse.surviving() - before).as("bytes held afterwards").isLessThan(1_000_000);
        assertThat(ManagementFactory.getThreadMXBean().getThreadCount()).isLessThanOrEqualTo(threads + 2);
        assertThat(population.detector.watched()).isOne();
        assertThat(staying.heartbeat.isWatched()).isTrue();
    }

    private static void pairs(Population population, int pairs, int aTick, Duration tick) {
        Population.Peer[] batch = new Population.Peer[aTick];
        for (int done = 0; done < pairs; done += aTick) {
            for (int i = 0; i < aTick; i++) {
                batch[i] = population.watch(true);
            }
            population.clock.advance(tick);
            for (Population.Peer peer : batch) {
                peer.heartbeat.stop();
            }
        }
    }
}
