package dev.heartbeat.jakarta;

import dev.heartbeat.TransportFacts;
import jakarta.websocket.Session;
import java.util.Collection;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The Grizzly connection of a Tyrus session. The close of a Tyrus session waits in the queue behind all unsent bytes,
 * which with a peer that does not read is for ever (Tyrus 2.2). There is no public way past that queue, so this uses
 * private fields.
 */
final class GrizzlyConnection implements TransportConnection {

    private final Object writer;
    private final Object connection;
    private final Output output = new Output();
    private @Nullable GrizzlyProbe probe;

    private GrizzlyConnection(Object writer, Object connection) {
        this.writer = writer;
        this.connection = connection;
    }

    static Optional<TransportConnection> find(Session session) {
        Object writer = Reflection.field(session, "basicRemote", "webSocket", "protocolHandler", "writer");
        Object connection = writer == null ? null : Reflection.field(writer, "connection");
        return writer == null || connection == null || Reflection.method(connection, "terminateSilently") == null
                ? Optional.empty()
                : Optional.of(new GrizzlyConnection(writer, connection));
    }

    @Override
    public boolean isFreed() {
        return Boolean.FALSE.equals(Reflection.invoke(connection, "isOpen"));
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

    @Override
    public String means() {
        return "Grizzly's terminateSilently";
    }
}
