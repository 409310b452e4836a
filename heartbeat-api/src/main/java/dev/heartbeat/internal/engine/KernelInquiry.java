package dev.heartbeat.internal.engine;

import dev.heartbeat.SocketState;
import dev.heartbeat.TransportFacts;
import dev.heartbeat.internal.kernel.SocketAddresses;
import dev.heartbeat.internal.kernel.SocketLook;
import dev.heartbeat.internal.kernel.SocketLooks;
import dev.heartbeat.internal.state.Facts;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * Asks the kernel about the socket of a connection whose verdict is due: the question is put at one visit, and answered by a later
 * one, since reading the kernel's table takes a thread that may wait. The pacemaker's thread only.
 */
final class KernelInquiry {

    /** A table of a hundred thousand sockets takes half a second, and rests twenty times as long. */
    private static final int LONGEST_WAIT = 19_073;

    private final SocketLooks looks;

    KernelInquiry(SocketLooks looks) {
        this.looks = looks;
    }

    /** Whether an answer is still to come, for which it is not too late. */
    static boolean isAwaited(@Nullable PingTrouble trouble, int now) {
        SocketLook look = trouble == null ? null : trouble.look;
        return trouble != null && look != null && !look.isDone() && now - trouble.lookedAt <= LONGEST_WAIT;
    }

    /** Takes the answer to the last question, if there is one, or puts the question. */
    void ask(PingTrouble trouble, Facts facts) {
        if (isOutOfDate(trouble, facts.now)) {
            trouble.look = null;
            trouble.isAskedTwice = false;
        }
        SocketLook look = trouble.look;
        if (look != null && look.isDone()) {
            facts.socket = facts.transport.isSocketShared() ? shared(look.state()) : look.state();
            facts.sentWhenAsked = trouble.sentWhenAsked;
            trouble.socketNumber = look.number() == 0 ? trouble.socketNumber : look.number();
        }
        if (look != null && (facts.socket != null || trouble.isAskedTwice)) {
            trouble.look = null;
            trouble.isAskedTwice = false;
            return;
        }
        SocketAddresses socket = addresses(facts.transport);
        trouble.isAskedTwice = look != null; // a pass may miss a socket, or come too late
        trouble.look = socket == null ? null : looks.look(socket);
        trouble.lookedAt = facts.now;
        trouble.sentWhenAsked = facts.transport.sent();
        facts.isAwaited = trouble.look != null;
    }

    /** Whose input lies unread is not known where others share the socket. */
    private static @Nullable SocketState shared(@Nullable SocketState state) {
        return state == null
                ? null
                : new SocketState(state.unacknowledged(), 0, state.retransmissions(), state.windowClosed());
    }

    /** Whether the answer is to a question of an earlier occasion, which passed before it came. */
    private static boolean isOutOfDate(PingTrouble trouble, int now) {
        return trouble.look != null && trouble.look.isDone() && now - trouble.lookedAt > LONGEST_WAIT;
    }

    /** What the socket of a connection goes by in the kernel's table; null if that is not known. */
    static @Nullable SocketAddresses addresses(TransportFacts transport) {
        InetSocketAddress local = transport.local().orElse(null);
        InetSocketAddress remote = transport.remote().orElse(null);
        return local == null || remote == null || remote.isUnresolved()
                ? null
                : new SocketAddresses(local.getPort(), remote.getAddress(), remote.getPort());
    }
}
