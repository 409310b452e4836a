package dev.heartbeat;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Whoever has closed a detector finds no thread of it, and waits for that no longer than anybody notices. */
class CloseTest {

    private static final HeartbeatPolicy QUICK = HeartbeatPolicy.builder()
            .pingInterval(Duration.ofMillis(40))
            .pongTimeout(Duration.ofMillis(40))
            .reapAfter(Duration.ofMillis(80))
            .holdCap(Duration.ZERO)
            .build();

    /** Less than a close waits, with the best of several tries. */
    private static final long AT_ONCE = TimeUnit.MILLISECONDS.toNanos(200);

    private final Set<Thread> seen = ConcurrentHashMap.newKeySet();
    private final CountDownLatch released = new CountDownLatch(1);
    private final ScheduledExecutorService loop = Executors.newSingleThreadScheduledExecutor();

    @AfterEach
    void end() {
        released.countDown();
        loop.shutdownNow();
    }

    @Test
    void leavesNoThreadAliveBehindItself() {
        for (int i = 0; i < 20; i++) {
            seen.clear();
            ZombieDetector detector = ZombieDetector.create(QUICK, new Noticing());
            detector.watch(new Mute());
            awaitThreads(4); // those that judge, ping, tell and terminate

            detector.close();

            assertThat(seen).noneMatch(Thread::isAlive);
        }
    }

    @Test
    void doesNotWaitForABlockedListenerForLong() {
        ZombieDetector detector = ZombieDetector.create(QUICK, new Blocking());
        detector.watch(new Mute());
        awaitThreads(3);

        long began = System.nanoTime();
        detector.close();

        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(10));
        assertThat(seen).anyMatch(Thread::isAlive);
    }

    @Test
    void doesNotWaitOnAnEventLoop() throws Exception {
        long best = Long.MAX_VALUE;
        for (int i = 0; i < 10 && best > AT_ONCE; i++) {
            seen.clear();
            ZombieDetector detector = ZombieDetector.create(QUICK, new Blocking());
            detector.watch(new Mute());
            awaitThreads(3);
            CountDownLatch ticked = new CountDownLatch(1);
            detector.watch(new Ticking(ticked), loop);
            assertThat(ticked.await(30, TimeUnit.SECONDS)).isTrue();
            best = Math.min(best, loop.submit(() -> nanosToClose(detector)).get());
        }

        assertThat(best).isLessThan(AT_ONCE);
    }

    private static long nanosToClose(ZombieDetector detector) {
        long began = System.nanoTime();
        detector.close();
        return System.nanoTime() - began;
    }

    private void awaitThreads(int number) {
        long began = System.nanoTime();
        while (seen.size() < number) {
            assertThat(System.nanoTime() - began).isLessThan(TimeUnit.SECONDS.toNanos(30));
            LockSupport.parkNanos(1_000_000);
        }
    }

    /** A peer that answers nothing. */
    private class Mute implements Connection {

        private volatile boolean open = true;

        @Override
        public String id() {
            return "mute";
        }

        @Override
        public boolean isOpen() {
            seen.add(Thread.currentThread());
            return open;
        }

        @Override
        public void ping(ByteBuffer payload) {
            seen.add(Thread.currentThread());
        }

        @Override
        public Termination terminate(ReapReason reason) {
            seen.add(Thread.currentThread());
            open = false;
            return Termination.freed("nothing");
        }
    }

    /** One that tells when its event loop has ticked. */
    private final class Ticking extends Mute {

        private final CountDownLatch ticked;

        Ticking(CountDownLatch ticked) {
            this.ticked = ticked;
        }

        @Override
        public void ping(ByteBuffer payload) {
            ticked.countDown();
        }
    }

    private class Noticing implements LivenessListener {

        @Override
        public void onTimeout(LivenessEvent.Timeout event) {
            seen.add(Thread.currentThread());
        }
    }

    private final class Blocking extends Noticing {

        @Override
        public void onTimeout(LivenessEvent.Timeout event) {
            super.onTimeout(event);
            try {
                released.await();
            } catch (InterruptedException stop) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
