package dev.heartbeat.jakarta;

import dev.heartbeat.Descriptor;
import dev.heartbeat.TransportFacts;
import jakarta.websocket.CloseReason;
import jakarta.websocket.CloseReason.CloseCodes;
import jakarta.websocket.Session;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.channels.Channel;
import java.nio.channels.SelectableChannel;
import java.nio.channels.Selector;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The socket of a Tomcat session. After a close Tomcat waits 30 s for the peer's close frame, and then up to 10 s for
 * its background thread. {@code WsSession.onClose}, which Tomcat calls for that frame, ends the wait at once, except
 * while a close has not returned, which waits for the application's close handler or, before Tomcat 10.1.8, for a message
 * that cannot be sent: then only closing the socket helps, which is in a private field.
 */
final class TomcatConnection implements TransportConnection {

    private final Session session;
    private final Method onClose;
    private final @Nullable Object socket;
    private final @Nullable Object channel;
    private final TomcatTraffic traffic;
    private final TomcatInput input;
    private volatile boolean peerCloseReported;

    private TomcatConnection(Session session, Method onClose) {
        this.session = session;
        this.onClose = onClose;
        this.socket = Reflection.field(session, "wsRemoteEndpoint", "socketWrapper");
        this.channel = socket == null ? null : Reflection.invoke(socket, "getSocket", "getIOChannel");
        this.traffic = new TomcatTraffic(session, socket);
        this.input = new TomcatInput(session, socket);
    }

    static Optional<TransportConnection> find(Session session) {
        Method onClose = Reflection.method(session, "onClose", CloseReason.class);
        Method doClose = Reflection.method(session, "doClose", CloseReason.class, CloseReason.class, boolean.class);
        return onClose == null || doClose == null
                ? Optional.empty()
                : Optional.of(new TomcatConnection(session, onClose));
    }

    /**
     * A closed session may still hold its socket, but not after {@link #forceClose} has reported the peer's close. Of a client's
     * nothing else is known.
     */
    @Override
    public Descriptor descriptor() {
        if (socket == null) {
            return peerCloseReported && !session.isOpen() ? Descriptor.FREE : Descriptor.UNKNOWN;
        }
        boolean isFreed = Boolean.TRUE.equals(Reflection.invoke(socket, "isClosed")) && isReleased();
        return isFreed ? Descriptor.FREE : Descriptor.HELD;
    }

    /** Also while a close waits for an unsent message, for up to 20 s, in which the session says that it is open. */
    @Override
    public boolean isClosing() {
        return Reflection.field(session, "state") instanceof AtomicReference<?> state
                && !String.valueOf(state.get()).equals("OPEN");
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

    /** Of a client's the kind of queue is another: there nothing waits. */
    @Override
    public void close(Session closing, CloseReason reason) throws IOException {
        if (socket == null) {
            closing.close(reason);
        } else {
            new TomcatClose(closing, reason).begin();
        }
    }

    /** A close that has not returned holds the lock that {@code onClose} waits for, but not the socket. */
    @Override
    public void forceClose() throws Throwable {
        if (isClosing() || !session.isOpen()) {
            closeSocket();
        }
        try {
            onClose.invoke(session, new CloseReason(CloseCodes.GOING_AWAY, null));
        } catch (InvocationTargetException thrown) {
            throw thrown.getCause();
        }
        peerCloseReported = true;
        closeSocket();
    }

    private void closeSocket() {
        if (socket != null && !isFreed()) {
            Reflection.invoke(socket, "close");
        }
    }

    /** A client's send waits for the channel itself, which ends it. */
    @Override
    public Optional<Runnable> unfinishedWrite() {
        return socket == null ? Optional.empty() : TomcatWrite.pending(socket);
    }

    /** Of the socket or, on a client, of the channel that Tomcat uses there. */
    @Override
    public Optional<Addresses> addresses() {
        return socket == null
                ? Addresses.ofChannel(Reflection.field(session, "wsRemoteEndpoint", "channel", "socketChannel"))
                : Addresses.of(
                        Reflection.invoke(socket, "getLocalPort"),
                        Reflection.invoke(socket, "getRemoteAddr"),
                        Reflection.invoke(socket, "getRemotePort"));
    }

    @Override
    public TransportFacts addTo(TransportFacts known) {
        return traffic.addTo(known);
    }

    @Override
    public Optional<Boolean> isMessageIncomplete() {
        return input.isMessageIncomplete();
    }

    @Override
    public String means() {
        return "Tomcat's WsSession.onClose";
    }
}
