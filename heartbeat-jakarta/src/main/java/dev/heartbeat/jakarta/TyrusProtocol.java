package dev.heartbeat.jakarta;

import jakarta.websocket.Session;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * What every session of Tyrus has, whatever carries it. The close of a Tyrus session waits in the writer's queue behind all
 * unsent bytes, which with a peer that does not read is for ever (Tyrus 2.1 and 2.2), and there is no public way past it.
 *
 * @param handler reads and writes the frames
 * @param writer passes them on to what carries the session
 */
record TyrusProtocol(Object handler, Object writer) {

    /** Empty in other containers. */
    static Optional<TyrusProtocol> of(Session session) {
        Object handler = Reflection.field(session, "basicRemote", "webSocket", "protocolHandler");
        Object writer = handler == null ? null : Reflection.field(handler, "writer");
        return handler == null || writer == null ? Optional.empty() : Optional.of(new TyrusProtocol(handler, writer));
    }

    /** Something that the writer has, as at the end of a path of private fields. */
    @Nullable
    Object below(String... path) {
        return Reflection.field(writer, path);
    }

    /** Tyrus begins with a frame's header when it has two bytes of it. */
    Optional<Boolean> isMessageIncomplete() {
        return Reflection.field(handler, "parsingState", "state") instanceof AtomicInteger parsed
                        && Reflection.field(handler, "inFragmentedType") instanceof Byte fragmented
                ? Optional.of(parsed.get() != 0 || fragmented != 0)
                : Optional.empty();
    }
}
