package dev.heartbeat.jakarta;

import jakarta.websocket.Session;
import java.lang.reflect.Method;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Jetty's end point below its session. A close with unsent data waits for Jetty's idle timeout, for ever if that is 0. */
final class JettyWire implements Wire {

    /** The states of a write that is not over: it waits for the peer, or is being handed to the kernel at this moment. */
    private static final Set<String> WRITING = Set.of("WRITING", "FLUSHING", "PENDING", "COMPLETING");

    private final Object coreSession;
    private final Method abort;
    private boolean wasWriting;

    private JettyWire(Object coreSession, Method abort) {
        this.coreSession = coreSession;
        this.abort = abort;
    }

    static Optional<Wire> below(Session session) {
        Object coreSession = Reflection.invoke(session, "getCoreSession");
        if (coreSession == null) {
            return Optional.empty();
        }
        Method abort = Reflection.method(coreSession, "abort");
        return abort == null ? Optional.empty() : Optional.of(new JettyWire(coreSession, abort));
    }

    @Override
    public boolean isFreed() {
        return Boolean.FALSE.equals(Reflection.invoke(coreSession, "getConnection", "getEndPoint", "isOpen"));
    }

    @Override
    public void cut() throws ReflectiveOperationException {
        abort.invoke(coreSession);
    }

    /**
     * The end point notes the time of every byte. A large message goes out in parts, with a moment between two of them in
     * which nothing is being written, so what was being written when this was last asked is believed to be so once more.
     */
    @Override
    public @Nullable Object waiting() {
        Object endPoint = Reflection.invoke(coreSession, "getConnection", "getEndPoint");
        boolean before = wasWriting;
        wasWriting = endPoint != null && isWriting(endPoint);
        return endPoint != null && (wasWriting || before) ? Reflection.field(endPoint, "_idleNanoTime") : null;
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
    public @Nullable Object received() {
        return Reflection.invoke(coreSession, "getConnection", "getBytesIn");
    }

    @Override
    public String means() {
        return "Jetty's abort";
    }
}
