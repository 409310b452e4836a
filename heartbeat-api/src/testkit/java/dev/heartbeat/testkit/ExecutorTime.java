package dev.heartbeat.testkit;

import dev.heartbeat.HeartbeatPolicy;
import dev.heartbeat.LivenessListener;
import dev.heartbeat.Ticker;
import dev.heartbeat.ZombieDetector;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * The time of an executor whose clock a test moves, such as the event loop of a Netty {@code EmbeddedChannel} that is frozen.
 * A detector that does not go by the same clock as its event loops finds nothing however far a test moves one of them.
 *
 * <pre>{@code
 * EmbeddedChannel channel = new EmbeddedChannel();
 * channel.freezeTime();
 * ExecutorTime time = new ExecutorTime(channel.eventLoop(), step -> {
 *     channel.advanceTimeBy(step.toNanos(), TimeUnit.NANOSECONDS);
 *     channel.runPendingTasks();
 * });
 * }</pre>
 *
 * <p>Belongs to the thread that moves the time, but for reading it.
 */
public final class ExecutorTime implements Ticker {

    /** In large steps ticks come late, which a detector takes for a pause of its process. */
    private static final Duration STEP = Duration.ofMillis(10);

    private static final long FAR_OFF_DAYS = 36_500;

    private final ScheduledExecutorService executor;
    private final Consumer<Duration> step;

    /** Never runs: it is there to say how far off it is, the one thing that an executor tells of its clock. */
    private final ScheduledFuture<?> farOff;

    /**
     * The time of an executor.
     *
     * @param executor whose clock it is
     * @param step moves that clock on, and runs what has become due
     */
    public ExecutorTime(ScheduledExecutorService executor, Consumer<Duration> step) {
        this.executor = executor;
        this.step = step;
        this.farOff = executor.schedule(() -> {}, FAR_OFF_DAYS, TimeUnit.DAYS);
        farOff.cancel(false);
    }

    @Override
    public long nanoTime() {
        return -farOff.getDelay(TimeUnit.NANOSECONDS);
    }

    /**
     * Makes a detector that lives in this time: calls of transports and listeners all run in {@link #advance}.
     *
     * @param policy the policy of its connections
     * @param listeners who is told
     * @return a detector, which the test closes
     */
    public ZombieDetector detector(HeartbeatPolicy policy, LivenessListener... listeners) {
        return ZombieDetector.builder(policy)
                .listeners(List.of(listeners))
                .ticker(this)
                .scheduler(executor)
                .executor(executor)
                .build();
    }

    /**
     * Lets time pass, in steps so small that no detector takes one for a pause of the process.
     *
     * @param duration how much time, rounded up to 10 ms
     */
    public void advance(Duration duration) {
        for (Duration left = duration; left.compareTo(Duration.ZERO) > 0; left = left.minus(STEP)) {
            step.accept(STEP);
        }
    }
}
