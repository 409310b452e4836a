package dev.heartbeat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.LivenessEvent.Closed;
import dev.heartbeat.LivenessEvent.OfConnection;
import dev.heartbeat.LivenessEvent.Pong;
import dev.heartbeat.LivenessEvent.Reap;
import dev.heartbeat.LivenessEvent.Recovery;
import dev.heartbeat.LivenessEvent.Timeout;
import dev.heartbeat.internal.engine.Internals;
import dev.heartbeat.internal.time.CoarseTime;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Facts from many threads against verdicts that fall due every few milliseconds: each connection ends exactly once. */
class RaceStressTest {

    private static final Duration ROUND = Duration.ofMillis(15);
    private static final long HALF_A_GRACE =
            CoarseTime.duration(Internals.GRACE / 2).toNanos();
    private static final int MOST_ARRIVALS = 50_000;
    private static final HeartbeatPolicy SHORT = policy(2);
    private static final HeartbeatPolicy LONGER = policy(7);

    private final Set<Thread> threadsBefore = heartbeatThreads();
    private final Queue<String> violations = new ConcurrentLinkedQueue<>();
    private final AtomicInteger reaps = new AtomicInteger();
    private final AtomicInteger others = new AtomicInteger();

    /** What threads do to a connection while its deadlines run out. */
    enum Race {
        TOUCH_AGAINST_VERDICT,
        PONG_AGAINST_DEADLINE,
        STOP_AGAINST_REAP,
        CLOSED_AGAINST_REAP,
        CLOSING_AGAINST_REAP,
        POLICY_AGAINST_EVERYTHING;

        void act(Racer racer) {
            ThreadLocalRandom random = ThreadLocalRandom.current();
            Race race = this == POLICY_AGAINST_EVERYTHING ? values()[random.nextInt(values().length - 1)] : this;
            racer.heartbeat.policy(this == race || random.nextBoolean() ? SHORT : LONGER);
            switch (race) {
                case TOUCH_AGAINST_VERDICT -> racer.heartbeat.dataReceived();
                case PONG_AGAINST_DEADLINE -> racer.heartbeat.pongReceived(racer.latest.duplicate());
                case STOP_AGAINST_REAP -> {
                    if (racer.isDue()) {
                        racer.stop();
                    }
                }
                case CLOSED_AGAINST_REAP -> {
                    if (racer.isDue()) {
                        racer.open = false;
                        racer.heartbeat.closed();
                    }
                    racer.heartbeat.pongReceived(racer.latest.duplicate());
                }
                default -> {
                    if (racer.isDue()) {
                        racer.heartbeat.closing();
                    }
                    racer.heartbeat.probe();
                }
            }
        }
    }

    @AfterEach
    void noThreadIsLeft() {
        awaitTrue("threads end", () -> threadsBefore.containsAll(heartbeatThreads()));
    }

    @ParameterizedTest
    @EnumSource(Race.class)
    void endsEachConnectionExactlyOnce(Race race) throws InterruptedException {
        run(race, Duration.ofMillis(400));
    }

    @ParameterizedTest
    @EnumSource(Race.class)
    @Tag("stress-long")
    void endsEachConnectionExactlyOnceForMinutes(Race race) throws InterruptedException {
        run(race, Duration.ofMinutes(1));
    }

    @Test
    void aDetectorThatClosesWhileConnectionsArriveKeepsNone() throws InterruptedException {
        for (int round = 0; round < 50; round++) {
            ZombieDetector detector = ZombieDetector.create(SHORT, new Referee());
            List<Racer> racers = new ArrayList<>();
            Thread watching = start(() -> {
                try {
                    while (racers.size() < MOST_ARRIVALS) {
                        Racer racer = new Racer();
                        racer.heartbeat = detector.watch(racer);
                        racers.add(racer);
                    }
                } catch (IllegalStateException closed) {
                    note(!"the detector is closed".equals(closed.getMessage()), closed.toString());
                }
            });
            LockSupport.parkNanos(ThreadLocalRandom.current().nextInt(2_000_000));

            detector.close();
            join(watching);

            assertThat(detector.watched()).isZero();
            awaitTrue(
                    "every connection is let go of",
                    () -> racers.stream()
                            .allMatch(racer ->
                                    Internals.connection(racer.heartbeat) == null && !racer.heartbeat.isWatched()));
        }
        assertThat(violations).isEmpty();
    }

