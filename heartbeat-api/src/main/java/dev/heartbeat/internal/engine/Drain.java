package dev.heartbeat.internal.engine;

import dev.heartbeat.Connection;
import dev.heartbeat.internal.dispatch.DetectorLog;
import dev.heartbeat.internal.dispatch.SafeCalls;
import dev.heartbeat.internal.time.CoarseTime;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.stream.Collectors;
import org.slf4j.Logger;

/**
 * Closes the connections of one pacemaker, so many a tick that the last close frame goes out after half the time; the peers
 * have most of the other half to finish the handshake, and what is held then is cut. The pacemaker's thread only.
 */
final class Drain {

    /** The most time that is kept for cutting, in stamps: two seconds. */
    private static final int LONGEST_CUT = 1_907;

    private static final int MOST_NAMED = 10;

    private static final Logger log = DetectorLog.LOG;

    private final int code;
    private final int length;
    private final int untilCut;
    private final CompletableFuture<Integer> terminated = new CompletableFuture<>();
    private final ArrayDeque<HeartbeatHandle> toClose = new ArrayDeque<>();
    private final List<Reaping> cut = new CopyOnWriteArrayList<>(); // it may end on another thread than the pacemaker's
    private volatile boolean hasCut;
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
        this.untilCut = length - Math.min(LONGEST_CUT, length / 4);
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

    /** Closes as many as should have been closed by now; whether it is time to cut the rest. */
    boolean isTimeToCut(int now, InboundEvents inbound, Executor executor) {
        long closed = 2L * count * (now - beginning) / length;
        while (!toClose.isEmpty() && count - toClose.size() <= closed) {
            close(toClose.remove(), inbound, executor);
        }
        return !hasCut && now - beginning >= untilCut;
    }

    /** Cuts what is still held. */
    void cut(List<HeartbeatHandle> left, Reaper reaper) {
        hasCut = true;
        cut.addAll(left.stream()
                .map(reaper::reapUnfinished)
                .filter(Objects::nonNull)
                .toList());
    }

    /** Is over when nothing is watched or cut any more, or its time is. */
    void endIfOver(int now, int watched) {
        boolean isCutting = cut.stream().anyMatch(reaping -> !reaping.isFinished());
        if ((watched == 0 && !isCutting) || now - beginning >= length) {
            end();
        }
    }

    /** Is over, unless it was before; names what is not known to be free. */
    void end() {
        if (terminated.complete(cut.size())) {
            List<Reaping> held =
                    cut.stream().filter(reaping -> !reaping.hasFreed()).toList();
            if (!held.isEmpty()) {
                log.warn(
                        "The drain is over, {} of {} connections are not known to be free: {}",
                        held.size(),
                        count,
                        names(held));
            }
        }
    }

    /** Whether what is left is being cut, or has been. */
    boolean hasCut() {
        return hasCut;
    }

    boolean isOver() {
        return terminated.isDone();
    }

    private static String names(List<Reaping> held) {
        String names = held.stream()
                .limit(MOST_NAMED)
                .map(reaping -> SafeCalls.id(reaping.event.connection()))
                .collect(Collectors.joining(", "));
        return held.size() > MOST_NAMED ? names + " and others" : names;
    }

    private void close(HeartbeatHandle heartbeat, InboundEvents inbound, Executor executor) {
        Connection connection = heartbeat.connection();
        if (connection == null) {
            return;
        }
        inbound.closing(heartbeat);
        try {
            executor.execute(new DrainClose(heartbeat, connection, code, inbound));
        } catch (Throwable noThread) {
            log.debug(
                    "No thread to close {}; it is terminated when the time is over",
                    SafeCalls.id(connection),
                    noThread);
        }
    }

    /** The orderly close of one connection, which may block. No record: that is as much as foreign code says it is. */
    private static final class DrainClose implements Runnable {

        private final HeartbeatHandle heartbeat;
        private final Connection connection;
        private final int code;
        private final InboundEvents inbound;

        DrainClose(HeartbeatHandle heartbeat, Connection connection, int code, InboundEvents inbound) {
            this.heartbeat = heartbeat;
            this.connection = connection;
            this.code = code;
            this.inbound = inbound;
        }

        @Override
        public void run() {
            SafeCalls.toClose(connection, code);
            if (!SafeCalls.isOpen(connection)) {
                inbound.closed(heartbeat);
            }
        }

        @Override
        public String toString() {
            return "close of " + SafeCalls.id(connection);
        }
    }
}
