package dev.heartbeat.jakarta;

import dev.heartbeat.Heartbeat;
import jakarta.websocket.MessageHandler;
import jakarta.websocket.PongMessage;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The pong handler of a session. A class, not a lambda, because containers inspect a handler's type. Reads the payload
 * during the call, since Tomcat, Jetty and Undertow reuse or free the buffer afterwards; throws nothing of its own,
 * since Tomcat and Jetty close the session for an exception.
 */
final class PongReceiver implements MessageHandler.Whole<PongMessage> {

    private final Watch watch;
    private final AtomicReference<MessageHandler.@Nullable Whole<PongMessage>> applicationHandler =
            new AtomicReference<>();

    PongReceiver(Watch watch) {
        this.watch = watch;
    }

    @Override
    public void onMessage(PongMessage pong) {
        Heartbeat heartbeat = watch.heartbeat();
        boolean isAnswer = heartbeat != null && heartbeat.pongReceived(pong.getApplicationData());
        MessageHandler.Whole<PongMessage> handler = applicationHandler.get();
        if (!isAnswer && handler != null) {
            watch.activity().started();
            try {
                handler.onMessage(pong);
            } finally {
                watch.activity().ended();
            }
        }
    }

    /**
     * Forwards the pongs that answer no ping of ours to a handler of the application.
     *
     * @throws IllegalStateException if the application has a pong handler already
     */
    void forwardTo(String id, MessageHandler.Whole<PongMessage> handler) {
        if (!applicationHandler.compareAndSet(null, handler)) {
            throw new IllegalStateException("session " + id + " has a pong handler already");
        }
    }

    /**
     * Forwards no more pongs to a handler.
     *
     * @return whether pongs were forwarded to it
     */
    boolean stopForwardingTo(MessageHandler handler) {
        MessageHandler.Whole<PongMessage> current = applicationHandler.get();
        return current == handler && applicationHandler.compareAndSet(current, null);
    }

    MessageHandler.@Nullable Whole<PongMessage> applicationHandler() {
        return applicationHandler.get();
    }
}
