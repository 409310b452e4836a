package dev.heartbeat.jakarta;

import dev.heartbeat.Descriptor;
import dev.heartbeat.TransportFacts;
import jakarta.websocket.CloseReason;
import jakarta.websocket.Session;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** The end point of a Jetty session. A close with unsent data waits for Jetty's idle timeout, for ever if that is 0. */
final class JettyConnection implements TransportConnection {

    /** The states of Jetty's write flusher in which a write is not complete: waiting for the peer, or flushing. */
    private static final Set<String> WRITING = Set.of("WRITING", "FLUSHING", "PENDING", "COMPLETING");

    private final Object coreSession;
    private final Method abort;
    private final Output output = new Output();
    private long sent;

    private JettyConnection(Object coreSession, Method abort) {
        this.coreSession = coreSession;
        this.abort = abort;
    }

    /** Of a session of either API, Jakarta's or Jetty's own. */
    static Optional<TransportConnection> find(Object session) {
        Object coreSession = Reflection.invoke(session, "getCoreSession");
        if (coreSession == null) {
            return Optional.empty();
        }
        Method abort = Reflection.method(coreSession, "abort");
        return abort == null ? Optional.empty() : Optional.of(new JettyConnection(coreSession, abort));
    }

    @Override
    public Descriptor descriptor() {
        Object isOpen = Reflection.invoke(coreSession, "getConnection", "getEndPoint", "isOpen");
        return isOpen instanceof Boolean open ? (open ? Descriptor.HELD : Descriptor.FREE) : Descriptor.UNKNOWN;
    }

    /** From EE 11 on a session is open for as long as its socket is. */
    @Override
    public boolean isClosing() {
        return Boolean.FALSE.equals(Reflection.invoke(coreSession, "isOutputOpen"));
    }

    /**
     * Past the session, which from EE 11 on tells the application's error handler of every close with a code from 1001 to 2999.
     */
    @Override
    public void closeAtOnce(Session session, CloseReason reason) throws IOException {
        if (!closeCore(reason.getCloseCode().getCode(), reason.getReasonPhrase())) {
            session.close(reason);
        }
    }

    private boolean closeCore(int code, String phrase) {
        try {
            Class<?> callback = Class.forName(
                    "org.eclipse.jetty.util.Callback",
                    false,
                    coreSession.getClass().getClassLoader());
            Method close = Reflection.method(coreSession, "close", int.class, String.class, callback);
            if (close == null) {
                return false;
            }
            close.invoke(coreSession, code, phrase, callback.getField("NOOP").get(null));
            return true;
        } catch (ReflectiveOperationException | RuntimeException refused) {
            return false;
        }
    }

    @Override
    public void forceClose() throws ReflectiveOperationException {
        abort.invoke(coreSession);
    }

    /** The ends of what carries the end point, which may be TLS or a proxy's protocol that tells the ends of others. */
    @Override
    public Optional<Addresses> addresses() {
        Object endPoint = innermostEndPoint();
        return endPoint == null
                ? Optional.empty()
                : Addresses.of(
                        Reflection.invoke(endPoint, "getLocalSocketAddress"),
                        Reflection.invoke(endPoint, "getRemoteSocketAddress"));
    }

    private @Nullable Object innermostEndPoint() {
        Object endPoint = Reflection.invoke(coreSession, "getConnection", "getEndPoint");
        for (Object outer = endPoint; outer != null; outer = Reflection.invoke(outer, "unwrap")) {
            endPoint = outer;
        }
        return endPoint;
    }

    /** Jetty counts output when a write begins: what is left of that write waits. */
    @Override
    public TransportFacts addTo(TransportFacts known) {
        Object connection = Reflection.invoke(coreSession, "getConnection");
        if (connection == null) {
            return known;
        }
        long out = number(Reflection.invoke(connection, "getBytesOut"));
        TransportFacts facts = known.withReceived(number(Reflection.invoke(connection, "getBytesIn")));
        Object endPoint = Reflection.invoke(connection, "getEndPoint");
        Object flusher = endPoint == null ? null : Reflection.invoke(endPoint, "getWriteFlusher");
        return flusher == null || endPoint == null
                ? withSent(facts, connection, out)
                : withOutput(facts, connection, endPoint, flusher, out);
    }

    /** TLS has a connection of its own, which does not count what it sends of a record that the kernel took in part at first. */
    private TransportFacts withSent(TransportFacts facts, Object connection, long count) {
        if (count < 0) {
            return facts;
        }
        sent = Math.max(sent, count);
        Object innermost = innermostEndPoint();
        boolean isPlain = innermost != null && Reflection.invoke(innermost, "getConnection") == connection;
        return isPlain ? facts.withSent(sent) : facts.withSentAbout(sent);
    }

    private TransportFacts withOutput(
            TransportFacts facts, Object connection, Object endPoint, Object flusher, long out) {
        Object state = Reflection.field(flusher, "_state");
        Object current = state instanceof AtomicReference<?> reference ? reference.get() : null;
        if (current != null && Reflection.field(current, "_buffers") instanceof ByteBuffer[] buffers) {
            long left = Buffers.remaining(buffers);
            return output.addTo(withSent(facts, connection, out - left), Math.max(1, left), out - left);
        }
        Object type = current == null ? null : Reflection.invoke(current, "getType");
        boolean isWriting = type == null
                ? Boolean.TRUE.equals(Reflection.invoke(flusher, "isPending"))
                : WRITING.contains(type.toString());
        // The time of the latest read or write, for want of anything that tells of writes alone.
        long moved = isWriting ? number(Reflection.field(endPoint, "_idleNanoTime")) : 0;
        return output.addTo(withSent(facts, connection, out), isWriting || isInMessage() ? 1 : 0, out + moved);
    }

    /** Whether a message is being sent, whose parts Jetty writes one after the other. */
    private boolean isInMessage() {
        return Reflection.field(coreSession, "flusher", "_flusher", "_current") != null;
    }

    private static long number(@Nullable Object value) {
        return value instanceof Long number ? number : TransportFacts.UNKNOWN;
    }

    @Override
    public Optional<Boolean> isMessageIncomplete() {
        Object state = Reflection.field(coreSession, "connection", "parser", "state");
        if (state == null
                || !(Reflection.field(coreSession, "sessionState", "_incomingContinuation") instanceof Byte type)) {
            return Optional.empty();
        }
        return Optional.of(!state.toString().equals("START") || type > 0 || isInRecord());
    }

    /** Of a TLS record that has come in part nothing can be read yet. */
    private boolean isInRecord() {
        Object innermost = innermostEndPoint();
        Object connection = innermost == null ? null : Reflection.invoke(innermost, "getConnection");
        Object encrypted = connection == null ? null : Reflection.field(connection, "_encryptedInput");
        return encrypted != null && Boolean.TRUE.equals(Reflection.invoke(encrypted, "hasRemaining"));
    }

    @Override
    public String means() {
        return "Jetty's abort";
    }
}
