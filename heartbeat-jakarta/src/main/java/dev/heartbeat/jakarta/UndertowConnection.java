package dev.heartbeat.jakarta;

import jakarta.websocket.Session;
import java.lang.reflect.Method;
import java.util.LinkedList;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The channel of an Undertow session. A close only sends a frame: then TCP decides how long a dead peer is kept. */
final class UndertowConnection implements TransportConnection {

    private final Session session;
    private final Method forceClose;

    private UndertowConnection(Session session, Method forceClose) {
        this.session = session;
        this.forceClose = forceClose;
    }

    static Optional<TransportConnection> find(Session session) {
        Method forceClose = Reflection.method(session, "forceClose");
        return forceClose == null ? Optional.empty() : Optional.of(new UndertowConnection(session, forceClose));
    }

    /** Whether a session whose close handler runs stays open until its peer closes, however long that takes. */
    static boolean waitsForPeerToClose(Session session) {
        return Boolean.FALSE.equals(Reflection.invoke(session, "getWebSocketChannel", "isCloseFrameReceived"))
                && Boolean.TRUE.equals(Reflection.invoke(session, "isOpen"));
    }

    /** Undertow's session is open for as long as its socket is. */
    @Override
    public boolean isFreed() {
        return !session.isOpen();
    }

    @Override
    public void forceClose() throws ReflectiveOperationException {
        forceClose.invoke(session);
    }

    /** The first queued frame, and how much is left of it. Read without Undertow's lock, so it may be inaccurate. */
    @Override
    public @Nullable Object pendingOutput() {
        Object channel = Reflection.invoke(session, "getWebSocketChannel");
        Object frames = channel == null ? null : Reflection.field(channel, "pendingFrames");
        Object first = frames instanceof LinkedList<?> queue ? queue.peekFirst() : null;
        if (first == null) {
            return null;
        }
        Object body = Reflection.field(first, "body");
        Object remaining = body == null ? null : Reflection.invoke(body, "getBuffer", "remaining");
        return System.identityHashCode(first) + "-" + remaining;
    }

    /** The frame that is being received, and how much of it is missing. */
    @Override
    public @Nullable Object receivedInput() {
        Object channel = Reflection.invoke(session, "getWebSocketChannel");
        Object remaining = channel == null ? null : Reflection.field(channel, "frameDataRemaining");
        return channel == null || remaining == null
                ? null
                : System.identityHashCode(Reflection.field(channel, "receiver")) + "-" + remaining;
    }

    @Override
    public String means() {
        return "Undertow's forceClose";
    }
}
