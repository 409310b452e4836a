package dev.heartbeat.jakarta;

import dev.heartbeat.Heartbeat;
import jakarta.websocket.MessageHandler;
import jakarta.websocket.PongMessage;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Passes a session's pongs on. A class, not a lambda: containers look at a handler's type. Reads the payload within the
 * call, since Tomcat, Jetty and Undertow reuse or free the buffer afterwards; throws nothing of its own, since Tomcat and
 * Jetty close the session for it.
 */
final class PongReceiver implements MessageHandler.Whole<PongMessage> {

    private final Watch watch;
    private final AtomicReference<MessageHandler.@Nullable Whole<PongMessage>> application = new AtomicReference<>();

    PongReceiver(Watch watch) {
        this.watch = watch;
    }

    @Override
    public void onMessage(PongMessage pong) {
        Heartbeat heartbeat = watch.heartbeat();
        boolean ours = heartbeat != null && heartbeat.pongReceived(pong.getApplicationData());
        MessageHandler.Whole<PongMessage> sharing = application.get();
        if (!ours && sharing != null) {
            watch.activity().started();
            try {
                sharing.onMessage(pong);
            } finally {
                watch.activity().ended();
            }
        }
    }

    /**
     * Passes the pongs that answer no ping of ours to a handler of the application's too.
     *
     * @throws IllegalStateException if it has one already
     */
    void share(String id, MessageHandler.Whole<PongMessage> handler) {
        if (!application.compareAndSet(null, handler)) {
            throw new IllegalStateException("session " + id + " has a pong handler already");
        }
    }

    /** Whether that was the application's handler; it is no longer. */
    boolean unshare(MessageHandler handler) {
        MessageHandler.Whole<PongMessage> sharing = application.get();
        return sharing == handler && application.compareAndSet(sharing, null);
    }

    MessageHandler.@Nullable Whole<PongMessage> shared() {
        return application.get();
    }
}
