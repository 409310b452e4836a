package dev.heartbeat.internal.engine;

import dev.heartbeat.Connection;
import dev.heartbeat.TransportFacts;
import dev.heartbeat.internal.dispatch.SafeCalls;
import dev.heartbeat.internal.kernel.HeldInquiry;
import dev.heartbeat.internal.kernel.SocketAddresses;
import dev.heartbeat.internal.kernel.SocketLooks;
import org.jspecify.annotations.Nullable;

/** Whether a connection that its transport calls closed still holds its descriptor. The pacemaker's thread only. */
final class ClosureFacts {

    /** How many passes over the kernel's table must miss a socket of which nobody else knows anything. */
    private static final int SURE = 2;

    private final SocketLooks looks;

    ClosureFacts(SocketLooks looks) {
        this.looks = looks;
    }

    /** Whether it is held, or may be for all that is known before the kernel has answered. */
    boolean isHeld(HeartbeatHandle heartbeat) {
        Connection connection = heartbeat.connection();
        return connection != null
                && switch (SafeCalls.descriptor(connection)) {
                    case FREE -> false;
                    case HELD -> true;
                    case UNKNOWN -> isHeldByTheKernel(heartbeat, connection);
                };
    }

    private boolean isHeldByTheKernel(HeartbeatHandle heartbeat, Connection connection) {
        ConnectionDetails details = heartbeat.details();
        if (details == null) {
            return false;
        }
        if (details.heldInquiry == null) {
            SocketAddresses socket = ownSocket(connection);
            details.heldInquiry = socket == null ? null : new HeldInquiry(looks, socket, details.socketNumber(), SURE);
        }
        HeldInquiry inquiry = details.heldInquiry;
        return inquiry != null
                && switch (inquiry.ask()) {
                    case AWAITED, HELD -> true;
                    case GONE, UNKNOWN -> false;
                };
    }

    /** The socket of a connection that has it to itself; null if there is none, or it is unknown. */
    static @Nullable SocketAddresses ownSocket(Connection connection) {
        return ownSocket(SafeCalls.facts(connection));
    }

    /** The same, by the facts of the connection. */
    static @Nullable SocketAddresses ownSocket(TransportFacts facts) {
        return facts.isSocketShared() ? null : KernelInquiry.addresses(facts);
    }
}
