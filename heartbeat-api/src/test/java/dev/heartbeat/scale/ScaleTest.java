package dev.heartbeat.scale;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.heartbeat.Heartbeat;
import dev.heartbeat.HeartbeatPolicy;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScaleTest {

    private static final HeartbeatPolicy POLICY = HeartbeatPolicy.defaults();
    private static final Duration TICK = Duration.ofNanos(64L << 20);

    private final Population population = new Population(POLICY);

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aHerdThatRegistersWithinASecondIsNeverPingedInOneTick(boolean onLoop) {
        int herd = 200_000;
        for (int i = 0; i < herd; i++) {
            population.watch(true, onLoop);
            if (i % (herd / 15) == 0) {
                population.clock.advance(TICK);
            }
        }
        double level = (double) herd * TICK.toNanos() / POLICY.pingInterval().toNanos();

        for (int interval = 1; interval <= 12; interval++) {
            int most = 0;
            for (Duration passed = Duration.ZERO;
                    passed.compareTo(POLICY.pingInterval()) < 0;
                    passed = passed.plus(TICK)) {
                population.pings = 0;
                population.clock.advance(TICK);
                most = Math.max(most, population.pings);
            }
            assertThat(most / level)
                    .as("most pings in a tick of interval %d, times the level number", interval)
                    .isLessThan(1.6);
        }
    }

    @Test
    void aPeerThatNeverAnswersIsFoundAmongAMillion() {
        List<Heartbeat> live = new ArrayList<>();
        for (int i = 0; i < 1_000_000; i++) {
            if (i % 1_000 == 0) {
                population.watch(false);
            } else {
                live.add(population.watch(true).heartbeat);
            }
        }

        Duration step = Duration.ofSeconds(10);
        for (Duration passed = Duration.ZERO;
                passed.compareTo(POLICY.detectionTime()) < 0;
                passed = passed.plus(step)) {
            live.forEach(Heartbeat::dataReceived);
            population.clock.advance(step);
        }

        assertThat(population.reaps).isEqualTo(1_000);
        assertThat(population.detector.watched()).isEqualTo(live.size());
    }

    @Test
    void nothingIsAllocatedForActiveConnections() {
        List<Heartbeat> all = new ArrayList<>();
        for (int i = 0; i < 50_000; i++) {
            all.add(population.watch(true).heartbeat);
        }
        Duration step = Duration.ofSeconds(10);
        Runnable aMinute = () -> {
            for (int i = 0; i < 6; i++) {
                for (Heartbeat heartbeat : all) {
                    heartbeat.dataReceived();
                }
                population.clock.advance(step);
            }
        };
        aMinute.run();
        aMinute.run();

        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        aMinute.run();
        long allocated = threads.getCurrentThreadAllocatedBytes() - before;

        assertThat(allocated / (60e9 / TICK.toNanos()))
                .as("bytes a tick, the clock's own task included, whatever the number of connections")
                .isLessThan(1_000);
    }

    @Test
    void policiesFromAMillisecondToADayLiveInOneDetector() {
        List<Population.Peer> peers = new ArrayList<>();
        List<Duration> intervals = List.of(
                Duration.ofMillis(1),
                Duration.ofMillis(50),
                Duration.ofSeconds(1),
                Duration.ofSeconds(30),
                Duration.ofHours(1),
                Duration.ofDays(1));
        for (Duration interval : intervals) {
            Population.Peer peer = population.watch(true);
            peer.heartbeat.policy(
                    HeartbeatPolicy.builder().pingInterval(interval).build());
            peers.add(peer);
        }

        Duration span = Duration.ofMinutes(3);
        population.clock.advance(span);

        for (int i = 0; i < peers.size(); i++) {
            double most = (double) span.toNanos() / intervals.get(i).toNanos() * 8 / 7 + 1;
            double least =
                    Math.floor((double) span.toNanos() / (intervals.get(i).toNanos() + 3_200_000)) - 1;
            assertThat((double) peers.get(i).pingsHere)
                    .as("pings every %s within %s", intervals.get(i), span)
                    .isBetween(Math.max(0, least), most);
        }
        assertThat(population.reaps).isZero();
    }
}
