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
 * The socket of a Tomcat session. After a close Tomcat waits 30 s for the peer's close frame, and then up to 10 s for
 * its background thread. {@code WsSession.onClose}, which Tomcat calls for that frame, ends the wait at once, except
 * while the application's close handler runs: then only closing the socket helps, which is in a private field.
 */
final class TomcatConnection implements TransportConnection {

    private final Session session;
    private final Method onClose;
    private final @Nullable Object socket;
    private final @Nullable Object channel;
    private final @Nullable Object sendPermit;
    private volatile boolean peerCloseReported;

    private TomcatConnection(Session session, Method onClose) {
        this.session = session;
        this.onClose = onClose;
        this.socket = Reflection.field(session, "wsRemoteEndpoint", "socketWrapper");
        this.channel = socket == null ? null : Reflection.invoke(socket, "getSocket", "getIOChannel");
        this.sendPermit = Reflection.field(session, "wsRemoteEndpoint", "messagePartInProgress");
    }

    static Optional<TransportConnection> find(Session session) {
        Method onClose = Reflection.method(session, "onClose", CloseReason.class);
        Method doClose = Reflection.method(session, "doClose", CloseReason.class, CloseReason.class, boolean.class);
        return onClose == null || doClose == null
                ? Optional.empty()
                : Optional.of(new TomcatConnection(session, onClose));
    }

    /** A closed session may still hold its socket, but not after {@link #forceClose} has reported the peer's close. */
    @Override
    public boolean isFreed() {
        return socket == null
                ? peerCloseReported && !session.isOpen()
                : Boolean.TRUE.equals(Reflection.invoke(socket, "isClosed")) && isReleased();
    }

    /** A closed channel holds its descriptor until its selector wakes up to deregister it, a second later by itself. */
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
    public void forceClose() throws Throwable {
        try {
            onClose.invoke(session, new CloseReason(CloseCodes.GOING_AWAY, null));
        } catch (InvocationTargetException thrown) {
            throw thrown.getCause();
        }
        peerCloseReported = true;
        if (socket != null && !isFreed()) {
            Reflection.invoke(socket, "close");
        }
    }

    /**
     * The time of the latest write (NIO connector) and the bytes written (NIO2 connector), while a message part is
     * being sent, which holds a permit that a ping has to wait for as well.
     */
    @Override
    public @Nullable Object pendingOutput() {
        return sendPermit instanceof Semaphore permit && permit.availablePermits() == 0 && socket != null
                ? Reflection.invoke(socket, "getLastWrite") + "-" + Reflection.field(socket, "writeOperation", "nBytes")
                : null;
    }

    /** The time of the latest read, and, since the NIO2 connector records none, the bytes of the current frame. */
    @Override
    public @Nullable Object receivedInput() {
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
