package dev.heartbeat.jakarta;

import jakarta.websocket.Session;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What moves on the wire below a session. A ping behind a large message is answered late by a live peer; on Tomcat 11 it
 * waits 20 s for the message and then closes the session, in the middle of a download that was going well. A pong behind a
 * large frame of the peer's own comes late as well, since nothing comes between the bytes of a frame. For one thread, but for
 * {@link #asked}.
 */
final class Traffic {

    private final Session session;
    private @Nullable TransportConnection connection;
    private boolean looked;
    private @Nullable Object waiting;
    private @Nullable Object received;
    private long movedAt;
    private volatile boolean arrives;
    private long arrivedAt;

    Traffic(Session session) {
        this.session = session;
    }

    /**
     * Whether something waits to be sent and has been seen to move within the patience, which is how long a live peer may
     * keep silent as well. What is seen for the first time counts as moving.
     */
    boolean isLeaving(Duration patience) {
        TransportConnection transport = connection();
        Object before = waiting;
        waiting = transport == null ? null : transport.pendingOutput();
        if (waiting == null) {
            return false;
        }
        long now = System.nanoTime();
        if (!waiting.equals(before)) {
            movedAt = now;
        }
        return now - movedAt < patience.toNanos();
    }

    /** Whether bytes have been seen to come within the patience, since the latest ping. */
    boolean isArriving(Duration patience) {
        TransportConnection transport = connection();
        Object before = received;
        received = transport == null ? null : transport.receivedInput();
        long now = System.nanoTime();
        if (before != null && received != null && !received.equals(before)) {
            arrives = true;
            arrivedAt = now;
        }
        return arrives && now - arrivedAt < patience.toNanos();
    }

    /** A ping is sent: whatever has come before does not tell whether the peer lives now. Any thread. */
    void asked() {
        arrives = false;
    }

    private @Nullable TransportConnection connection() {
        if (!looked) {
            // Not before the session is fully open, which it is when its first ping is due.
            looked = true;
            connection = TransportConnection.find(session).orElse(null);
        }
        return connection;
    }
}
