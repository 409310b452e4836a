package dev.heartbeat.internal.engine;

import dev.heartbeat.Connection;
import dev.heartbeat.Descriptor;
import dev.heartbeat.Quirk;
import dev.heartbeat.internal.dispatch.SafeCalls;
import dev.heartbeat.internal.state.PingPayloads;
import dev.heartbeat.internal.state.Sleep;
import dev.heartbeat.internal.state.StateWord;
import dev.heartbeat.internal.state.TransportHistory;
import dev.heartbeat.internal.time.CoarseTime;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Pongs, closes, probes and announced silences, as adapters and applications tell of them on whatever thread: they change the
 * state word by one compare-and-set, or ask the pacemaker to look. That data came is noted by {@link HeartbeatHandle} alone.
 */
final class InboundEvents {

    private final Pacemaker pacemaker;
    private final PingPayloads payloads;
    private final Learning learning;
    private final Reporter reporter;
    private final Inbox inbox;

    private volatile int latestPong;
    private volatile int latestMessage;

    InboundEvents(Pacemaker pacemaker, PingPayloads payloads, Learning learning, Reporter reporter, Inbox inbox) {
        this.pacemaker = pacemaker;
        this.payloads = payloads;
        this.learning = learning;
        this.reporter = reporter;
        this.inbox = inbox;
        this.latestPong = pacemaker.now();
        this.latestMessage = pacemaker.now();
    }

    /** The stamp of the latest pong of any peer. */
    int latestPong() {
        return latestPong;
    }

    /** The stamp of the latest message of any peer's application. */
    int latestMessage() {
        return latestMessage;
    }

    /** The application behind a peer has said something that counts. */
    void messageReceived(HeartbeatHandle heartbeat) {
        int now = heartbeat.binding().now();
        if (latestMessage != now) { // or else threads would fight for it
            latestMessage = now;
        }
        pacemaker.messages().note();
        ConnectionDetails details = heartbeat.binding().limits.stale() > 0 ? heartbeat.details() : null;
        if (details != null) {
            details.freshness(now).said(now);
            details.speaks(pacemaker.storm());
        }
    }

    /** Whether the pong echoes the latest ping. */
    boolean pongReceived(HeartbeatHandle heartbeat, ByteBuffer payload) {
        latestPong = heartbeat.heard();
        while (!pacemaker.isClosed()) {
            long word = heartbeat.word();
            int state = StateWord.state(word);
            if (state == StateWord.NEW || state >= StateWord.CLOSING) {
                return false;
            }
            boolean isEcho = payloads.echoes(payload, StateWord.sent(word));
            boolean isFirst = isEcho && StateWord.isOwed(word);
            long nanos = pacemaker.nanosSince(StateWord.sent(word));
            long next = isFirst ? StateWord.answered(word, nanos) : StateWord.ponged(word);
            next = state == StateWord.SUSPECT ? StateWord.settled(next) : next;
            if (next != word && !heartbeat.advance(word, next)) {
                continue;
            }
            if (state == StateWord.SUSPECT) {
                reporter.recovery(heartbeat, nanos);
            }
            if (isFirst) {
                noteEcho(heartbeat);
                learning.roundTrip(heartbeat, nanos);
                reporter.pong(heartbeat, nanos);
            } else if (!isEcho && !isLateEcho(heartbeat, payload, word)) {
                boolean isTruncated = payloads.truncates(payload, StateWord.sent(word));
                reporter.quirk(heartbeat, isTruncated ? Quirk.TRUNCATED_PONGS : Quirk.FOREIGN_PONGS);
            }
            return isEcho;
        }
        return false;
    }

    private static void noteEcho(HeartbeatHandle heartbeat) {
        ConnectionDetails details = heartbeat.detailsIfAny();
        TransportHistory transport = details == null ? null : details.transport;
        if (transport != null) {
            transport.echoed();
        }
    }

    /**
     * Whether the pong echoes an earlier ping that was still owed its echo, for a round trip longer than the ping interval: it
     * proves that the peer hears, as the echo of the latest one does.
     */
    private boolean isLateEcho(HeartbeatHandle heartbeat, ByteBuffer payload, long word) {
        ConnectionDetails details = StateWord.owesEcho(word) ? heartbeat.detailsIfAny() : null;
        if (details == null) {
            return false;
        }
        long sent = payloads.sentOf(payload);
        return sent >= 0 && details.echoedLate(CoarseTime.coarse(sent), CoarseTime.coarse(StateWord.sent(word)));
    }

    /** The peer has announced that it will be silent for so many stamps, which is a sign of life. */
    void expectSilence(HeartbeatHandle heartbeat, int length) {
        heartbeat.dataReceived();
        ConnectionDetails details = heartbeat.details();
        if (details != null) {
            int patience = heartbeat.binding().limits.reap();
            details.sleep(Sleep.of(CoarseTime.coarse(pacemaker.fineNow()), length, patience));
            forgiveEcho(heartbeat);
            inbox.add(Command.look(heartbeat));
        }
    }

    /** Asks for no echo of the ping that is out: a radio that is about to be switched off need not send it. */
    static void forgiveEcho(HeartbeatHandle heartbeat) {
        long word;
        do {
            word = heartbeat.word();
        } while (StateWord.isOwed(word) && !heartbeat.advance(word, StateWord.forgiven(word)));
    }

    void closing(HeartbeatHandle heartbeat) {
        long word;
        do {
            word = heartbeat.word();
            if (StateWord.state(word) >= StateWord.CLOSING) {
                return;
            }
        } while (!heartbeat.advance(word, StateWord.closing(word, pacemaker.fineNow())));
        inbox.add(Command.look(heartbeat));
    }

    /** Asks the peer at the next tick, unless it is being asked, or the connection is closing or has ended. */
    void probe(HeartbeatHandle heartbeat) {
        if (StateWord.state(heartbeat.word()) <= StateWord.QUIET) {
            inbox.add(Command.probe(heartbeat));
        }
    }

    /** The transport says that it has closed the connection, which is final only if it does not hold the descriptor. */
    void closed(HeartbeatHandle heartbeat) {
        Connection connection = heartbeat.connection();
        if (connection == null) {
            return;
        }
        boolean isFinal = SafeCalls.descriptor(connection) == Descriptor.FREE || pacemaker.isDead();
        ConnectionDetails details = isFinal || pacemaker.isClosed() ? null : heartbeat.details();
        if (details == null) {
            ended(heartbeat);
        } else {
            details.closed = true;
            closing(heartbeat);
        }
    }

    /** The connection is closed for good. */
    void ended(HeartbeatHandle heartbeat) {
        ConnectionDetails details = ConnectionDetails.of(end(heartbeat));
        if (details != null && !pacemaker.isClosed()) {
            reporter.closed(details);
        }
    }

    void stopped(HeartbeatHandle heartbeat) {
        if (end(heartbeat) instanceof ConnectionDetails details) {
            details.events.cancel();
        }
    }

    /** Ends a watch: the connection or its details for the caller who did it, null for everyone else. */
    private @Nullable Object end(HeartbeatHandle heartbeat) {
        long word;
        do {
            word = heartbeat.word();
            if (StateWord.state(word) == StateWord.ENDED) {
                return null;
            }
        } while (!heartbeat.advance(word, StateWord.ended()));
        inbox.leave(heartbeat);
        pacemaker.left();
        Object connectionOrDetails = heartbeat.release();
        if (connectionOrDetails instanceof ConnectionDetails details) {
            details.end(pacemaker.storm());
            pacemaker.takeovers().leave(heartbeat, details);
        }
        return connectionOrDetails;
    }
}
