package dev.heartbeat.jakarta;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for a condition, for so long that slowness is never a failure. */
final class Await {

    static final Duration GENEROUS = Duration.ofSeconds(60);

    private Await() {}

    /** How long it took to come true. */
    static Duration until(String what, BooleanSupplier condition) {
        return until(what, GENEROUS, condition);
    }

    static Duration until(String what, Duration limit, BooleanSupplier condition) {
        long start = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - start > limit.toNanos()) {
                throw new AssertionError("not within " + limit + ": " + what);
            }
            LockSupport.parkNanos(5_000_000);
        }
        return Duration.ofNanos(System.nanoTime() - start);
    }
}
