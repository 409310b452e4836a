package dev.heartbeat.jakarta;

import jakarta.websocket.Session;
import java.lang.reflect.Method;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The end point of a Jetty session. A close with unsent data waits for Jetty's idle timeout, for ever if that is 0. */
final class JettyConnection implements TransportConnection {

    /** The states of Jetty's write flusher in which a write is not complete: waiting for the peer, or flushing. */
    private static final Set<String> WRITING = Set.of("WRITING", "FLUSHING", "PENDING", "COMPLETING");

    private final Object coreSession;
    private final Method abort;
    private boolean wasWriting;

    private JettyConnection(Object coreSession, Method abort) {
        this.coreSession = coreSession;
        this.abort = abort;
    }

    static Optional<TransportConnection> find(Session session) {
        Object coreSession = Reflection.invoke(session, "getCoreSession");
        if (coreSession == null) {
            return Optional.empty();
        }
        Method abort = Reflection.method(coreSession, "abort");
        return abort == null ? Optional.empty() : Optional.of(new JettyConnection(coreSession, abort));
    }

    @Override
    public boolean isFreed() {
        return Boolean.FALSE.equals(Reflection.invoke(coreSession, "getConnection", "getEndPoint", "isOpen"));
    }

    @Override
    public void forceClose() throws ReflectiveOperationException {
        abort.invoke(coreSession);
    }

    /**
     * The time of the end point's latest read or write, while a write is not complete. Jetty writes a large message in
     * parts, and its flusher is idle between them, so a write is taken to go on for one call after it was last seen.
     */
    @Override
    public @Nullable Object pendingOutput() {
        Object endPoint = Reflection.invoke(coreSession, "getConnection", "getEndPoint");
        boolean wroteBefore = wasWriting;
        wasWriting = endPoint != null && isWriting(endPoint);
        return endPoint != null && (wasWriting || wroteBefore) ? Reflection.field(endPoint, "_idleNanoTime") : null;
    }

    private static boolean isWriting(Object endPoint) {
        Object flusher = Reflection.invoke(endPoint, "getWriteFlusher");
        Object state = flusher == null ? null : Reflection.field(flusher, "_state");
        Object type = state == null ? null : Reflection.invoke(state, "get", "getType");
        return type == null
                ? flusher != null && Boolean.TRUE.equals(Reflection.invoke(flusher, "isPending"))
                : WRITING.contains(type.toString());
    }

    @Override
    public @Nullable Object receivedInput() {
        return Reflection.invoke(coreSession, "getConnection", "getBytesIn");
    }

    @Override
    public String means() {
        return "Jetty's abort";
    }
}
