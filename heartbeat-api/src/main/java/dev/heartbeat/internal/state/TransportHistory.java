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

    private final OutputHistory output = new OutputHistory();
    private boolean held;

    private long unread = UNKNOWN;
    private long receivedBefore = UNKNOWN;
    private long received = UNKNOWN;
    private long receivedWhenMoved = UNKNOWN;
    private int heardAtLook;

    /** When bytes were last seen to have arrived, which need not be a message yet; 0 if they never were. */
    private int arrivedAt;

    private boolean isPinged;
    private volatile long sentBeforePing;
    private volatile long sentBeforeEcho;

    /**
     * A ping is about to be handed to the transport: what was in front of the one before it is history.
     *
     * @param heard the stamp at which the peer was heard last
     */
    public void beginPing(TransportFacts transport, int heard) {
        output.beginPing();
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

    /**
     * A close has begun: whatever is sent is in front of its last frame, so that all output counts.
     *
     * @param heard the stamp at which the peer was heard last
     */
    public void beginClose(TransportFacts transport, int heard) {
        beginPing(transport, heard);
        isPinged = false;
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

    /** The stamp at which anything was last seen to have come: the peer was heard at one, and bytes may have arrived since. */
    public int latestArrival(int heard) {
        return arrivedAt != 0 && arrivedAt - heard > 0 ? arrivedAt : heard;
    }

    /** How many bytes were sent before the latest ping and are in front of it for all that an echo has proved. */
    public long sentInFront() {
        return Math.max(0, sentBeforePing - sentBeforeEcho);
    }

    /** Takes in what the transport and the kernel say, and tells the facts that follow from the difference. */
    public void look(Facts facts) {
        TransportFacts transport = facts.transport;
        SocketState socket = facts.socket;
        if (output.look(facts, pingEnd())) {
            receivedWhenMoved = transport.received();
        }
        lookAtInput(facts, transport, socket);
        facts.hasJustLeft = held && !transport.pingWaits();
        held = transport.pingWaits();
    }

    /** How many bytes had been sent when the latest ping had been. */
    private long pingEnd() {
        long before = sentBeforePing;
        return isPinged && before < Long.MAX_VALUE - PING_FRAME ? before + PING_FRAME : Long.MAX_VALUE;
    }

    private void lookAtInput(Facts facts, TransportFacts transport, @Nullable SocketState socket) {
        facts.isInputCounted = transport.received() != UNKNOWN && receivedBefore != UNKNOWN;
        facts.hasInputArrived = (socket != null && unread != UNKNOWN && socket.unread() > unread)
                || (facts.isInputCounted && transport.received() != receivedBefore)
                || hasArrivedSincePing(facts, transport);
        facts.wasUnreadSeen = unread != UNKNOWN;
        heardAtLook = HeardStamp.at(facts.heard);
        if (received != UNKNOWN && transport.received() != UNKNOWN && transport.received() != received) {
            arrivedAt = facts.now | 1;
        }
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
}
