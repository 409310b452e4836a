package dev.heartbeat.jakarta;

import jakarta.websocket.Session;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The connection of the container's transport that carries a session, where the container gives access to it. The type
 * of container is recognised by the methods of its session class, since no container is on our class path; sessions of
 * an unknown container, or of an unknown version, have no such connection.
 */
interface TransportConnection {

    /**
     * Whether the file descriptor is known to be free.
     *
     * @return false also if that is unknown
     */
    boolean isFreed();

    /**
     * Frees the file descriptor without sending anything more to the peer.
     *
     * @throws Throwable whatever the container throws
     */
    void forceClose() throws Throwable;

    /**
     * A value that stands for the output that waits to be sent and differs whenever some of it has been sent; good for
     * nothing but {@code equals}.
     *
     * @return null if nothing waits, or that is unknown
     */
    @Nullable
    Object pendingOutput();

    /**
     * A value that stands for the input received so far and differs whenever more has been received, be it one byte of
     * a large frame; good for nothing but {@code equals}.
     *
     * @return null if that is unknown
     */
    @Nullable
    Object receivedInput();

    /**
     * The container's method that {@link #forceClose} calls, in words for a log line.
     *
     * @return a few words
     */
    String means();

    /**
     * Finds the connection that carries a session.
     *
     * @param session the container's own session, not a wrapper
     * @return empty if the container is unknown
     */
    static Optional<TransportConnection> find(Session session) {
        return Stream.<Function<Session, Optional<TransportConnection>>>of(
                        GrizzlyConnection::find,
                        TomcatConnection::find,
                        JettyConnection::find,
                        UndertowConnection::find)
                .flatMap(container -> container.apply(session).stream())
                .findFirst();
    }
}
