package dev.heartbeat.micrometer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import dev.heartbeat.HeartbeatPolicy;
import dev.heartbeat.ZombieDetector;
import dev.heartbeat.testkit.ScriptedPeer;
import dev.heartbeat.testkit.VirtualTime;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class HeartbeatMetricsTest {

    private static final HeartbeatPolicy POLICY =
            HeartbeatPolicy.builder().staleAfter(Duration.ofSeconds(50)).build();

    private final VirtualTime clock = new VirtualTime();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final HeartbeatMetrics metrics = new HeartbeatMetrics(registry);
    private final ZombieDetector detector = metrics.monitor(ZombieDetector.builder(POLICY)
            .listeners(List.of(metrics))
            .ticker(clock)
            .scheduler(clock)
            .executor(Runnable::run)
            .build());

    @Test
    void timesRoundTrips() {
        peer("cp1").answering(Duration.ofMillis(80));

        clock.advance(Duration.ofSeconds(65));

        assertThat(registry.timer("heartbeat.roundtrip").count()).isEqualTo(2);
        assertThat(registry.timer("heartbeat.roundtrip").max(TimeUnit.MILLISECONDS))
                .isBetween(79.0, 81.0);
    }

    @Test
    void countsTimeoutsReapsByReasonAndWhatWasFreed() {
        peer("cp1").mute();

        clock.advance(POLICY.detectionTime());

        assertThat(registry.counter("heartbeat.timeouts").count()).isEqualTo(1);
        assertThat(registry.counter("heartbeat.reaps", "reason", "no-answer").count())
                .isEqualTo(1);
        assertThat(registry.counter("heartbeat.terminations", "freed", "true").count())
                .isEqualTo(1);
    }

    @Test
    void timesNearMisses() {
        ScriptedPeer peer = peer("cp1").answering(Duration.ofSeconds(25));

        clock.advance(Duration.ofSeconds(57));

        assertThat(peer.isOpen()).isTrue();
        assertThat(registry.timer("heartbeat.recoveries").count()).isEqualTo(1);
        assertThat(registry.timer("heartbeat.recoveries").max(TimeUnit.SECONDS)).isBetween(24.9, 25.1);
    }

    @Test
    void gaugesWatchedAndSuspectPeers() {
        peer("cp1").answering(Duration.ofMillis(80));
        ScriptedPeer suspect = peer("cp2").answering(Duration.ofMillis(80));
        clock.advance(Duration.ofSeconds(33));
        suspect.mute().heartbeat().probe();

        clock.advance(Duration.ofSeconds(12));

        assertThat(registry.get("heartbeat.watched").gauge().value()).isEqualTo(2);
        assertThat(registry.get("heartbeat.suspects").gauge().value()).isEqualTo(1);
    }

    @Test
    void timesStallsAndHolds() {
        for (int i = 0; i < 40; i++) {
            peer("cp" + i).mute();
        }
        clock.advance(POLICY.detectionTime());
        assertThat(registry.get("heartbeat.holding").gauge().value()).isEqualTo(1);
        clock.stall(Duration.ofSeconds(5));
        clock.advance(POLICY.holdCap().plusMinutes(5));

        assertThat(registry.timer("heartbeat.stalls").count()).isEqualTo(1);
        assertThat(registry.timer("heartbeat.holds").count()).isEqualTo(1);
        assertThat(registry.get("heartbeat.holding").gauge().value()).isZero();
    }

    @Test
    void countsLateMinutes() {
        peer("cp1").answering(Duration.ofMillis(80));
        for (int i = 0; i < 500; i++) {
            clock.stall(Duration.ofMillis(300));
            clock.advance(Duration.ofMillis(10));
        }

        assertThat(registry.counter("heartbeat.lags").count()).isEqualTo(2);
    }

    @Test
    void countsClosesQuirksStalenessAndTakeovers() {
        ScriptedPeer older = peer("cp1").answering(Duration.ofMillis(80));
        older.heartbeat().identify("device");
        ScriptedPeer newer = peer("cp1 again").answering(Duration.ofMillis(80));
        newer.heartbeat().identify("device");
        newer.heartbeat().messageReceived();
        clock.advance(Duration.ofSeconds(55));
        newer.pong("forged");
        newer.heartbeat().closed();
        clock.runDue();

        assertThat(registry.counter("heartbeat.stale").count()).isEqualTo(2);
        assertThat(registry.counter("heartbeat.quirks", "quirk", "foreign-pongs")
                        .count())
                .isEqualTo(1);
        assertThat(registry.counter("heartbeat.takeovers", "contested", "false").count())
                .isEqualTo(1);
        assertThat(registry.counter("heartbeat.closes").count()).isEqualTo(1);
    }

    @Test
    void countsTheMistakesOfADryRun() {
        ZombieDetector dry = ZombieDetector.builder(POLICY)
                .listeners(List.of(metrics))
                .ticker(clock)
                .scheduler(clock)
                .executor(Runnable::run)
                .dryRun()
                .build();
        new ScriptedPeer(clock, "cp1").watchedBy(dry).answering(Duration.ofSeconds(50));

        clock.advance(Duration.ofSeconds(100));

        assertThat(registry.counter("heartbeat.mistakes").count()).isEqualTo(1);
    }

    @Test
    void noMeterIsTaggedByConnectionOrDevice() {
        countsTimeoutsReapsByReasonAndWhatWasFreed();

        assertThat(registry.getMeters())
                .extracting(Meter::getId)
                .flatExtracting(Meter.Id::getTags)
                .extracting(Tag::getKey)
                .allMatch(Set.of("reason", "freed")::contains);
    }

    @Test
    void refusesNull() {
        assertThatNullPointerException()
                .isThrownBy(() -> new HeartbeatMetrics(null))
                .withMessage("registry");
        assertThatNullPointerException().isThrownBy(() -> metrics.monitor(null)).withMessage("detector");
    }

    private ScriptedPeer peer(String id) {
        return new ScriptedPeer(clock, id).watchedBy(detector);
    }
}
