package dev.heartbeat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.LivenessEvent.Lag;
import dev.heartbeat.LivenessEvent.Stall;
import dev.heartbeat.testkit.RecordingListener;
import dev.heartbeat.testkit.ScriptedPeer;
import dev.heartbeat.testkit.VirtualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Lateness that lasts makes every promise later, and is told once a minute. */
class LagTest extends DetectorTest {

    private static final Duration MINUTE = Duration.ofMinutes(1);

    @BeforeEach
    void watch() {
        peer("live").answering(Duration.ofMillis(84));
    }

    @ParameterizedTest(name = "late by {0} ms each time")
    @CsvSource({"300, 0.3, 0.55", "500, 0.2, 0.4", "800, 0.1, 0.25", "5000, 0.01, 0.05"})
    void isToldOnceAMinuteWithItsFactor(int late, double least, double most) {
        runLateFor(Duration.ofMinutes(5), Duration.ofMillis(late));

        assertThat(heard.of(Lag.class)).hasSizeBetween(4, 5).allSatisfy(lag -> {
            assertThat(lag.factor()).isBetween(least, most);
            assertThat(lag.length()).isBetween(MINUTE, MINUTE.plusSeconds(6));
        });
    }

    @Test
    void saysByHowMuchLaterADeadPeerIsFound() {
        ScriptedPeer dead = peerThatFallsMute();
        Duration died = clock.elapsed();
        while (dead.isOpen()) {
            runLateFor(Duration.ofMillis(300), Duration.ofMillis(300));
        }

        Duration found = clock.elapsed().minus(died);

        assertThat(found).isGreaterThan(POLICY.detectionTime());
        assertThat(heard.of(Lag.class)).isNotEmpty();
        double factor = heard.of(Lag.class).get(0).factor();
        assertThat(found.toMillis() * factor).isLessThan(POLICY.detectionTime().toMillis());
    }

    @Test
    void aPunctualProcessHasNone() {
        clock.advance(Duration.ofHours(1));

        assertThat(heard.of(Lag.class)).isEmpty();
    }

    @ParameterizedTest(name = "{0} s")
    @ValueSource(ints = {20, 50, 600})
    void aPauseThatStandsAloneIsAStallAndNoLag(int seconds) {
        for (int i = 0; i < 5; i++) {
            clock.advance(Duration.ofMinutes(3));
            clock.stall(Duration.ofSeconds(seconds));
        }
        clock.advance(Duration.ofMinutes(3));

        assertThat(heard.of(Stall.class)).hasSize(5);
        assertThat(heard.of(Lag.class)).isEmpty();
    }

    @Test
    void pausesThatFollowEachOtherAreBoth() {
        for (int i = 0; i < 20; i++) {
            clock.advance(Duration.ofSeconds(20));
            clock.stall(Duration.ofSeconds(16));
        }
        clock.advance(Duration.ofSeconds(2));

        assertThat(heard.of(Stall.class)).hasSize(20);
        assertThat(heard.of(Lag.class))
                .hasSizeBetween(8, 12)
                .allSatisfy(lag -> assertThat(lag.factor()).isBetween(0.4, 0.8));
    }

    @Test
    void aSuspendedMachineIsNotLate() {
        for (int i = 0; i < 20; i++) {
            clock.advance(Duration.ofSeconds(20));
            clock.suspend(Duration.ofMinutes(10));
        }

        assertThat(heard.of(Stall.class)).isNotEmpty();
        assertThat(heard.of(Lag.class)).isEmpty();
    }

    @Test
    void isToldOnceForAllEventLoops() {
        RecordingListener told = new RecordingListener();
        ZombieDetector onLoops = detector(POLICY, told);
        List<VirtualTime> loops = List.of(new VirtualTime(), new VirtualTime(), new VirtualTime());
        List<Heartbeat> heartbeats = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            if (i < 300 && i % 100 == 0) {
                heartbeats.add(onLoops.watch(new ScriptedPeer(clock, "peer"), loops.get(i / 100)));
            }
            clock.advance(Duration.ofMillis(10));
            clock.stall(Duration.ofMillis(290));
            loops.forEach(loop -> loop.stall(Duration.ofMillis(290)));
            loops.forEach(loop -> loop.advance(Duration.ofMillis(10)));
            heartbeats.forEach(Heartbeat::dataReceived);
        }

        assertThat(told.of(Lag.class)).hasSizeBetween(4, 5);
    }

    @Test
    void endsWhenTicksArePunctualAgain() {
        runLateFor(Duration.ofMinutes(3), Duration.ofMillis(300));
        int told = heard.of(Lag.class).size();

        clock.advance(Duration.ofMinutes(10));

        assertThat(heard.of(Lag.class).size()).isLessThanOrEqualTo(told + 1);
    }

    private void runLateFor(Duration duration, Duration late) {
        Duration end = clock.elapsed().plus(duration);
        while (clock.elapsed().compareTo(end) < 0) {
            clock.stall(late);
            clock.advance(Duration.ofMillis(1));
        }
    }
}
