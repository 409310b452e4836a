package dev.heartbeat.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.HeartbeatPolicy;
import dev.heartbeat.LivenessEvent;
import dev.heartbeat.ZombieDetector;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.Test;

/** The clock of any executor can be read, and moved where the executor allows it. */
class ExecutorTimeTest {

    private final VirtualTime loop = new VirtualTime();
    private final ExecutorTime time = new ExecutorTime(loop, loop::advance);

    @Test
    void readsTheClockOfItsExecutorAndLeavesNothingThere() {
        long before = time.nanoTime();

        loop.advance(Duration.ofSeconds(3));

        assertThat(Duration.ofNanos(time.nanoTime() - before)).isEqualTo(Duration.ofSeconds(3));
        assertThat(loop.pending()).isZero();
    }

    @Test
    void readsTheClockOfARealExecutor() {
        ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor();
        try {
            long earliest = System.nanoTime();
            ExecutorTime real = new ExecutorTime(executor, step -> {});
            long first = real.nanoTime();
            long elapsed = real.nanoTime() - first;

            assertThat(elapsed).isBetween(0L, System.nanoTime() - earliest);
        } finally {
            executor.shutdownNow();
        }
    }

    @Test
    void movesADetectorThatSeesNoPause() {
        RecordingListener heard = new RecordingListener();
        try (ZombieDetector detector = time.detector(HeartbeatPolicy.defaults(), heard)) {
            ScriptedPeer peer = new ScriptedPeer(loop, "mute").watchedOnLoopBy(detector);

            time.advance(detector.policy().detectionTime());

            assertThat(heard.namesFor(peer)).containsExactly("timeout", "reap");
            assertThat(heard.of(LivenessEvent.Stall.class)).isEmpty();
        }
    }
}
