package dev.heartbeat.jakarta;

import dev.heartbeat.Descriptor;
import dev.heartbeat.TransportFacts;
import jakarta.websocket.CloseReason;
import jakarta.websocket.Session;
import java.io.IOException;
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
     * What the container still holds of the connection. Any thread.
     *
     * @return {@link Descriptor#HELD} also while the connection is open
     */
    Descriptor descriptor();

    /**
     * Whether the file descriptor is known to be free.
     *
     * @return false also if that is unknown
     */
    default boolean isFreed() {
        return descriptor() == Descriptor.FREE;
    }

    /**
     * Whether a close frame has been sent or received, in a container whose sessions are open until their socket is closed.
     *
     * @return false, as by default, also if the session itself tells
     */
    default boolean isClosing() {
        return false;
    }

    /**
     * Whether both sides have sent a close frame, and the container leaves the TCP connection to the peer.
     *
     * @return false, as by default, in a container that closes it, as RFC 6455 section 7.1.1 wants a server to
     */
    default boolean isLeftToPeer() {
        return false;
    }

    /**
     * Closes the session in an orderly way, now or when what is being sent has been sent. May block.
     *
     * @param session the container's own session, which this carries
     * @param reason for the close frame
     * @throws IOException if it could not be done
     */
    default void close(Session session, CloseReason reason) throws IOException {
        closeAtOnce(session, reason);
    }

    /**
     * Closes the session in the container's own way, which need not wait for what is being sent. May block.
     *
     * @param session the container's own session, which this carries
     * @param reason for the close frame
     * @throws IOException if it could not be done
     */
    default void closeAtOnce(Session session, CloseReason reason) throws IOException {
        session.close(reason);
    }

    /**
     * Frees the file descriptor without sending anything more to the peer.
     *
     * @throws Throwable whatever the container throws
     */
    void forceClose() throws Throwable;

    /**
     * A write that the connection, now closed, will never finish, for which a thread of the application may wait.
     *
     * @return what fails it, and may call the application's handlers; empty, as by default, in containers that fail it themselves
     */
    default Optional<Runnable> unfinishedWrite() {
        return Optional.empty();
    }

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
     * @return these and the numbers that the container tells; none by default
     */
    default TransportFacts addTo(TransportFacts known) {
        return known;
    }

    /**
     * Whether a message of the peer's has come in part, as the container's own parser has it: no pong can come inside a frame.
     *
     * @return empty, as by default, if the container does not tell
     */
    default Optional<Boolean> isMessageIncomplete() {
        return Optional.empty();
    }

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
                        TyrusJdkConnection::find,
                        TomcatConnection::find,
                        JettyConnection::find,
                        QuarkusConnection::find,
                        UndertowConnection::find,
                        LibertyConnection::find)
                .flatMap(container -> container.apply(session).stream())
                .findFirst();
    }
}
