package dev.heartbeat.jakarta;

import dev.heartbeat.TransportFacts;
import jakarta.websocket.Session;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What the container tells of a session's connection; unknown in a container that tells nothing. For one thread. */
final class FactSource {

    private final Session session;
    private @Nullable TransportConnection connection;
    private TransportFacts addresses = TransportFacts.NONE;
    private boolean isResolved;

    FactSource(Session session) {
        this.session = session;
    }

    /** Never throws: a container that does tells nothing. */
    TransportFacts facts() {
        try {
            if (!isResolved) {
                // Not in the constructor: the session is fully open only by the time its first ping is due.
                isResolved = true;
                resolve();
            }
            return connection == null ? addresses : connection.addTo(addresses);
        } catch (RuntimeException | LinkageError unknown) {
            return addresses;
        }
    }

    /** As the container's parser has it; unknown before the facts have been asked for. Never throws. */
    Optional<Boolean> isMessageIncomplete() {
        try {
            return connection == null ? Optional.empty() : connection.isMessageIncomplete();
        } catch (RuntimeException | LinkageError unknown) {
            return Optional.empty();
        }
    }

    private void resolve() {
        Optional<TransportConnection> found = TransportConnection.find(session);
        connection = found.orElse(null);
        addresses = found.flatMap(TransportConnection::addresses)
                .or(() -> Addresses.told(session))
                .map(known -> known.addTo(TransportFacts.NONE))
                .orElse(TransportFacts.NONE);
    }
}
