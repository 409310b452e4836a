package dev.heartbeat.jakarta;

import dev.heartbeat.Descriptor;
import dev.heartbeat.TransportFacts;
import jakarta.websocket.Session;
import java.util.Collection;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The Grizzly connection of a Tyrus session. The close of a Tyrus session waits in the queue behind all unsent bytes,
 * which with a peer that does not read is for ever (Tyrus 2.2). There is no public way past that queue, so this uses
 * private fields.
 */
final class GrizzlyConnection implements TransportConnection {

    private final Object protocolHandler;
    private final Object writer;
    private final Object connection;
    private final Output output = new Output();
    private @Nullable GrizzlyProbe probe;

    private GrizzlyConnection(Object protocolHandler, Object writer, Object connection) {
        this.protocolHandler = protocolHandler;
        this.writer = writer;
        this.connection = connection;
    }

    static Optional<TransportConnection> find(Session session) {
        Object handler = Reflection.field(session, "basicRemote", "webSocket", "protocolHandler");
        Object writer = handler == null ? null : Reflection.field(handler, "writer");
        Object connection = writer == null ? null : Reflection.field(writer, "connection");
        return handler == null
                        || writer == null
                        || connection == null
                        || Reflection.method(connection, "terminateSilently") == null
                ? Optional.empty()
                : Optional.of(new GrizzlyConnection(handler, writer, connection));
    }

    @Override
    public Descriptor descriptor() {
        return Boolean.FALSE.equals(Reflection.invoke(connection, "isOpen")) ? Descriptor.FREE : Descriptor.HELD;
    }

    @Override
    public void forceClose() {
        Reflection.invoke(connection, "terminateSilently");
    }

    @Override
    public Optional<Addresses> addresses() {
        return Addresses.of(
                Reflection.invoke(connection, "getLocalAddress"), Reflection.invoke(connection, "getPeerAddress"));
    }

    /**
     * What waits are the frames that wait for Grizzly, and the bytes that wait for the kernel. Whether it moves is told by
     * what has been written: more that waits is no progress, and a peer that does not read may be sent to all the time.
     */
    @Override
    public TransportFacts addTo(TransportFacts known) {
        if (probe == null) {
            probe = GrizzlyProbe.addTo(connection);
        }
        if (!probe.isAdded()) {
            return known;
        }
        TransportFacts facts = known.withSent(probe.written()).withReceived(probe.read());
        return Reflection.invoke(connection, "getAsyncWriteQueue", "spaceInBytes") instanceof Integer bytes
                        && Reflection.field(writer, "taskProcessor", "taskQueue") instanceof Collection<?> frames
                ? output.addTo(facts, (long) bytes + frames.size(), probe.written())
                : facts;
    }

    /** Tyrus begins with a frame's header when it has two bytes of it. */
    @Override
    public Optional<Boolean> isMessageIncomplete() {
        return Reflection.field(protocolHandler, "parsingState", "state") instanceof AtomicInteger parsed
                        && Reflection.field(protocolHandler, "inFragmentedType") instanceof Byte fragmented
                ? Optional.of(parsed.get() != 0 || fragmented != 0)
                : Optional.empty();
    }

    @Override
    public String means() {
        return "Grizzly's terminateSilently";
    }
}
