package dev.heartbeat.internal.state;

import dev.heartbeat.SocketState;
import dev.heartbeat.TransportFacts;
import org.jspecify.annotations.Nullable;

/**
 * What is remembered of a connection's transport from one look to the next, since only the difference tells whether output
 * moves and input arrives. For the pacemaker's thread, but for {@link #echoed}.
 */
public final class TransportHistory {

    private static final long UNKNOWN = TransportFacts.UNKNOWN;

    /** Less is read within a moment wherever anybody reads, and the clock of the kernel counts in some milliseconds. */
    private static final int ARRIVAL_MARGIN = 50;

    /** The least that our ping takes on the wire: two bytes in front of eight. */
    private static final int PING_FRAME = 10;

    private long progress = UNKNOWN;
    private long acknowledged = UNKNOWN;
    private long sent = UNKNOWN;
    private long unacknowledged = UNKNOWN;
    private int movedAt;
    private boolean hasMoved;
    private boolean waits;
    private boolean hasQueued;
    private boolean held;

    private long unread = UNKNOWN;
    private long receivedBefore = UNKNOWN;
    private long received = UNKNOWN;
    private long receivedWhenMoved = UNKNOWN;
    private int heardAtLook;

    private boolean isPinged;
    private volatile long sentBeforePing;
    private volatile long sentBeforeEcho;

    /**
     * A ping is about to be handed to the transport: what was in front of the one before it is history.
     *
     * @param heard the stamp at which the peer was heard last
     */
    public void beginPing(TransportFacts transport, int heard) {
        waits = false;
        hasMoved = false;
        isPinged = true;
        held = false;
        if (transport.received() != receivedBefore || heard != heardAtLook) {
            unread = UNKNOWN; // what lay there has been read, and what lies there now may be as much
        }
        receivedBefore = transport.received();
        if (transport.sent() != UNKNOWN) {
            long before = transport.sent() + Math.max(0, transport.waiting());
            sentBeforePing = before < 0 ? Long.MAX_VALUE : before;
        }
    }

    /** Deadlines begin although no ping is sent, at {@link Facts#outputMovedAt}: what was read before answers nothing. */
    public void beginInVain() {
        receivedBefore = receivedWhenMoved;
    }

    /** The peer counts as heard, at a stamp, because of what was seen at the last look, which is no sign of life again. */
    public void heardUnread(int heard) {
        heardAtLook = heard;
        receivedBefore = received;
        receivedWhenMoved = received;
    }

    /** The latest ping was echoed: all that was sent before it has arrived. Any thread. */
    public void echoed() {
        sentBeforeEcho = sentBeforePing;
    }

    /** How many bytes were sent before the latest ping and are in front of it for all that an echo has proved. */
    public long sentInFront() {
        return Math.max(0, sentBeforePing - sentBeforeEcho);
    }

    /** Takes in what the transport and the kernel say, and tells the facts that follow from the difference. */
    public void look(Facts facts) {
        TransportFacts transport = facts.transport;
        SocketState socket = facts.socket;
        lookAtOutput(facts, transport, socket);
        lookAtInput(facts, transport, socket);
        facts.hasJustLeft = held && !transport.pingWaits();
        held = transport.pingWaits();
    }

