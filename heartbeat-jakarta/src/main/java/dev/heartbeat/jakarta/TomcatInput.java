package dev.heartbeat.jakarta;

import jakarta.websocket.Session;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Where Tomcat's parser stands in what has come for a session. */
final class TomcatInput {

    private final @Nullable Object frame;
    private final @Nullable Object channel;

    TomcatInput(Session session, @Nullable Object socket) {
        this.frame = Reflection.field(session, "wsFrame");
        this.channel = socket == null ? null : Reflection.invoke(socket, "getSocket");
    }

    /** While a handler runs Tomcat still is in the frame whose payload it has read to the end. */
    Optional<Boolean> isMessageIncomplete() {
        Object state = frame == null ? null : Reflection.field(frame, "state");
        if (frame == null
                || state == null
                || !(Reflection.field(frame, "payloadLength") instanceof Long length)
                || !(Reflection.field(frame, "payloadWritten") instanceof Long read)) {
            return Optional.empty();
        }
        boolean isInFrame = switch (state.toString()) {
            case "NEW_FRAME" -> isInHeader(frame) || isInRecord();
            case "DATA" -> read < length;
            default -> true;
        };
        return Optional.of(isInFrame || Boolean.TRUE.equals(Reflection.field(frame, "continuationExpected")));
    }

    /** Tomcat begins with a header when it has two bytes of it. */
    private static boolean isInHeader(Object frame) {
        return Reflection.field(frame, "inputBuffer") instanceof ByteBuffer bytes && bytes.remaining() == 1;
    }

    /** Of a TLS record that has come in part nothing can be read yet. */
    private boolean isInRecord() {
        return channel != null
                && Reflection.field(channel, "netInBuffer") instanceof ByteBuffer bytes
                && bytes.position() > 0;
    }
}
