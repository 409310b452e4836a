package dev.heartbeat.jakarta;

import jakarta.websocket.Session;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The Grizzly connection of a Tyrus session. The close of a Tyrus session waits in the queue behind all unsent bytes,
 * which with a peer that does not read is for ever (Tyrus 2.2). There is no public way past that queue, so this uses
 * private fields.
 */
final class GrizzlyConnection implements TransportConnection {

    /** The attributes of Grizzly's connection in which Tyrus keeps its own, on a server and on a client. */
    private static final List<String> TYRUS_ATTRIBUTES = List.of(
            "org.glassfish.tyrus.container.grizzly.server.GrizzlyServerFilter.Connection",
            "org.glassfish.tyrus.container.grizzly.client.GrizzlyClientFilter.Connection");

    private final Object writer;
    private final Object connection;

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

    /** The number of frames that wait for Grizzly, and of bytes that wait for the kernel. */
    @Override
    public @Nullable Object pendingOutput() {
        Object bytes = Reflection.invoke(connection, "getAsyncWriteQueue", "spaceInBytes");
        int frames = Reflection.field(writer, "taskProcessor", "taskQueue") instanceof Collection<?> tasks
                ? tasks.size()
                : 0;
        return frames == 0 && (bytes == null || bytes.equals(0)) ? null : frames + "+" + bytes;
    }

    /** The number of bytes of an incomplete frame, which Tyrus buffers until the rest arrives. */
    @Override
    public @Nullable Object receivedInput() {
        Object attributes = Reflection.invoke(connection, "getAttributes");
        for (String attribute : TYRUS_ATTRIBUTES) {
            Object tyrus = attributes == null ? null : Reflection.invokeWith(attributes, "getAttribute", attribute);
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
