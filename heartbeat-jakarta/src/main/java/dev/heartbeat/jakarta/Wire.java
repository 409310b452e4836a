package dev.heartbeat.jakarta;

import jakarta.websocket.Session;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The transport's connection below a session, where the container lets us reach it. Found by what the session's class
 * offers, since no container is on our class path: an unknown container, or an unknown version, simply has none.
 */
interface Wire {

    /**
     * Whether the file descriptor is known to be free.
     *
     * @return false also when nobody can tell
     */
    boolean isFreed();

    /**
     * Frees the file descriptor without another word to the peer.
     *
     * @throws Throwable whatever the container throws
     */
    void cut() throws Throwable;

    /**
     * What waits to be sent, in a form that differs whenever some of it has been sent.
     *
     * @return null if nothing waits, or nobody can tell
     */
    @Nullable
    Object waiting();

    /**
     * What has come from the peer, in a form that differs whenever more of it has come, be it one byte of a large frame.
     *
     * @return null if nobody can tell
     */
    @Nullable
    Object received();

    /**
     * What {@link #cut} does, in words for a log line.
     *
     * @return a few words
     */
    String means();

    /**
     * Looks for the wire below a session.
     *
     * @param session the container's own session, not a wrapper
     * @return empty where the container offers nothing that is known here
     */
    static Optional<Wire> below(Session session) {
        return Stream.<Function<Session, Optional<Wire>>>of(
                        GrizzlyWire::below, TomcatWire::below, JettyWire::below, UndertowWire::below)
                .flatMap(wire -> wire.apply(session).stream())
                .findFirst();
    }
}
