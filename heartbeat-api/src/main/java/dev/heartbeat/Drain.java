package dev.heartbeat;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Closes the connections of one pacemaker, so many a tick that the last close frame goes out after half the time; the peers
 * have the other half to finish the handshake. The pacemaker's thread only.
 */
final class Drain {

    private static final Logger log = LoggerFactory.getLogger(ZombieDetector.class);

    private final int code;
    private final int length;
    private final CompletableFuture<Integer> terminated = new CompletableFuture<>();
    private final ArrayDeque<Heartbeat> toClose = new ArrayDeque<>();
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
        this.length = Stamp.of(within);
    }

    /** Completes with the number of connections that had to be terminated. */
    CompletableFuture<Integer> terminated() {
        return terminated;
    }

    void begin(List<Heartbeat> all, int now) {
        beginning = now;
        count = all.size();
        toClose.addAll(all);
    }

    /** Closes as many as should have been closed by now. */
    void tick(int now, Facts facts, Executor executor) {
        long closed = 2L * count * (now - beginning) / length;
        while (!toClose.isEmpty() && count - toClose.size() <= closed) {
            close(toClose.remove(), facts, executor);
        }
    }

    /** Whether the time is over: what is still open is to be terminated. */
    boolean isOver(int now) {
        return now - beginning >= length;
    }

    private void close(Heartbeat heartbeat, Facts facts, Executor executor) {
        Connection connection = heartbeat.connection();
        if (connection == null) {
            return;
        }
        facts.closing(heartbeat);
        try {
            executor.execute(() -> {
                Ask.toClose(connection, code);
                if (!Ask.isOpen(connection)) {
                    facts.closed(heartbeat);
                }
            });
        } catch (Throwable noThread) {
            log.debug("No thread to close {}; it is terminated when the time is over", Ask.id(connection), noThread);
        }
    }
}
