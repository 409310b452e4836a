package dev.heartbeat.internal.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class OwnThreadsTest {

    private final OwnThreads threads = new OwnThreads();
    private final CountDownLatch released = new CountDownLatch(1);

    @AfterEach
    void release() {
        released.countDown();
    }

    @Test
    void waitsUntilEveryThreadHasEnded() {
        Thread one = started(() -> {});
        Thread other = started(() -> {});

        threads.awaitEnd(System.nanoTime() + TimeUnit.SECONDS.toNanos(30));

        assertThat(one.isAlive()).isFalse();
        assertThat(other.isAlive()).isFalse();
    }

    @Test
    void waitsNoLongerThanItMay() {
        Thread blocked = started(this::block);

        threads.awaitEnd(System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(20));

        assertThat(blocked.isAlive()).isTrue();
    }

    @Test
    void anInterruptEndsTheWaitAndStaysSet() {
        Thread blocked = started(this::block);
        Thread.currentThread().interrupt();

        assertThat(threads.mayWaitHere()).isFalse();
        threads.awaitEnd(System.nanoTime() + TimeUnit.DAYS.toNanos(1));

        assertThat(Thread.interrupted()).isTrue();
        assertThat(blocked.isAlive()).isTrue();
    }

    @Test
    void aThreadOfItsOwnMayNotWait() throws InterruptedException {
        AtomicBoolean mayWait = new AtomicBoolean(true);

        started(() -> mayWait.set(threads.mayWaitHere())).join();

        assertThat(mayWait).isFalse();
        assertThat(threads.mayWaitHere()).isTrue();
    }

    @Test
    void aThreadOfAnEventLoopMayNotWait() {
        threads.neverWaitHere();

        assertThat(threads.mayWaitHere()).isFalse();
    }

    private Thread started(Runnable task) {
        Thread thread = threads.make(task, "heartbeat-test");
        thread.start();
        return thread;
    }

    private void block() {
        try {
            released.await();
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }
}
