package dev.heartbeat.internal.engine;

import static java.util.Objects.requireNonNullElse;

import dev.heartbeat.Connection;
import dev.heartbeat.LivenessEvent;
import dev.heartbeat.LivenessEvent.Evidence;
import dev.heartbeat.ReapReason;
import dev.heartbeat.Termination;
import dev.heartbeat.internal.dispatch.DetectorLog;
import dev.heartbeat.internal.dispatch.SafeCalls;
import dev.heartbeat.internal.dispatch.WorkerPools;
import dev.heartbeat.internal.text.LogText;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import org.slf4j.Logger;

/** One verdict on its way from the listeners to a freed file descriptor. */
final class Reaping {

    private static final Logger log = DetectorLog.LOG;

    /** How long listeners may look at the connection before it is terminated all the same, in stamps: a second. */
    static final int GRACE = 954;

    final LivenessEvent.Reap event;

    /** When the grace is over. */
    final int deadline;

    private final CompletableFuture<Termination> termination = new CompletableFuture<>();
    private final AtomicBoolean begun = new AtomicBoolean();
    /** Whether the descriptor is that of a connection which carries others as well, so that it is not this one's to free. */
    private final boolean isShared;

    private final Executor executor;
    private final BiConsumer<Reaping, Termination> whenTerminated;

    /**
     * A verdict that nobody has been told of.
     *
     * @param isShared whether its descriptor is that of a connection which carries others as well
     * @param executor where the connection is terminated, and listeners to that are told
     * @param whenTerminated told of what the transport says; has {@link #tell} called
     */
    Reaping(
            Connection connection,
            ReapReason reason,
            Evidence evidence,
            int now,
            boolean isShared,
            Executor executor,
            BiConsumer<Reaping, Termination> whenTerminated) {
        this.event = new LivenessEvent.Reap(connection, reason, evidence, termination.minimalCompletionStage());
        this.deadline = now + GRACE;
        this.isShared = isShared;
        this.executor = executor;
        this.whenTerminated = whenTerminated;
    }

    /** Terminates the connection, on the executor, unless that has begun. Where no thread can be had it has not begun. */
    void begin() {
        if (!begun.compareAndSet(false, true)) {
            return;
        }
        try {
            execute(new Terminate(), "heartbeat-reap");
        } catch (Throwable noThread) {
            begun.set(false);
        }
    }

    boolean hasBegun() {
        return begun.get();
    }

    /** Whether it has been said what became of the connection. */
    boolean isFinished() {
        return termination.isDone();
    }

    /** Whether the descriptor is known to be free, as far as it is this connection's to free. */
    boolean hasFreed() {
        return termination.isDone() && (isShared || termination.join().freed());
    }

    /** Has it said on the executor what became of the connection: whoever waits for that is foreign code. */
    void finish(Termination result) {
        try {
            execute(() -> tell(result), "heartbeat-reap");
        } catch (Throwable noThread) {
            tell(result);
        }
    }

    private void execute(Runnable task, String name) {
        try {
            executor.execute(task);
        } catch (RejectedExecutionException shutDown) {
            WorkerPools.daemon(task, name).start();
        }
    }

    /** Has a name, for whoever has to say what holds a thread. */
    private final class Terminate implements Runnable {

        @Override
        public void run() {
            Termination result;
            try {
                result = requireNonNullElse(
                        event.connection().terminate(event.reason()),
                        Termination.notFreed("the connection returned null"));
            } catch (Throwable thrown) {
                result = Termination.notFreed(LogText.of(thrown));
            }
            whenTerminated.accept(Reaping.this, result);
        }

        @Override
        public String toString() {
            return "termination of " + SafeCalls.id(event.connection());
        }
    }

    /** Says what became of the connection, on a thread of the executor. */
    void tell(Termination result) {
        try {
            report(result);
        } finally {
            termination.complete(result);
        }
    }

    private void report(Termination result) {
        if (!result.freed() && isShared) {
            log.info(
                    "Reaped {}: {}; {}",
                    SafeCalls.id(event.connection()),
                    event.explain(),
                    LogText.oneLine(result.means()));
        } else if (!result.freed()) {
            log.warn(
                    "Reaped {}: {}; not known to be freed: {}",
                    SafeCalls.id(event.connection()),
                    event.explain(),
                    LogText.oneLine(result.means()));
        } else if (log.isInfoEnabled()) {
            log.info(
                    "Reaped {}: {}; freed by {}",
                    SafeCalls.id(event.connection()),
                    event.explain(),
                    LogText.oneLine(result.means()));
        }
    }
}
