package dev.heartbeat.jakarta;

import dev.heartbeat.TransportFacts;
import jakarta.websocket.Session;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

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
     * The two ends of the TCP connection, which never change.
     *
     * @return empty if they are unknown
     */
    Optional<Addresses> addresses();

    /**
     * Adds what the container tells of output and input; the first call may begin to count them. For one thread.
     *
     * @param known facts of the same connection
     * @return these and the numbers that the container tells
     */
    TransportFacts addTo(TransportFacts known);

    /**
     * Whether a message of the peer's has come in part, as the container's own parser has it: no pong can come inside a frame.
     *
     * @return empty if the container does not tell
     */
    Optional<Boolean> isMessageIncomplete();

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
