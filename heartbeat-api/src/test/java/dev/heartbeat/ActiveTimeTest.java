package dev.heartbeat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.LivenessEvent.Stall;
import dev.heartbeat.testkit.ScriptedPeer;
import dev.heartbeat.testkit.VirtualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Time in which we could not listen does not count. */
class ActiveTimeTest extends DetectorTest {

    private static final Duration LONG_PAUSE = Duration.ofMinutes(2);

    @Test
    void aPauseOfOursReapsNobody() {
        List<ScriptedPeer> peers = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            peers.add(peer("live " + i).answering(Duration.ofMillis(300)));
        }
        clock.advance(Duration.ofMinutes(2));

        clock.stall(LONG_PAUSE);
        clock.advance(Duration.ofMinutes(5));

        assertThat(peers).allSatisfy(peer -> assertThat(heard.namesFor(peer)).containsOnly("pong"));
    }

    @Test
    void aPauseWhileAPingIsOutDoesNotCountAgainstThePeer() {
        ScriptedPeer peer = peerThatFallsMute();
        clock.advance(TIMEOUT.minus(Duration.ofSeconds(1)));

        clock.stall(LONG_PAUSE);
        clock.advance(SLACK);
        peer.pongLatest();
        clock.advance(Duration.ofSeconds(5));

        assertThat(heard.namesFor(peer)).containsExactly("pong", "pong");
    }

    @Test
    void aZombieIsStillReapedWithinTheBoundAfterThePause() {
        ScriptedPeer peer = peerThatFallsMute();

        clock.stall(LONG_PAUSE);
        clock.advance(POLICY.detectionTime());

        assertThat(heard.namesFor(peer)).containsExactly("pong", "timeout", "reap");
    }

    @Test
    void whatArrivedDuringThePauseIsReadBeforeAnyVerdict() {
        ScriptedPeer peer = peerThatFallsMute();
        clock.advance(PATIENCE.minus(Duration.ofMillis(200)));

        clock.stall(LONG_PAUSE);
        clock.advance(Duration.ofMillis(1_500));
        peer.heartbeat().dataReceived();
        clock.advance(Duration.ofSeconds(20));

        assertThat(heard.namesFor(peer)).containsExactly("pong", "timeout", "recovery");
    }

    @Test
    void aVerdictWaitsForAFullPassOfListeningAfterTheDeadline() {
        ScriptedPeer peer = peerThatFallsMute();
        clock.advance(PATIENCE.minus(Duration.ofMillis(30)));

        clock.stall(Duration.ofMillis(120));
        clock.runDue();

        assertThat(heard.namesFor(peer)).containsExactly("pong", "timeout");
    }

    @Test
    void aPauseIsAnEventThatSaysHowLongAndHowManyVerdictsWait() {
        peerThatFallsMute();
        peerThatFallsMute();

        clock.stall(Duration.ofSeconds(10));
        clock.advance(Duration.ofSeconds(5));

        assertThat(heard.of(Stall.class)).singleElement().satisfies(stall -> {
            assertThat(stall.lost()).isCloseTo(Duration.ofSeconds(10), Duration.ofMillis(150));
            assertThat(stall.pingsOut()).isPositive();
        });
    }

    @Test
    void aPauseOfManyEventLoopsIsOneEvent() {
        ZombieDetector onLoops = detector(POLICY, heard);
        List<VirtualTime> loops = List.of(new VirtualTime(), new VirtualTime(), new VirtualTime());
        loops.forEach(loop -> onLoops.watch(new ScriptedPeer(clock, "peer"), loop));
        advanceAll(loops, Duration.ofSeconds(40));

        clock.stall(Duration.ofSeconds(10));
        loops.forEach(loop -> loop.stall(Duration.ofSeconds(10)));
        advanceAll(loops, Duration.ofSeconds(3));

        assertThat(heard.of(Stall.class)).singleElement().satisfies(stall -> {
            assertThat(stall.lost()).isCloseTo(Duration.ofSeconds(10), Duration.ofMillis(150));
            assertThat(stall.pingsOut()).isEqualTo(3);
        });
    }

    private void advanceAll(List<VirtualTime> loops, Duration duration) {
        Duration step = Duration.ofMillis(10);
        for (Duration passed = Duration.ZERO; passed.compareTo(duration) < 0; passed = passed.plus(step)) {
            clock.advance(step);
            loops.forEach(loop -> loop.advance(step));
        }
    }

    @Test
    void aSuspendedMachineIsAPauseAlthoughItsTickerStandsStill() {
        ScriptedPeer peer = peerThatFallsMute();
        clock.advance(PATIENCE.minus(Duration.ofMillis(200)));

        clock.suspend(LONG_PAUSE);
        clock.advance(Duration.ofMillis(1_500));
        peer.pongLatest();
        clock.advance(Duration.ofSeconds(5));

        assertThat(heard.namesFor(peer)).containsExactly("pong", "timeout", "recovery", "pong");
        assertThat(heard.of(Stall.class)).extracting(Stall::lost).containsExactly(LONG_PAUSE);
    }

    @Test
    void aMachineThatIsAlwaysLateStillReaps() {
        ScriptedPeer peer = peer("mute");

        for (int i = 0; i < 4_000; i++) {
            clock.stall(Duration.ofMillis(300));
            clock.advance(Duration.ofMillis(70));
        }

        assertThat(heard.namesFor(peer)).containsExactly("timeout", "reap");
    }

    @Test
    void aClockThatRunsBackwardsHarmsNobody() {
        long[] offset = {0};
        ZombieDetector warped = ZombieDetector.builder(POLICY)
                .listeners(List.of(heard))
                .ticker(() -> clock.nanoTime() + offset[0])
                .scheduler(clock)
                .executor(clock)
                .build();
        ScriptedPeer live =
                new ScriptedPeer(clock, "live").answering(Duration.ofMillis(84)).watchedBy(warped);
        clock.advance(Duration.ofMinutes(1));

        offset[0] -= Duration.ofHours(1).toNanos();
        clock.advance(Duration.ofMinutes(1));
        offset[0] += Duration.ofHours(9).toNanos();
        clock.advance(Duration.ofMinutes(1));

        assertThat(heard.namesFor(live)).containsOnly("pong");
    }

    @Test
    void timeMayWrapAround() {
        ScriptedPeer live = peer("live").answering(Duration.ofMillis(84));
        ScriptedPeer mute = peer("mute");
        long before = clock.nanoTime();

        clock.advance(POLICY.detectionTime());

        assertThat(clock.nanoTime()).isLessThan(before);
        assertThat(heard.namesFor(live)).containsOnly("pong");
        assertThat(heard.namesFor(mute)).containsExactly("timeout", "reap");
    }
}
