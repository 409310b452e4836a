package dev.heartbeat.stress;

import dev.heartbeat.HeartbeatPolicy;
import dev.heartbeat.LivenessEvent;
import dev.heartbeat.ZombieDetector;
import dev.heartbeat.testkit.RecordingListener;
import dev.heartbeat.testkit.ScriptedPeer;
import dev.heartbeat.testkit.VirtualTime;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/** One mute peer on an event loop in virtual time, brought to the brink of a verdict, and all that becomes of it. */
final class VerdictRace {

    private static final Duration TICK = Duration.ofNanos(1 << 20);
    private static final long LONGEST_MOMENT = 8_000;

    /** Short settings, so that a verdict is some ticks away; no second ping comes into its way. */
    private static final HeartbeatPolicy POLICY = HeartbeatPolicy.builder()
            .pingInterval(Duration.ofMillis(1))
            .pongTimeout(Duration.ofMillis(2))
            .reapAfter(Duration.ofMillis(5))
            .build();

    private static final int TICKS_TO_TIMEOUT = ticksTo(LivenessEvent.Timeout.class);
    private static final int TICKS_TO_REAP = ticksTo(LivenessEvent.Reap.class);

    private final VirtualTime clock = new VirtualTime();
    private final RecordingListener told = new RecordingListener();
    final ZombieDetector detector = ZombieDetector.builder(POLICY)
            .ticker(clock)
            .listeners(List.of(told))
            .build();
    final ScriptedPeer peer = new ScriptedPeer(clock, "race");

    /** A peer that is suspect after the next tick. */
    static VerdictRace beforeTimeout() {
        return new VerdictRace().watched().ticks(TICKS_TO_TIMEOUT - 1);
    }

    /** A suspect that is reaped in the next tick. */
    static VerdictRace beforeReap() {
        return new VerdictRace().watched().ticks(TICKS_TO_REAP - 1);
    }

    VerdictRace watched() {
        peer.watchedOnLoopBy(detector);
        return this;
    }

    VerdictRace ticks(int ticks) {
        for (int i = 0; i < ticks; i++) {
            clock.advance(TICK);
        }
        return this;
    }

    /** Lets a random moment pass, up to about as long as a tick takes, so that a fact meets every part of the verdict. */
    static void aMoment() {
        long began = System.nanoTime();
        long moment = ThreadLocalRandom.current().nextLong(LONGEST_MOMENT);
        while (System.nanoTime() - began < moment) {
            Thread.onSpinWait();
        }
    }

    /** How many events of a kind the listener was told. */
    int count(Class<? extends LivenessEvent> type) {
        return told.of(type).size();
    }

    private static int ticksTo(Class<? extends LivenessEvent> verdict) {
        VerdictRace race = new VerdictRace().watched();
        int ticks = 0;
        while (race.count(verdict) == 0) {
            race.ticks(1);
            ticks++;
        }
        return ticks;
    }
}
