package dev.heartbeat.netty;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for what happens on other threads, long enough for the slowest machine. */
final class Await {

    private static final Duration LIMIT = Duration.ofSeconds(120);

    private Await() {}

    /** Returns as soon as a condition holds. */
    static void until(BooleanSupplier condition) {
        long begin = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - begin > LIMIT.toNanos()) {
                throw new AssertionError("not so within " + LIMIT);
            }
            LockSupport.parkNanos(1_000_000);
        }
    }
}
