package dev.heartbeat.testkit;

import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;

/** Waits for a condition, so that the kit needs no library for it. */
final class Eventually {

    private static final long PAUSE_NANOS = 5_000_000;

    private Eventually() {}

    static void holds(String what, Callable<Boolean> condition) throws Exception {
        long begin = System.nanoTime();
        while (!condition.call()) {
            if (System.nanoTime() - begin > RawPeer.LIMIT.toNanos()) {
                throw new AssertionError("not within " + RawPeer.LIMIT + ": " + what);
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }
}
