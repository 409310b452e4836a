package dev.heartbeat.jakarta;

import dev.heartbeat.Descriptor;
import dev.heartbeat.TransportFacts;
import jakarta.websocket.Session;
import java.util.Collection;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The Grizzly connection of a Tyrus session: of Tyrus on its own, and of Tyrus as a part of a server whose connections are
 * Grizzly's, which are GlassFish and Payara.
 */
final class GrizzlyConnection implements TransportConnection {

    private final TyrusProtocol protocol;
    private final Object connection;
    private final @Nullable Object frames;
    private final Output output = new Output();
    private @Nullable GrizzlyProbe probe;

    private GrizzlyConnection(TyrusProtocol protocol, Object connection, @Nullable Object frames) {
        this.protocol = protocol;
        this.connection = connection;
        this.frames = frames;
    }

    static Optional<TransportConnection> find(Session session) {
        return TyrusProtocol.of(session).flatMap(protocol -> {
            Object connection = protocol.below("connection");
            return connection == null
                    ? of(protocol, belowServlets(protocol), protocol.below("queue"))
                    : of(protocol, connection, protocol.below("taskProcessor", "taskQueue"));
        });
    }

    /** What the servlet container's own request came by, which after the upgrade carries the session. */
    private static @Nullable Object belowServlets(TyrusProtocol protocol) {
        // Behind a stand-in that was there before the upgrade.
        Object request = protocol.below("tyrusHttpUpgradeHandler", "handler", "wc", "request");
        return request == null ? null : Reflection.invoke(request, "getCoyoteRequest", "getContext", "getConnection");
    }

    private static Optional<TransportConnection> of(
            TyrusProtocol protocol, @Nullable Object connection, @Nullable Object frames) {
        return connection == null || Reflection.method(connection, "terminateSilently") == null
                ? Optional.empty()
                : Optional.of(new GrizzlyConnection(protocol, connection, frames));
    }

    @Override
    public Descriptor descriptor() {
        return Boolean.FALSE.equals(Reflection.invoke(connection, "isOpen")) ? Descriptor.FREE : Descriptor.HELD;
    }

    @Override
    public void forceClose() {
        Reflection.invoke(connection, "terminateSilently");
    }

    @Override
    public Optional<Addresses> addresses() {
        return Addresses.of(
                Reflection.invoke(connection, "getLocalAddress"), Reflection.invoke(connection, "getPeerAddress"));
    }

    /**
     * What waits are the frames that wait for Grizzly, and the bytes that wait for the kernel. Whether it moves is told by
     * what has been written: more that waits is no progress, and a peer that does not read may be sent to all the time.
     */
    @Override
    public TransportFacts addTo(TransportFacts known) {
        if (probe == null) {
            probe = GrizzlyProbe.addTo(connection);
        }
        if (!probe.isAdded()) {
            return known;
        }
        TransportFacts facts = known.withSent(probe.written()).withReceived(probe.read());
        return Reflection.invoke(connection, "getAsyncWriteQueue", "spaceInBytes") instanceof Integer bytes
                        && frames instanceof Collection<?> queued
                ? output.addTo(facts, (long) bytes + queued.size(), probe.written())
                : facts;
    }

    @Override
    public Optional<Boolean> isMessageIncomplete() {
        return protocol.isMessageIncomplete();
    }

    @Override
    public String means() {
        return "Grizzly's terminateSilently";
    }
}
