package dev.heartbeat.jakarta;

import jakarta.websocket.Session;
import java.lang.reflect.Method;
import java.util.LinkedList;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Undertow's channel below its session. A close only sends the frame: a dead peer keeps the descriptor as TCP lets it. */
final class UndertowWire implements Wire {

    private final Session session;
    private final Method forceClose;

    private UndertowWire(Session session, Method forceClose) {
        this.session = session;
        this.forceClose = forceClose;
    }

    static Optional<Wire> below(Session session) {
        Method forceClose = Reflection.method(session, "forceClose");
        return forceClose == null ? Optional.empty() : Optional.of(new UndertowWire(session, forceClose));
    }

    /** Whether a session whose close handler runs will stay until the peer closes its side, as long as that may take. */
    static boolean waitsForItsPeer(Session session) {
        return Boolean.FALSE.equals(Reflection.invoke(session, "getWebSocketChannel", "isCloseFrameReceived"))
                && Boolean.TRUE.equals(Reflection.invoke(session, "isOpen"));
    }

    /** Undertow's session is open for as long as its socket is. */
    @Override
    public boolean isFreed() {
        return !session.isOpen();
    }

    @Override
    public void cut() throws ReflectiveOperationException {
        forceClose.invoke(session);
    }

    /** The frames in line, and how much is left of the first; read without Undertow's lock, which makes it a guess at worst. */
    @Override
    public @Nullable Object waiting() {
        Object channel = Reflection.invoke(session, "getWebSocketChannel");
        Object frames = channel == null ? null : Reflection.field(channel, "pendingFrames");
        Object first = frames instanceof LinkedList<?> line ? line.peekFirst() : null;
        if (first == null) {
            return null;
        }
        Object body = Reflection.field(first, "body");
        Object left = body == null ? null : Reflection.invoke(body, "getBuffer", "remaining");
        return System.identityHashCode(first) + "-" + left;
    }

    /** The frame that is coming in, and how much of it is still to come. */
    @Override
    public @Nullable Object received() {
        Object channel = Reflection.invoke(session, "getWebSocketChannel");
        Object left = channel == null ? null : Reflection.field(channel, "frameDataRemaining");
        return channel == null || left == null
                ? null
                : System.identityHashCode(Reflection.field(channel, "receiver")) + "-" + left;
    }

    @Override
    public String means() {
        return "Undertow's forceClose";
    }
}
