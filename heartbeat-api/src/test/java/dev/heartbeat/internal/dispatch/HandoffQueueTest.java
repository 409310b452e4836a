package dev.heartbeat.internal.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HandoffQueueTest {

    private static final Runnable FIRST = () -> {};
    private static final Runnable LAST = () -> {};

    private final HandoffQueue queue = new HandoffQueue();
    private final ThreadPoolExecutor pool = new ThreadPoolExecutor(
            0, 4, 50, TimeUnit.MICROSECONDS, queue, Thread::new, (task, full) -> queue.enqueue(task, full));

    @AfterEach
    void end() throws InterruptedException {
        pool.shutdown();
        assertThat(pool.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void takesNothingWhileNobodyWaits() {
        assertThat(queue.offer(() -> {})).isFalse();
        assertThat(queue).isEmpty();
    }

    /** Threads that give up waiting race with tasks that are handed to them, thousands of times. */
    @Test
    void losesNoTaskAndLetsNoneWaitBehindABlockedOne() throws InterruptedException {
        Semaphore ran = new Semaphore(0);
        for (int round = 0; round < 2_000; round++) {
            CountDownLatch blocked = new CountDownLatch(1);
            pool.execute(() -> await(blocked));
            LockSupport.parkNanos(ThreadLocalRandom.current().nextInt(100_000));
            pool.execute(ran::release);
            assertThat(ran.tryAcquire(30, TimeUnit.SECONDS))
                    .as("round %d", round)
                    .isTrue();
            blocked.countDown();
        }
    }

    @Test
    void runsMoreTasksThanThereMayBeThreads() throws InterruptedException {
        Semaphore ran = new Semaphore(0);
        for (int i = 0; i < 20_000; i++) {
            pool.execute(ran::release);
        }

        assertThat(ran.tryAcquire(20_000, 30, TimeUnit.SECONDS)).isTrue();
    }

    /** As a pool does that is shut down while it takes a task. */
    @Test
    void aTaskThatIsTakenBackLeavesItsThreadToTheNextOne() throws InterruptedException {
        CountDownLatch taken = new CountDownLatch(1);
        HandoffQueue shared = new HandoffQueue();
        Thread waiting = WorkerPools.daemon(
                () -> {
                    try {
                        while (shared.poll(1, TimeUnit.HOURS) != LAST) {
                            Thread.onSpinWait();
                        }
                        taken.countDown();
                    } catch (InterruptedException ending) {
                        Thread.currentThread().interrupt();
                    }
                },
                "waits for a task");
        waiting.start();

        retry(() -> shared.offer(FIRST) && shared.remove(FIRST));
        retry(() -> shared.offer(LAST));

        assertThat(taken.await(30, TimeUnit.SECONDS)).isTrue();
    }

    private static void retry(BooleanSupplier attempt) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!attempt.getAsBoolean()) {
            assertThat(System.nanoTime() - deadline).as("time left").isNegative();
            Thread.onSpinWait();
        }
    }

    @Test
    void findsAThreadForATaskThatComesWhenAllThatWereBusyHaveEnded() throws InterruptedException {
        Semaphore ran = new Semaphore(0);
        CountDownLatch blocked = new CountDownLatch(1);
        pool.setRejectedExecutionHandler((task, full) -> {
            blocked.countDown();
            while (full.getPoolSize() > 0) {
                LockSupport.parkNanos(100_000);
            }
            queue.enqueue(task, full);
        });
        for (int i = 0; i < pool.getMaximumPoolSize(); i++) {
            pool.execute(() -> await(blocked));
        }

        pool.execute(ran::release);

        assertThat(ran.tryAcquire(30, TimeUnit.SECONDS)).isTrue();
    }

    /** Tasks that are handed to waiting threads race with the end of their pool, hundreds of times. */
    @Test
    void keepsNoThreadOfAPoolThatIsShutDownWhileTasksCome() throws InterruptedException {
        for (int round = 0; round < 400; round++) {
            ThreadPoolExecutor ending = new ThreadPoolExecutor(0, 4, 1, TimeUnit.HOURS, new HandoffQueue());
            Thread[] sending = {new Thread(() -> sendUntilShutDown(ending)), new Thread(() -> sendUntilShutDown(ending))
            };
            for (Thread thread : sending) {
                thread.start();
            }
            LockSupport.parkNanos(ThreadLocalRandom.current().nextInt(200_000));

            ending.shutdown();

            assertThat(ending.awaitTermination(30, TimeUnit.SECONDS))
                    .as("round %d", round)
                    .isTrue();
            for (Thread thread : sending) {
                thread.join(30_000);
                assertThat(thread.isAlive()).as("waits for a lost task").isFalse();
            }
        }
    }

    @Test
    void takesNothingForAPoolThatHasEnded() throws InterruptedException {
        pool.shutdown();
        assertThat(pool.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
        pool.setRejectedExecutionHandler(new ThreadPoolExecutor.AbortPolicy());

        assertThatExceptionOfType(RejectedExecutionException.class).isThrownBy(() -> queue.enqueue(() -> {}, pool));
        assertThat(queue).isEmpty();
    }

    private static void sendUntilShutDown(ThreadPoolExecutor pool) {
        Semaphore ran = new Semaphore(0);
        while (!pool.isShutdown()) {
            try {
                pool.execute(ran::release);
                ran.acquireUninterruptibly();
            } catch (RejectedExecutionException allBusyOrShutDown) {
                Thread.onSpinWait();
            }
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException ending) {
            Thread.currentThread().interrupt();
        }
    }
}
