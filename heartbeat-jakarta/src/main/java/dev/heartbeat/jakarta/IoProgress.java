package dev.heartbeat.jakarta;

import jakarta.websocket.Session;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Whether the output of a session moves and input arrives, as seen from one call to the next. A live peer answers late
 * to a ping behind a large message; on Tomcat 11 that ping waits 20 s for the message and then closes the session, in
 * the middle of a download that was going well. A pong behind a large frame of the peer comes late as well, since
 * nothing can be sent between the bytes of a frame. For one thread, except {@link #beforePing}.
 */
final class IoProgress {

    private final Session session;
    private @Nullable TransportConnection connection;
    private boolean isConnectionResolved;
    private @Nullable Object pendingOutput;
    private @Nullable Object receivedInput;
    private long outputMovedAt;
    private volatile boolean hasInputArrived;
    private long inputArrivedAt;

    IoProgress(Session session) {
        this.session = session;
    }

    /**
     * Whether output is pending and some of it was seen to be sent within the patience, which is how long a live peer
     * may be silent as well. Output that is seen for the first time counts as moving.
     */
    boolean outputMoves(Duration patience) {
        TransportConnection transport = connection();
        Object before = pendingOutput;
        pendingOutput = transport == null ? null : transport.pendingOutput();
        if (pendingOutput == null) {
            return false;
        }
        long now = System.nanoTime();
        if (!pendingOutput.equals(before)) {
            outputMovedAt = now;
        }
        return now - outputMovedAt < patience.toNanos();
    }

    /** Whether input was seen to arrive within the patience and since the latest ping. */
    boolean inputArrives(Duration patience) {
        TransportConnection transport = connection();
        Object before = receivedInput;
        receivedInput = transport == null ? null : transport.receivedInput();
        long now = System.nanoTime();
        if (before != null && receivedInput != null && !receivedInput.equals(before)) {
            hasInputArrived = true;
            inputArrivedAt = now;
        }
        return hasInputArrived && now - inputArrivedAt < patience.toNanos();
    }

    /** A ping is about to be sent: input from before it does not tell whether the peer is alive now. Any thread. */
    void beforePing() {
        hasInputArrived = false;
    }

    private @Nullable TransportConnection connection() {
        if (!isConnectionResolved) {
            // Not in the constructor: the session is fully open only by the time its first ping is due.
            isConnectionResolved = true;
            connection = TransportConnection.find(session).orElse(null);
        }
        return connection;
    }
}