    private void lookAtOutput(Facts facts, TransportFacts transport, @Nullable SocketState socket) {
        long inKernel = socket == null ? 0 : socket.unacknowledged();
        boolean isShared = transport.isSocketShared();
        boolean isComparable = sent(facts) != UNKNOWN && transport.isSentExact() && !isShared;
        long left = isComparable ? sent(facts) - inKernel : UNKNOWN;
        boolean isRead = transport.waiting() <= 0 && left != UNKNOWN && left >= sentBeforePing + PING_FRAME;
        // Where the window has not been closed, what is on its way is behind the ping, and moves however dead the peer
        // is.
        boolean isBehind = socket != null && isPinged && isRead && socket.isInFlight();
        boolean waitsInFront = (transport.waiting() > 0 || inKernel > 0) && !isBehind;
        // The kernel takes what it has room for though nobody is left at the other end.
        boolean isFreed = socket == null || hasQueued || (transport.sent() == UNKNOWN && socket.retransmissions() == 0);
        boolean isCompared = socket != null && unacknowledged != UNKNOWN && !isShared;
        boolean isAddedTo = differs(sent, sent(facts));
        boolean moves = waits
                && ((isFreed && differs(progress, transport.progress()))
                        || (acknowledged != UNKNOWN && left > acknowledged && inKernel != unacknowledged)
                        || (isCompared && inKernel < unacknowledged)
                        || (isCompared && left == UNKNOWN && isAddedTo && inKernel == unacknowledged));
        boolean waitsNow = waitsInFront || StateWord.call(facts.word) == StateWord.CALL_RUNNING;
        if (moves || (waitsNow && !waits)) {
            movedAt = facts.now;
            receivedWhenMoved = transport.received();
        }
        hasMoved |= moves;
        waits = waitsNow;
        hasQueued = transport.waiting() > 0;
        progress = transport.progress();
        acknowledged = left;
        sent = sent(facts);
        // More was added than has left, or nothing has left: only a count of what the kernel got can tell.
        facts.isOutputUnclear = isShared
                ? transport.waiting() <= 0 && isBusy(socket)
                : waits && isCompared && left == UNKNOWN && isAddedTo && inKernel > unacknowledged;
        unacknowledged = socket == null ? UNKNOWN : inKernel;
        facts.outputWaits = waitsInFront;
        facts.hasOutputMoved = moves;
        facts.isOutputInFlight = socket != null && waitsInFront && socket.isInFlight() && !isShared;
        facts.outputMovedAt = movedAt;
        facts.hasOutputEverMoved = hasMoved;
    }

    /** Whether bytes move on a socket that others share, ours perhaps among them. */
    private boolean isBusy(@Nullable SocketState socket) {
        return socket != null
                && (socket.isInFlight() || (unacknowledged != UNKNOWN && socket.unacknowledged() != unacknowledged));
    }

    /** What was sent since the kernel was asked does not count, since its answer knows nothing of it. */
    private static long sent(Facts facts) {
        return facts.socket == null ? facts.transport.sent() : Math.min(facts.transport.sent(), facts.sentWhenAsked);
    }

    private void lookAtInput(Facts facts, TransportFacts transport, @Nullable SocketState socket) {
        facts.isInputCounted = transport.received() != UNKNOWN && receivedBefore != UNKNOWN;
        facts.hasInputArrived = (socket != null && unread != UNKNOWN && socket.unread() > unread)
                || (facts.isInputCounted && transport.received() != receivedBefore)
                || hasArrivedSincePing(facts, transport);
        facts.wasUnreadSeen = unread != UNKNOWN;
        heardAtLook = HeardStamp.at(facts.heard);
        received = transport.received();
        // What is found unread while something outranks it is still to be asked about, so that it does not count as
        // seen.
        if (socket != null && (unread != UNKNOWN || socket.unread() == 0 || !Finding.isOutput(facts))) {
            unread = socket.unread();
        }
    }

    /** Of what came before the peer was heard, it is known already; deadlines that began without a ping may be older. */
    private static boolean hasArrivedSincePing(Facts facts, TransportFacts transport) {
        if (transport.sinceArrival().isEmpty() || !StateWord.unanswered(facts.word)) {
            return false;
        }
        long sinceArrival = transport.sinceArrival().get().toNanos() >> 20;
        int silence = Math.min(facts.now - facts.sent(), facts.now - HeardStamp.at(facts.heard));
        return sinceArrival + ARRIVAL_MARGIN < silence;
    }

    private static boolean differs(long before, long now) {
        return before != UNKNOWN && now != UNKNOWN && before != now;
    }
}
