package dev.heartbeat.jakarta;

import dev.heartbeat.TransportFacts;
import jakarta.websocket.Session;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The container's connection below a session, and what it tells; unknown in a container that tells nothing. It is looked for when the
 * watch begins, since a closed session may not show it any more, and again while nothing has been found, since some sessions are not
 * fully open in their opening. {@link #facts} is for one thread, everything else for any.
 */
final class FactSource {

    private static final int MOST_ATTEMPTS = 3;

    private final Session session;
    private volatile Optional<TransportConnection> connection = Optional.empty();
    private volatile TransportFacts addresses = TransportFacts.NONE;
    private volatile int attempts;

    FactSource(Session session) {
        this.session = session;
        resolve();
    }

    /** Never throws: a container that does tells nothing. */
    TransportFacts facts() {
        try {
            resolve();
            return connection.isPresent() ? connection.get().addTo(addresses) : addresses;
        } catch (RuntimeException | LinkageError unknown) {
            return addresses;
        }
    }

    /** As the container's parser has it. Never throws. */
    Optional<Boolean> isMessageIncomplete() {
        try {
            return connection.flatMap(TransportConnection::isMessageIncomplete);
        } catch (RuntimeException | LinkageError unknown) {
            return Optional.empty();
        }
    }

    Optional<TransportConnection> connection() {
        return connection;
    }

    /** Looks for what has not been found yet. */
    void resolve() {
        if (attempts < MOST_ATTEMPTS && (connection.isEmpty() || !hasAddresses())) {
            try {
                look();
            } catch (RuntimeException | LinkageError unknown) {
                // There may be more to see the next time.
            }
        }
    }

    private synchronized void look() {
        attempts++;
        Optional<TransportConnection> found = connection.isPresent() ? connection : TransportConnection.find(session);
        connection = found;
        @Nullable
        Addresses ends = found.flatMap(TransportConnection::addresses)
                .or(() -> Addresses.told(session))
                .orElse(null);
        addresses = ends == null ? addresses : ends.addTo(TransportFacts.NONE);
    }

    /** Whether the kernel can be asked. */
    boolean hasAddresses() {
        return addresses.remote().isPresent();
    }
}
