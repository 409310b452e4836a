package dev.heartbeat.jakarta;

import jakarta.websocket.Session;
import java.lang.reflect.Method;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Jetty's end point below its session. A close with unsent data waits for Jetty's idle timeout, for ever if that is 0. */
final class JettyWire implements Wire {

    private final Object coreSession;
    private final Method abort;

    private JettyWire(Object coreSession, Method abort) {
        this.coreSession = coreSession;
        this.abort = abort;
    }

    static Optional<Wire> below(Session session) {
        Object coreSession = Reach.call(session, "getCoreSession");
        if (coreSession == null) {
            return Optional.empty();
        }
        Method abort = Reach.method(coreSession, "abort");
        return abort == null ? Optional.empty() : Optional.of(new JettyWire(coreSession, abort));
    }

    @Override
    public boolean isFreed() {
        return Boolean.FALSE.equals(Reach.call(coreSession, "getConnection", "getEndPoint", "isOpen"));
    }

    @Override
    public void cut() throws ReflectiveOperationException {
        abort.invoke(coreSession);
    }

    /** The end point notes the time of every byte; a send that waits for the peer is pending. */
    @Override
    public @Nullable Object waiting() {
        Object endPoint = Reach.call(coreSession, "getConnection", "getEndPoint");
        return endPoint != null && Boolean.TRUE.equals(Reach.call(endPoint, "getWriteFlusher", "isPending"))
                ? Reach.field(endPoint, "_idleNanoTime")
                : null;
    }

    @Override
    public @Nullable Object received() {
        return Reach.call(coreSession, "getConnection", "getBytesIn");
    }

    @Override
    public String means() {
        return "Jetty's abort";
    }
}
