package dev.heartbeat.internal.engine;

import dev.heartbeat.internal.dispatch.DetectorLog;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;

/**
 * Whether a detector is ever told what applications say. Where nobody tells it, each of them seems silent, and no connection is
 * judged by that; said once. Any thread.
 */
final class MessageReports {

    private static final Logger log = DetectorLog.LOG;

    private final AtomicBoolean complained = new AtomicBoolean();
    private volatile boolean told;

    /** An application has said something. */
    void note() {
        if (!told) {
            told = true;
        }
    }

    boolean areTold() {
        return told;
    }

    /** A connection would be stale, had anything ever been told. */
    void complain() {
        if (!complained.get() && complained.compareAndSet(false, true)) {
            log.warn("staleAfter is set, but messageReceived() has never been called, so no connection is judged stale:"
                    + " call it on the connection's Heartbeat for each message that counts");
        }
    }
}
