package dev.heartbeat.jakarta;

import static dev.heartbeat.jakarta.Bench.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.LivenessEvent.Reap;
import dev.heartbeat.ReapReason;
import dev.heartbeat.testkit.RecordingListener;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/** What a detector made of the one peer of a test. */
record Verdicts(RecordingListener heard) {

    /** For a machine that is busy with other tests. */
    private static final Duration SLACK = Duration.ofSeconds(20);

    void staysAliveUntil(String what, BooleanSupplier condition) {
        await(what + ", or a reap")
                .until(() -> condition.getAsBoolean() || !heard.of(Reap.class).isEmpty());
        assertThat(heard.of(Reap.class)).extracting(Reap::explain).isEmpty();
    }

    void isReapedWithin(Duration bound, ReapReason... reasons) {
        long begin = System.nanoTime();
        await("a reap").until(() -> !heard.of(Reap.class).isEmpty());
        Duration took = Duration.ofNanos(System.nanoTime() - begin);

        assertThat(heard.of(Reap.class)).singleElement().satisfies(reap -> {
            assertThat(reap.reason()).as(reap.explain()).isIn((Object[]) reasons);
            assertThat(took).as(reap.explain()).isLessThan(bound.plus(SLACK));
        });
    }
}
