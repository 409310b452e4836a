package dev.heartbeat.jakarta;

import jakarta.websocket.Session;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Grizzly's connection below a Tyrus session. Closing a Tyrus session queues behind every unsent byte, which to a peer that
 * does not read means for ever (Tyrus 2.2), and no public way leads past the queue: only private fields.
 */
final class GrizzlyWire implements Wire {

    /** Where Tyrus keeps its own connection at Grizzly's, on a server and on a client. */
    private static final List<String> ATTRIBUTES = List.of(
            "org.glassfish.tyrus.container.grizzly.server.GrizzlyServerFilter.Connection",
            "org.glassfish.tyrus.container.grizzly.client.GrizzlyClientFilter.Connection");

    private final Object writer;
    private final Object connection;

    private GrizzlyWire(Object writer, Object connection) {
        this.writer = writer;
        this.connection = connection;
    }

    static Optional<Wire> below(Session session) {
        Object writer = Reflection.field(session, "basicRemote", "webSocket", "protocolHandler", "writer");
        Object connection = writer == null ? null : Reflection.field(writer, "connection");
        return writer == null || connection == null || Reflection.method(connection, "terminateSilently") == null
                ? Optional.empty()
                : Optional.of(new GrizzlyWire(writer, connection));
    }

    @Override
    public boolean isFreed() {
        return Boolean.FALSE.equals(Reflection.invoke(connection, "isOpen"));
    }

    @Override
    public void cut() {
        Reflection.invoke(connection, "terminateSilently");
    }

    /** Frames that wait for Grizzly, and bytes that wait for the kernel. */
    @Override
    public @Nullable Object waiting() {
        Object bytes = Reflection.invoke(connection, "getAsyncWriteQueue", "spaceInBytes");
        int frames = Reflection.field(writer, "taskProcessor", "taskQueue") instanceof Collection<?> tasks
                ? tasks.size()
                : 0;
        return frames == 0 && (bytes == null || bytes.equals(0)) ? null : frames + "+" + bytes;
    }

    /** The part of a frame that has come, which Tyrus keeps until the rest has. */
    @Override
    public @Nullable Object received() {
        Object attributes = Reflection.invoke(connection, "getAttributes");
        for (String filter : ATTRIBUTES) {
            Object tyrus = attributes == null ? null : Reflection.invokeWith(attributes, "getAttribute", filter);
            Object reader = tyrus == null ? null : Reflection.invoke(tyrus, "getReadHandler");
            if (reader != null) {
                return Reflection.field(reader, "buffer") instanceof ByteBuffer part ? part.remaining() : 0;
            }
        }
        return null;
    }

    @Override
    public String means() {
        return "Grizzly's terminateSilently";
    }
}
