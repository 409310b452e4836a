package dev.heartbeat.internal.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;

/** Waits for what happens elsewhere, for as long as a slow machine may take. */
final class Await {

    private static final Duration LIMIT = Duration.ofMinutes(1);

    private Await() {}

    static void until(Callable<Boolean> condition) throws Exception {
        long begin = System.nanoTime();
        while (!condition.call()) {
            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(LIMIT);
            LockSupport.parkNanos(1_000_000);
        }
    }
}
