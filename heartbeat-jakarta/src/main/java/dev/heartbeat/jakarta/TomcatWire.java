package dev.heartbeat.jakarta;

import jakarta.websocket.CloseReason;
import jakarta.websocket.CloseReason.CloseCodes;
import jakarta.websocket.Session;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.channels.Channel;
import java.nio.channels.SelectableChannel;
import java.nio.channels.Selector;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * Tomcat's socket below its session. After a close Tomcat waits 30 s for the peer's close frame, and then up to 10 s for its
 * background thread; {@code WsSession.onClose}, which is what that frame would have led to, ends the wait at once. Not while
 * the application's close handler is running, though: then only a private field leads to the socket.
 */
final class TomcatWire implements Wire {

    private final Session session;
    private final Method onClose;
    private final @Nullable Object socket;
    private final @Nullable Object channel;
    private final @Nullable Object sending;
    private volatile boolean toldOfClose;

    private TomcatWire(Session session, Method onClose) {
        this.session = session;
        this.onClose = onClose;
        this.socket = Reflection.field(session, "wsRemoteEndpoint", "socketWrapper");
        this.channel = socket == null ? null : Reflection.invoke(socket, "getSocket", "getIOChannel");
        this.sending = Reflection.field(session, "wsRemoteEndpoint", "messagePartInProgress");
    }

    static Optional<Wire> below(Session session) {
        Method onClose = Reflection.method(session, "onClose", CloseReason.class);
        Method doClose = Reflection.method(session, "doClose", CloseReason.class, CloseReason.class, boolean.class);
        return onClose == null || doClose == null ? Optional.empty() : Optional.of(new TomcatWire(session, onClose));
    }

    /** A closed session may keep its socket, but not once it has been told that the peer closed too. */
    @Override
    public boolean isFreed() {
        return socket == null
                ? toldOfClose && !session.isOpen()
                : Boolean.TRUE.equals(Reflection.invoke(socket, "isClosed")) && isReleased();
    }

    /** A closed channel holds its descriptor until the selector has let go of it, up to a second later if nobody wakes it. */
    private boolean isReleased() {
        if (channel instanceof SelectableChannel selectable && selectable.isRegistered()) {
            if (socket != null && Reflection.invoke(socket, "getPoller", "getSelector") instanceof Selector selector) {
                selector.wakeup();
            }
            return false;
        }
        return !(channel instanceof Channel closeable) || !closeable.isOpen();
    }

    @Override
    public void cut() throws Throwable {
        try {
            onClose.invoke(session, new CloseReason(CloseCodes.GOING_AWAY, null));
        } catch (InvocationTargetException thrown) {
            throw thrown.getCause();
        }
        toldOfClose = true;
        if (socket != null && !isFreed()) {
            Reflection.invoke(socket, "close");
        }
    }

    /**
     * A message part that is under way holds a permit, for which a ping waits as well. The NIO connector notes the time of
     * each write, the NIO2 connector counts the bytes.
     */
    @Override
    public @Nullable Object waiting() {
        return sending instanceof Semaphore permit && permit.availablePermits() == 0 && socket != null
                ? Reflection.invoke(socket, "getLastWrite") + "-" + Reflection.field(socket, "writeOperation", "nBytes")
                : null;
    }

    /** The time of the last read, and how much of a frame has come, since the NIO2 connector notes no time. */
    @Override
    public @Nullable Object received() {
        return socket == null
                ? null
                : Reflection.invoke(socket, "getLastRead") + "-"
                        + Reflection.field(session, "wsFrame", "payloadWritten");
    }

    @Override
    public String means() {
        return "Tomcat's WsSession.onClose";
    }
}