    private void run(Race race, Duration length) throws InterruptedException {
        long end = System.nanoTime() + length.toNanos();
        try (ZombieDetector detector = ZombieDetector.create(SHORT, new Referee())) {
            do {
                List<Racer> racers = Stream.generate(Racer::new).limit(200).toList();
                racers.forEach(racer -> racer.heartbeat = detector.watch(racer));
                long start = System.nanoTime();
                racers.forEach(racer -> racer.endsWithin(start));
                long until = start + ROUND.toNanos();
                List<Thread> threads = Stream.generate(() -> start(() -> {
                            while (System.nanoTime() - until < 0) {
                                race.act(racers.get(ThreadLocalRandom.current().nextInt(racers.size())));
                            }
                        }))
                        .limit(4)
                        .toList();
                for (Thread thread : threads) {
                    join(thread);
                }
                awaitTrue("every watch ends", () -> detector.watched() == 0);
                awaitTrue("every end is told", () -> racers.stream().allMatch(Racer::isOver));
                racers.forEach(racer -> note(
                        racer.late != null && racer.ends.get() == 0, racer.late + " began after stop() had returned"));
            } while (System.nanoTime() - end < 0);
        }
        assertThat(violations).isEmpty();
        assertThat(reaps.get())
                .as("connections reaped, beside %s others", others)
                .isPositive();
    }

    private void note(boolean violation, String what) {
        if (violation) {
            violations.add(what);
        }
    }

    private final class Racer implements Connection {
        private final AtomicInteger ends = new AtomicInteger();
        private final AtomicInteger terminations = new AtomicInteger();
        private volatile ByteBuffer latest = ByteBuffer.allocate(0);
        private volatile Heartbeat heartbeat;
        private volatile boolean open = true;
        private volatile boolean stopped;
        private volatile boolean reaped;

        /** When the race may end it. */
        private long ending;

        /** When it was last asked whether it is open, as it is right before its verdict. */
        private volatile long asked;

        private volatile long stoppedAt;

        /** An event that began after stop() had returned: right only if something else had ended the watch before. */
        private volatile String late;

        /** Half of the racers are ended by the race, near their deadlines; the others by the verdict. */
        void endsWithin(long start) {
            ending = start + ThreadLocalRandom.current().nextLong(2 * ROUND.toNanos());
        }

        void stop() {
            heartbeat.stop();
            stoppedAt = System.nanoTime();
            stopped = true;
        }

        boolean isDue() {
            return System.nanoTime() - ending >= 0;
        }

        /** Whether it has ended by one of the ways there are, as far as anybody is told. */
        boolean isOver() {
            return stopped || (ends.get() == 1 && (!reaped || terminations.get() == 1));
        }

        @Override
        public String id() {
            return "racer";
        }

        @Override
        public boolean isOpen() {
            asked = System.nanoTime();
            return open;
        }

        @Override
        public void ping(ByteBuffer payload) {
            latest = payload;
        }

        @Override
        public Termination terminate(ReapReason reason) {
            note(terminations.incrementAndGet() > 1, "terminated twice");
            note(!reaped && System.nanoTime() - asked < HALF_A_GRACE, "terminated before onReap");
            return Termination.freed("test");
        }
    }

    /** Called for one connection by one thread at a time. */
    private final class Referee implements LivenessListener {

        /** When this thread was last seen between two callbacks: the next one had not begun then. */
        private final ThreadLocal<Long> lastCallback = new ThreadLocal<>();

        private void check(OfConnection event) {
            Racer racer = (Racer) event.connection();
            String name = event.getClass().getSimpleName();
            note(racer.ends.get() > 0, name + " after the end");
            Long last = lastCallback.get();
            if (racer.stopped && last != null && last - racer.stoppedAt > 0) {
                racer.late = name;
            }
            if (event instanceof Reap || event instanceof Closed) {
                racer.reaped = event instanceof Reap;
                (racer.reaped ? reaps : others).incrementAndGet();
                racer.ends.incrementAndGet();
            }
            lastCallback.set(System.nanoTime());
        }

        @Override
        public void onPong(Pong event) {
            check(event);
        }

        @Override
        public void onTimeout(Timeout event) {
            check(event);
        }

        @Override
        public void onRecovery(Recovery event) {
            check(event);
        }

        @Override
        public void onReap(Reap event) {
            check(event);
        }

        @Override
        public void onClose(Closed event) {
            check(event);
        }
    }

    private static Thread start(Runnable task) {
        Thread thread = new Thread(task, "race");
        thread.start();
        return thread;
    }

    private static void join(Thread thread) throws InterruptedException {
        thread.join(60_000);
        assertThat(thread.isAlive()).as("still running").isFalse();
    }

    private static void awaitTrue(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime() - deadline)
                    .as("time left until " + what)
                    .isNegative();
            LockSupport.parkNanos(500_000);
        }
    }

    private static Set<Thread> heartbeatThreads() {
        Set<Thread> threads = new HashSet<>(Thread.getAllStackTraces().keySet());
        threads.removeIf(thread -> !thread.getName().startsWith("heartbeat-"));
        return threads;
    }

    private static HeartbeatPolicy policy(int millis) {
        return HeartbeatPolicy.builder()
                .pingInterval(Duration.ofMillis(millis))
                .pongTimeout(Duration.ofMillis(millis))
                .reapAfter(Duration.ofMillis(2L * millis))
                .build();
    }
}
