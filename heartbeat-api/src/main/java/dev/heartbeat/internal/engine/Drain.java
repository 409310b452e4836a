package dev.heartbeat.internal.engine;

import dev.heartbeat.Connection;
import dev.heartbeat.internal.dispatch.DetectorLog;
import dev.heartbeat.internal.dispatch.SafeCalls;
import dev.heartbeat.internal.time.CoarseTime;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.slf4j.Logger;

/**
 * Closes the connections of one pacemaker, so many a tick that the last close frame goes out after half the time; the peers
 * have the other half to finish the handshake. The pacemaker's thread only.
 */
final class Drain {

    private static final Logger log = DetectorLog.LOG;

    private final int code;
    private final int length;
    private final CompletableFuture<Integer> terminated = new CompletableFuture<>();
    private final ArrayDeque<HeartbeatHandle> toClose = new ArrayDeque<>();
    private int beginning;
    private int count;

    /**
     * A drain that has yet to begin.
     *
     * @param code of the close frames
     * @param within the time for all of it
     */
    Drain(int code, Duration within) {
        this.code = code;
        this.length = CoarseTime.of(within);
    }

    /** Completes with the number of connections that had to be terminated. */
    CompletableFuture<Integer> terminated() {
        return terminated;
    }

    void begin(List<HeartbeatHandle> all, int now) {
        beginning = now;
        count = all.size();
        toClose.addAll(all);
    }

    /** Closes as many as should have been closed by now; whether the time is over. */
    boolean tick(int now, InboundEvents inbound, Executor executor) {
        long closed = 2L * count * (now - beginning) / length;
        while (!toClose.isEmpty() && count - toClose.size() <= closed) {
            close(toClose.remove(), inbound, executor);
        }
        return now - beginning >= length;
    }

    /** Reaps what is still open when the time is over. */
    void end(List<HeartbeatHandle> left, Reaper reaper) {
        left.forEach(reaper::reapUnfinished);
        end(left.size());
    }

    /** Is over, with so many connections that had to be terminated, unless it was before. */
    void end(int number) {
        terminated.complete(number);
    }

    boolean isOver() {
        return terminated.isDone();
    }

    private void close(HeartbeatHandle heartbeat, InboundEvents inbound, Executor executor) {
        Connection connection = heartbeat.connection();
        if (connection == null) {
            return;
        }
        inbound.closing(heartbeat);
        try {
            executor.execute(() -> {
                SafeCalls.toClose(connection, code);
                if (!SafeCalls.isOpen(connection)) {
                    inbound.closed(heartbeat);
                }
            });
        } catch (Throwable noThread) {
            log.debug(
                    "No thread to close {}; it is terminated when the time is over",
                    SafeCalls.id(connection),
                    noThread);
        }
    }
}
