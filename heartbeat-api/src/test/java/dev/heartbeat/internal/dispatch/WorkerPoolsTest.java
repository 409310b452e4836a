package dev.heartbeat.internal.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.heartbeat.testkit.VirtualTime;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WorkerPoolsTest {

    private static final Set<Thread.State> WAITS_OR_HAS_ENDED =
            EnumSet.of(Thread.State.TIMED_WAITING, Thread.State.TERMINATED);

    private final WorkerPools workers = WorkerPools.own(new OwnThreads());
    private final CountDownLatch released = new CountDownLatch(1);
    private final BlockingQueue<Thread> ran = new LinkedBlockingQueue<>();

    @AfterEach
    void close() {
        released.countDown();
        workers.close();
    }

    @Test
    void aTaskGetsAThreadOfItsOwnBeforeItWaitsForAnother() throws InterruptedException {
        for (int i = 0; i < 20; i++) {
            workers.pings.execute(this::block);
        }
        workers.pings.execute(() -> ran.add(Thread.currentThread()));

        assertThat(ran.poll(30, TimeUnit.SECONDS)).isNotNull();
    }

    @Test
    void aThreadThatIsDoneIsUsedAgain() throws InterruptedException {
        for (int i = 0; i < 200; i++) {
            workers.pings.execute(() -> ran.add(Thread.currentThread()));
            Thread worker = ran.poll(30, TimeUnit.SECONDS);
            assertThat(worker).isNotNull();
            awaitTrue(() -> WAITS_OR_HAS_ENDED.contains(worker.getState()));
        }

        assertThat(pool(workers.pings).getLargestPoolSize()).isLessThanOrEqualTo(3);
    }

    @Test
    void threadsAreBoundedAndWhatIsBeyondWaitsForOne() throws InterruptedException {
        Map<Executor, Integer> most = Map.of(workers.pings, 128, workers.events, 64, workers.reaps, 64);
        most.forEach((executor, bound) -> {
            for (int i = 0; i < bound + 50; i++) {
                executor.execute(this::block);
            }
            assertThat(pool(executor).getPoolSize()).isEqualTo(bound);
            assertThat(pool(executor).getQueue()).hasSize(50);
        });

        released.countDown();

        for (int i = 0; i < 128 + 64 + 64 + 150; i++) {
            assertThat(ran.poll(60, TimeUnit.SECONDS)).isNotNull();
        }
    }

    @Test
    void oneKindOfTroubleDoesNotHoldUpTheOthers() throws InterruptedException {
        for (int i = 0; i < 200; i++) {
            workers.pings.execute(this::block);
        }

        workers.events.execute(() -> ran.add(Thread.currentThread()));
        workers.reaps.execute(() -> ran.add(Thread.currentThread()));

        List<String> names = new ArrayList<>();
        names.add(ran.poll(30, TimeUnit.SECONDS).getName());
        names.add(ran.poll(30, TimeUnit.SECONDS).getName());
        assertThat(names).containsExactlyInAnyOrder("heartbeat-event-1", "heartbeat-reap-1");
    }

    @Test
    void threadsAreDaemonsThatKeepNothingOfTheirMaker() throws InterruptedException {
        ClassLoader webApplication = new ClassLoader() {};
        Thread current = Thread.currentThread();
        ClassLoader before = current.getContextClassLoader();
        current.setContextClassLoader(webApplication);
        try {
            workers.pings.execute(this::block);
        } finally {
            current.setContextClassLoader(before);
        }

        released.countDown();
        Thread worker = ran.poll(30, TimeUnit.SECONDS);
        assertThat(worker.isDaemon()).isTrue();
        assertThat(worker.getName()).isEqualTo("heartbeat-ping-1");
        assertThat(worker.getContextClassLoader()).isNotSameAs(webApplication);
    }

    @Test
    void threadsEndWhenTheyAreIdle() throws InterruptedException {
        ThreadPoolExecutor pool = pool(workers.events);
        pool.setKeepAliveTime(1, TimeUnit.MILLISECONDS);
        for (int i = 0; i < 30; i++) {
            pool.execute(() -> ran.add(Thread.currentThread()));
        }

        awaitTrue(() -> ran.size() == 30 && pool.getPoolSize() == 0);

        pool.execute(() -> ran.add(Thread.currentThread()));
        awaitTrue(() -> ran.size() == 31);
    }

    @Test
    void whatIsQueuedStillRunsAfterCloseAndNothingElseDoes() throws InterruptedException {
        for (int i = 0; i < 70; i++) {
            workers.reaps.execute(this::block);
        }

        workers.close();

        assertThatExceptionOfType(RejectedExecutionException.class)
                .isThrownBy(() -> workers.reaps.execute(() -> {}))
                .withMessage("the detector is closed");
        released.countDown();
        for (int i = 0; i < 70; i++) {
            assertThat(ran.poll(30, TimeUnit.SECONDS)).isNotNull();
        }
        assertThat(pool(workers.reaps).awaitTermination(30, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void anExecutorOfTheApplicationsIsLeftAlone() {
        VirtualTime theirs = new VirtualTime();
        WorkerPools borrowed = WorkerPools.on(theirs);

        borrowed.close();

        assertThat(theirs.isShutdown()).isFalse();
        assertThat(borrowed.pings).isSameAs(theirs);
    }

    private void block() {
        try {
            released.await();
        } catch (InterruptedException ending) {
            Thread.currentThread().interrupt();
        }
        ran.add(Thread.currentThread());
    }

    private static ThreadPoolExecutor pool(Executor executor) {
        return (ThreadPoolExecutor) executor;
    }

    private static void awaitTrue(BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime() - deadline).as("time left").isNegative();
            LockSupport.parkNanos(100_000);
        }
    }
}
