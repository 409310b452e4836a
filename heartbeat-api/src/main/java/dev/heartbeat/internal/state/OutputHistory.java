package dev.heartbeat.internal.state;

import dev.heartbeat.SocketState;
import dev.heartbeat.TransportFacts;
import org.jspecify.annotations.Nullable;

/**
 * What is remembered of a connection's output from one look to the next, since only the difference tells whether it moves. For
 * the pacemaker's thread.
 */
final class OutputHistory {

    private static final long UNKNOWN = TransportFacts.UNKNOWN;

    private long progress = UNKNOWN;
    private long sent = UNKNOWN;
    private long acknowledged = UNKNOWN;
    private long inKernel = UNKNOWN;
    private boolean waits;
    private boolean hasQueued;
    private boolean hasMoved;
    private int movedAt;

    /** A ping is about to be handed to the transport: what was in front of the one before it is history. */
    void beginPing() {
        waits = false;
        hasMoved = false;
    }

    /**
     * Takes in what the transport and the kernel say, and tells the facts that follow from the difference.
     *
     * @param pingEnd how many bytes had been sent when the latest ping had been; the largest number if none has
     * @return whether output has moved, or is first seen to wait
     */
    boolean look(Facts facts, long pingEnd) {
        TransportFacts transport = facts.transport;
        SocketState socket = facts.socket;
        long sentNow = sent(facts);
        long inKernelNow = socket == null ? UNKNOWN : socket.unacknowledged();
        boolean isComparable = sentNow != UNKNOWN && transport.isSentExact() && !transport.isSocketShared();
        long acknowledgedNow = isComparable ? sentNow - Math.max(0, inKernelNow) : UNKNOWN;

        // Where the window has not been closed, what is on its way behind the ping moves however dead the peer is.
        boolean isBehind = transport.waiting() <= 0 && acknowledgedNow >= pingEnd && isInFlight(socket);
        boolean isInFront = (transport.waiting() > 0 || inKernelNow > 0) && !isBehind;
        boolean waitsNow = isInFront || StateWord.call(facts.word) == StateWord.CALL_RUNNING;
        boolean moves = waits && (hasLeftTransport(facts) || hasLeftKernel(facts, sentNow, acknowledgedNow));
        boolean begins = moves || (waitsNow && !waits);

        facts.isOutputUnclear = transport.isSocketShared()
                ? transport.waiting() <= 0 && isBusy(socket)
                : waits && acknowledgedNow == UNKNOWN && differs(sent, sentNow) && grew(inKernel, inKernelNow);
        movedAt = begins ? facts.now : movedAt;
        hasMoved |= moves;
        waits = waitsNow;
        hasQueued = transport.waiting() > 0;
        progress = transport.progress();
        sent = sentNow;
        acknowledged = acknowledgedNow;
        inKernel = inKernelNow;

        facts.outputWaits = isInFront;
        facts.hasOutputMoved = moves;
        facts.isOutputInFlight = isInFront && isInFlight(socket) && !transport.isSocketShared();
        facts.outputMovedAt = movedAt;
        facts.hasOutputEverMoved = hasMoved;
        return begins;
    }

    /** Whether the transport has got rid of some, which the kernel takes while it has room though nobody is at the other end. */
    private boolean hasLeftTransport(Facts facts) {
        SocketState socket = facts.socket;
        boolean isFreed =
                socket == null || hasQueued || (facts.transport.sent() == UNKNOWN && socket.retransmissions() == 0);
        return isFreed && differs(progress, facts.transport.progress());
    }

    /** Whether the other end has acknowledged some: bytes of others on the same socket tell nothing of that. */
    private boolean hasLeftKernel(Facts facts, long sentNow, long acknowledgedNow) {
        if (facts.transport.isSocketShared()) {
            return false;
        }
        SocketState socket = facts.socket;
        long inKernelNow = socket == null ? 0 : socket.unacknowledged();
        boolean isCompared = socket != null && inKernel != UNKNOWN;
        if (isCompared && inKernelNow < inKernel) {
            return true;
        }
        if (acknowledgedNow == UNKNOWN) {
            return isCompared && differs(sent, sentNow) && inKernelNow == inKernel; // as much has left as was added
        }
        return grew(acknowledged, acknowledgedNow) && inKernelNow != inKernel;
    }

    /** Whether bytes move on a socket that others share, ours perhaps among them. */
    private boolean isBusy(@Nullable SocketState socket) {
        return socket != null && (socket.isInFlight() || differs(inKernel, socket.unacknowledged()));
    }

    private static boolean isInFlight(@Nullable SocketState socket) {
        return socket != null && socket.isInFlight();
    }

    /** What was sent since the kernel was asked does not count, since its answer knows nothing of it. */
    private static long sent(Facts facts) {
        return facts.socket == null ? facts.transport.sent() : Math.min(facts.transport.sent(), facts.sentWhenAsked);
    }

    private static boolean grew(long before, long now) {
        return before != UNKNOWN && now != UNKNOWN && before < now;
    }

    private static boolean differs(long before, long now) {
        return before != UNKNOWN && now != UNKNOWN && before != now;
    }
}
