package dev.heartbeat.jakarta;

import jakarta.websocket.CloseReason;
import jakarta.websocket.SendHandler;
import jakarta.websocket.Session;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The orderly close of a Tomcat session. With any code but 1000 Tomcat gives the message that is being sent and the close frame 50 ms
 * together, and then drops the connection without a close frame: too little for an application that sends without a pause, whose
 * messages wait for the peer. Here the close begins when that message has been sent, and has as much time as a close with 1000.
 * Until then it waits in Tomcat's queue and holds no thread, since a dead peer takes no message.
 */
final class TomcatClose {

    /** How long a close waits for the message before it, a Long of milliseconds. */
    private static final String CLOSE_SEND_TIMEOUT = "org.apache.tomcat.websocket.ABNORMAL_SESSION_CLOSE_SEND_TIMEOUT";

    /** Tomcat's own for a close with code 1000. */
    private static final Long LONGEST_SEND_MILLIS = 20_000L;

    /** Tomcat's own for a flush of the batch, which writes nothing where there is none. */
    private static final byte FLUSH = 0x18;

    private static final Logger log = LoggerFactory.getLogger(SessionHeartbeat.class);

    private final Session session;
    private final CloseReason reason;

    TomcatClose(Session session, CloseReason reason) {
        this.session = session;
        this.reason = reason;
    }

    /** Closes the session now, or when the message has been sent that is being sent. */
    void begin() throws IOException {
        if (!isEnqueued()) {
            close();
        }
    }

    private boolean isEnqueued() {
        return Reflection.field(session, "wsRemoteEndpoint", "messagePartInProgress") instanceof Semaphore permit
                && permit.availablePermits() == 0
                && enqueue(Reflection.field(session, "wsRemoteEndpoint"));
    }

    private boolean enqueue(@Nullable Object remote) {
        Method start = remote == null
                ? null
                : Reflection.declaredMethod(
                        remote, "startMessage", byte.class, ByteBuffer.class, boolean.class, SendHandler.class);
        if (start == null) {
            return false;
        }
        // The turn comes on a thread of the application's or of Tomcat's, which must not wait for the close handler.
        SendHandler turn = sent -> TerminationLadder.daemon(this::closeInTurn, "heartbeat-close-" + session.getId())
                .start();
        try {
            start.invoke(remote, FLUSH, null, true, turn);
            return true;
        } catch (ReflectiveOperationException | RuntimeException refused) {
            return false;
        }
    }

    private void closeInTurn() {
        try {
            close();
        } catch (IOException | RuntimeException closed) {
            log.debug("session {} does not close", session.getId(), closed);
        }
    }

    /** The time is for this close only: what terminates a session must not wait. */
    private void close() throws IOException {
        session.getUserProperties().putIfAbsent(CLOSE_SEND_TIMEOUT, LONGEST_SEND_MILLIS);
        session.close(reason);
    }
}
