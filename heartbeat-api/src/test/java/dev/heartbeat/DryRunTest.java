package dev.heartbeat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.LivenessEvent.Mistake;
import dev.heartbeat.LivenessEvent.Reap;
import dev.heartbeat.testkit.ScriptedPeer;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A detector that judges, tells, touches nothing, and counts how often it was wrong. */
class DryRunTest extends DetectorTest {

    private final ZombieDetector dry = ZombieDetector.builder(POLICY)
            .listeners(List.of(heard))
            .ticker(clock)
            .scheduler(clock)
            .executor(clock)
            .dryRun()
            .build();

    private final ScriptedPeer peer = new ScriptedPeer(clock, "tried").watchedBy(dry);

    @Test
    void tellsOfAVerdictOnceAndTerminatesNothing() {
        clock.advance(POLICY.detectionTime().multipliedBy(10));

        assertThat(heard.namesFor(peer)).containsExactly("timeout", "reap");
        assertThat(peer.terminations()).isEmpty();
        assertThat(peer.heartbeat().isWatched()).isTrue();
        Reap reap = heard.of(Reap.class).get(0);
        assertThat(reap.termination().toCompletableFuture().join()).isEqualTo(Termination.notFreed("dry run"));
    }

    @Test
    void countsPeersThatLiveInSpiteOfTheirVerdict() {
        ScriptedPeer dead = new ScriptedPeer(clock, "dead").watchedBy(dry);
        clock.advance(POLICY.detectionTime());

        clock.advance(Duration.ofSeconds(12));
        peer.pongLatest();
        clock.advance(SLACK);

        assertThat(heard.namesFor(peer)).containsExactly("timeout", "reap", "mistake", "recovery", "pong");
        assertThat(heard.namesFor(dead)).containsExactly("timeout", "reap");
        Mistake mistake = heard.of(Mistake.class).get(0);
        assertThat(mistake.mistakes()).isOne();
        assertThat(mistake.verdicts()).isEqualTo(2);
        assertThat(mistake.afterVerdict())
                .isBetween(Duration.ofSeconds(12), Duration.ofSeconds(12).plus(INTERVAL));
    }

    @Test
    void judgesAnewAfterAMistake() {
        clock.advance(POLICY.detectionTime());
        peer.pongLatest();

        Duration roundTrip = peer.heartbeat().lastRoundTrip().orElseThrow();
        clock.advance(INTERVAL.plus(roundTrip).plus(roundTrip).plus(SLACK).plus(SLACK));

        assertThat(heard.namesFor(peer))
                .containsExactly("timeout", "reap", "mistake", "recovery", "pong", "timeout", "reap");
    }

    @Test
    void aDrainTerminatesAllTheSame() {
        clock.advance(POLICY.detectionTime());

        dry.drain(1001, Duration.ofSeconds(10));
        clock.advance(Duration.ofSeconds(12));

        assertThat(peer.terminations()).isNotEmpty();
    }

    @Test
    void aPongDoesNotRefuteThatTheApplicationIsSilentAndAMessageDoes() {
        HeartbeatPolicy strict = POLICY.toBuilder()
                .staleAfter(Duration.ofMinutes(1))
                .reapStale(true)
                .build();
        ScriptedPeer meter = new ScriptedPeer(clock, "meter").answering(Duration.ofMillis(84));
        meter.watchedBy(dry).heartbeat().policy(strict);
        meter.heartbeat().messageReceived();

        clock.advance(Duration.ofMinutes(10));
        assertThat(heard.namesFor(meter))
                .contains("pong")
                .containsOnlyOnce("reap")
                .doesNotContain("mistake");

        meter.heartbeat().messageReceived();
        clock.advance(Duration.ofMinutes(10));
        assertThat(heard.namesFor(meter)).containsOnlyOnce("mistake");
        assertThat(heard.of(Reap.class))
                .filteredOn(reap -> reap.connection() == meter)
                .hasSize(2);
    }

    @Test
    void aConnectionThatMakesRoomWithoutAQuestionIsNotPinged() {
        ZombieDetector superseding = ZombieDetector.builder(
                        HeartbeatPolicy.builder().supersede(true).build())
                .listeners(List.of(heard))
                .ticker(clock)
                .scheduler(clock)
                .executor(clock)
                .dryRun()
                .build();
        ScriptedPeer older = new ScriptedPeer(clock, "older")
                .answering(Duration.ofMillis(50))
                .watchedBy(superseding);
        clock.advance(Duration.ofMinutes(1));
        older.heartbeat().identify("cp-17");
        int before = older.pings().size();

        ScriptedPeer newer = new ScriptedPeer(clock, "newer")
                .answering(Duration.ofMillis(50))
                .watchedBy(superseding);
        newer.heartbeat().identify("cp-17");
        clock.advance(Duration.ofSeconds(2));

        assertThat(heard.of(Reap.class))
                .filteredOn(reap -> reap.connection() == older)
                .extracting(Reap::reason)
                .containsExactly(ReapReason.SUPERSEDED);
        assertThat(older.pings()).hasSize(before);
        assertThat(heard.namesFor(older)).doesNotContain("mistake");
    }

    @Test
    void noVerdictOnAPeerThatAnswersWhileItIsReached() {
        ScriptedPeer justInTime = new ScriptedPeer(clock, "just in time") {
            @Override
            public Hindrance hindrance() {
                if (heartbeat().isSuspect()) {
                    pongLatest();
                }
                return Hindrance.NONE;
            }
        };
        justInTime.watchedBy(dry);

        clock.advance(INTERVAL.plus(PATIENCE).plus(SLACK));

        assertThat(heard.namesFor(justInTime))
                .startsWith("timeout", "recovery", "pong")
                .doesNotContain("reap", "mistake");
    }
}
