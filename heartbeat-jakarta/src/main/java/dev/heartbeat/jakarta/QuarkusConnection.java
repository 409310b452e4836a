package dev.heartbeat.jakarta;

import dev.heartbeat.Descriptor;
import dev.heartbeat.TransportFacts;
import jakarta.websocket.Session;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The Netty channel of a session in Quarkus' fork of Undertow. A close waits until its frame has been written, and with it for all
 * that is unsent. What a channel keeps for its event loop is read from another thread: it is compared, not relied upon.
 */
final class QuarkusConnection implements TransportConnection {

    private static final String DECODER = "ws-decoder";
    private static final String BETWEEN_FRAMES = "READING_FIRST";

    private final Session session;
    private final Object channel;
    private final AtomicBoolean closed;
    private final Output output = new Output();
    private final NettyCounters counters;
    private long sent;
    private long lastState;

    private QuarkusConnection(Session session, Object channel, AtomicBoolean closed) {
        this.session = session;
        this.channel = channel;
        this.closed = closed;
        this.counters = NettyCounters.insert(channel);
    }

    static Optional<TransportConnection> find(Session session) {
        Object channel = Reflection.invoke(session, "getChannel");
        if (channel == null || Reflection.invoke(channel, "pipeline") == null) {
            return Optional.empty();
        }
        return Reflection.field(session, "closed") instanceof AtomicBoolean closed
                ? Optional.of(new QuarkusConnection(session, channel, closed))
                : Optional.empty();
    }

    /** A closed channel holds its descriptor until the selector has let go of it. */
    @Override
    public Descriptor descriptor() {
        boolean isHeld = isTrue("isOpen") || isTrue("isRegistered");
        return isHeld ? Descriptor.HELD : Descriptor.FREE;
    }

    private boolean isTrue(String told) {
        return Boolean.TRUE.equals(Reflection.invoke(channel, told));
    }

    /** The session calls itself open until its channel is closed. */
    @Override
    public boolean isClosing() {
        return closed.get();
    }

    /** Past all handlers, of which that for TLS would wait to say good-bye; reset, so that the kernel does not keep what is unsent. */
    @Override
    public void forceClose() throws ReflectiveOperationException {
        Object config = Reflection.invoke(channel, "config");
        Method linger = config == null ? null : Reflection.method(config, "setSoLinger", int.class);
        if (linger != null) {
            try {
                linger.invoke(config, 0);
            } catch (InvocationTargetException closedAlready) {
                // Then there is nothing to reset.
            }
        }
        Reflection.invoke(channel, "pipeline", "firstContext", "close");
    }

    @Override
    public Optional<Addresses> addresses() {
        return Addresses.told(session);
    }

    /**
     * While nothing is being written, what waits are writes that the event loop has not come to, our ping among them: a handler may
     * keep it from that.
     */
    @Override
    public TransportFacts addTo(TransportFacts known) {
        // Read before what waits, so that nothing counts as sent that is about to wait.
        long written = counters.written();
        TransportFacts facts = counters.isInserted() ? known.withReceived(counters.received()) : known;
        Object buffer = Reflection.invoke(channel, "unsafe", "outboundBuffer");
        if (buffer == null
                || !(Reflection.invoke(buffer, "totalPendingWriteBytes") instanceof Long pending)
                || !(Reflection.invoke(buffer, "currentProgress") instanceof Long progress)) {
            return facts;
        }
        Object current = Reflection.invoke(buffer, "current");
        long waiting = current == null ? 0 : Math.max(1, pending - progress);
        long state = 31L * System.identityHashCode(current) + progress;
        TransportFacts counted = counters.isInserted() ? withSent(facts, written, pending, state, waiting) : facts;
        return output.addTo(counted.withPingWaiting(current == null && pending > 0), waiting, state);
    }

    /** What waits is counted with an overhead for each write, so that the number stays as it is while nothing moves. */
    private TransportFacts withSent(TransportFacts facts, long written, long pending, long state, long waiting) {
        if (pending == 0) {
            sent = written;
            return facts.withSent(sent);
        }
        if (state != lastState) {
            lastState = state;
            sent = Math.max(sent, written - waiting);
        }
        return facts.withSentAbout(sent);
    }

    @Override
    public Optional<Boolean> isMessageIncomplete() {
        Object handler = Reflection.field(session, "frameHandler");
        if (handler == null) {
            return Optional.empty();
        }
        boolean isBetweenFragments = Stream.of("expectedContinuation", "stringBuffer", "binaryBuffer")
                .anyMatch(part -> Reflection.field(handler, part) != null);
        return Optional.of(isBetweenFragments || isInFrame());
    }

    private boolean isInFrame() {
        Object pipeline = Reflection.invoke(channel, "pipeline");
        Method get = pipeline == null ? null : Reflection.method(pipeline, "get", String.class);
        try {
            @Nullable Object decoder = get == null ? null : get.invoke(pipeline, DECODER);
            @Nullable Object state = decoder == null ? null : Reflection.field(decoder, "state");
            return state != null && !BETWEEN_FRAMES.equals(state.toString());
        } catch (ReflectiveOperationException unknown) {
            return false;
        }
    }

    @Override
    public String means() {
        return "closing the channel below Quarkus";
    }
}
