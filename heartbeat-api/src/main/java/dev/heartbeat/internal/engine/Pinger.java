package dev.heartbeat.internal.engine;

import dev.heartbeat.Connection;
import dev.heartbeat.Quirk;
import dev.heartbeat.TransportFacts;
import dev.heartbeat.internal.adaptive.AdaptiveLimits;
import dev.heartbeat.internal.dispatch.DetectorLog;
import dev.heartbeat.internal.dispatch.SafeCalls;
import dev.heartbeat.internal.state.Facts;
import dev.heartbeat.internal.state.Finding;
import dev.heartbeat.internal.state.HeardStamp;
import dev.heartbeat.internal.state.PingPayloads;
import dev.heartbeat.internal.state.Sleep;
import dev.heartbeat.internal.state.StateWord;
import dev.heartbeat.internal.text.LogText;
import dev.heartbeat.internal.time.CoarseTime;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * The life of a ping, from the decision to send it until the transport's call returns: on the event loop itself or on threads
 * that may block.
 */
final class Pinger {

    private static final Logger log = DetectorLog.LOG;

    private final Pacemaker pacemaker;
    private final PingPayloads payloads;
    private final Reporter reporter;

    /** Null on an event loop, where the transport is called in place. */
    private final @Nullable Executor executor;

    Pinger(Pacemaker pacemaker, PingPayloads payloads, Reporter reporter, @Nullable Executor executor) {
        this.pacemaker = pacemaker;
        this.payloads = payloads;
        this.reporter = reporter;
        this.executor = executor;
    }

    /** Sends a ping that is due. Whatever was heard before it does not answer it. */
    void ping(HeartbeatHandle heartbeat, Facts facts) {
        if (isRefusedForTooLong(heartbeat, facts)) {
            runDeadlines(heartbeat, pacemaker.fineNow());
            return;
        }
        endTheLast(heartbeat, facts);
        adaptPatience(heartbeat, facts);
        if (!handOver(heartbeat)) {
            holdBack(heartbeat, facts);
            return;
        }
        rememberTransport(
                heartbeat, facts); // from here on, a late echo of an earlier ping is told from that of this one
        ConnectionDetails details = heartbeat.detailsIfAny();
        if (details != null && !Sleep.lasts(details.sleep, facts.now)) {
            details.sleep = null; // is over; one announced meanwhile lasts
        }
    }

    /**
     * Whether the transport has refused pings for as long as a hindrance may last, or goes on refusing them although nothing
     * waits in it; if not, it may be asked once more.
     */
    private boolean isRefusedForTooLong(HeartbeatHandle heartbeat, Facts facts) {
        ConnectionDetails details = heartbeat.detailsIfAny();
        if (details == null || !details.refused) {
            return false;
        }
        holdBack(heartbeat, facts);
        details.refused = false;
        boolean isIdle = facts.transport.waiting() == 0;
        return facts.heldBackFor >= (isIdle ? facts.limits.pong() : facts.limits.cap());
    }

    /**
     * Lets a ping that is due wait: for a message in front of it, which it would break on some transports, or for a thread. While
     * that message moves, nobody counts for how long a transport has refused the ping.
     */
    void holdBack(HeartbeatHandle heartbeat, Facts facts) {
        ConnectionDetails details = heartbeat.details();
        if (details != null) {
            if (facts.isRefused && facts.finding == Finding.OUTPUT_MOVES) {
                details.trouble().endHoldingBack();
            }
            details.trouble().holdBack(facts.now, HeardStamp.at(facts.heard));
        }
    }

    /** Learns from a ping that goes out what became of the one before it: who stops echoing is deaf, who never did is mute. */
    private void endTheLast(HeartbeatHandle heartbeat, Facts facts) {
        long word = heartbeat.word(); // a pong may have come since the facts were gathered
        boolean isMute =
                StateWord.state(word) == StateWord.QUIET && StateWord.isOwed(word) && !StateWord.hasPonged(word);
        // Behind output that waits the last ping may not have reached the peer.
        if (isMute && facts.seesPongs && facts.transport.waiting() <= 0) {
            reporter.quirk(heartbeat, Quirk.PONG_MUTE);
        }
        boolean owesEcho = StateWord.owesEcho(word) && facts.seesPongs;
        ConnectionDetails details = owesEcho ? heartbeat.details() : heartbeat.detailsIfAny();
        if (details != null) {
            details.beginPing(owesEcho, CoarseTime.coarse(StateWord.sent(word)));
        }
    }

    /** Remembers what the ping is sent behind, as soon as that is worth an object for the connection. */
    private static void rememberTransport(HeartbeatHandle heartbeat, Facts facts) {
        TransportFacts transport = facts.transport;
        ConnectionDetails known = heartbeat.detailsIfAny();
        boolean isWorthIt = (known != null && known.transport != null)
                || transport.received() != TransportFacts.UNKNOWN
                || transport.sent() > facts.limits.slowestLink();
        ConnectionDetails details = isWorthIt ? heartbeat.details() : null;
        if (details != null) {
            details.transport().beginPing(transport, HeardStamp.at(facts.heard));
        }
    }

    /** Works out, under an adaptive policy, what the ping that is about to be sent is judged by. */
    private static void adaptPatience(HeartbeatHandle heartbeat, Facts facts) {
        PolicyBinding binding = heartbeat.binding();
        ConnectionDetails details = binding.learns ? heartbeat.detailsIfAny() : null;
        AdaptiveLimits adaptive = details == null ? null : details.adaptive;
        if (details != null && adaptive != null) {
            boolean isSilent =
                    StateWord.state(facts.word) == StateWord.QUIET && facts.now - facts.heard >= facts.limits.eager();
            adaptive.ask(binding.limits, binding.wrongReaps, details.group, isSilent, facts.now);
        }
    }

    /**
     * Arms the deadlines of a ping, then hands it over. While an earlier call has not returned no other is made; this ping
     * follows when it has.
     *
     * @return false if no thread could be had for it, so that the peer has not been asked at all
     */
    private boolean handOver(HeartbeatHandle heartbeat) {
        heartbeat.askAfter(heartbeat.heard());
        long word = heartbeat.word();
        noteStuckCall(heartbeat, word);
        long asked = StateWord.asked(word, pacemaker.fineNow());
        if (StateWord.state(word) > StateWord.QUIET
                || !heartbeat.advance(word, asked)
                || StateWord.call(word) != StateWord.NO_CALL) {
            return true;
        }
        if (executor == null) {
            send(heartbeat);
            return true;
        }
        try {
            executor.execute(() -> send(heartbeat));
            return true;
        } catch (Throwable noThread) {
            failed(heartbeat, noThread);
            takeBack(heartbeat, word);
            return false;
        }
    }

    /** Keeps the moment at which a call began that has not returned, since the word is about to forget it. */
    private static void noteStuckCall(HeartbeatHandle heartbeat, long word) {
        ConnectionDetails details = StateWord.call(word) == StateWord.CALL_RUNNING ? heartbeat.details() : null;
        if (details != null) {
            details.trouble().callIsStuck(CoarseTime.coarse(StateWord.sent(word)));
        }
    }

    /**
     * Lets the deadlines run from when the output in front of a ping last moved: the ping is not sent, since it would only
     * queue behind that, and block a thread on some transports.
     */
    void askInVain(HeartbeatHandle heartbeat, Facts facts) {
        endTheLast(heartbeat, facts);
        ConnectionDetails details = heartbeat.details();
        long since = CoarseTime.fine(facts.outputMovedAt());
        if (details != null) {
            details.trouble().askInVain(since);
            details.trouble().endHoldingBack();
            details.transport().beginInVain();
            heartbeat.askAfter(heartbeat.heard());
            runDeadlines(heartbeat, since);
        }
    }

    /** Lets the deadlines of a ping run from a fine stamp on although nobody sends it. */
    private static void runDeadlines(HeartbeatHandle heartbeat, long since) {
        long word = heartbeat.word();
        if (StateWord.state(word) <= StateWord.QUIET) {
            long asked = StateWord.asked(word, since);
            boolean isCalled = StateWord.call(word) != StateWord.NO_CALL;
            heartbeat.advance(word, StateWord.forgiven(isCalled ? asked : StateWord.returned(asked)));
        }
    }

    /** Undoes the decision on a ping that nobody sends, whatever has become known of the peer meanwhile. */
    private static void takeBack(HeartbeatHandle heartbeat, long before) {
        long word;
        do {
            word = heartbeat.word();
        } while (!heartbeat.advance(
                word, StateWord.unanswered(word) ? StateWord.notAsked(word, before) : StateWord.returned(word)));
    }

    private void send(HeartbeatHandle heartbeat) {
        while (true) {
            Connection connection = heartbeat.connection();
            long word = heartbeat.word();
            boolean isWanted = StateWord.unanswered(word)
                    && StateWord.call(word) == StateWord.CALL_QUEUED
                    && !pacemaker.isClosed();
            if (connection == null || !isWanted) {
                if (StateWord.call(word) == StateWord.NO_CALL
                        || heartbeat.advance(word, StateWord.forgiven(StateWord.returned(word)))) {
                    return;
                }
                continue;
            }
            long calling = StateWord.calling(word, pacemaker.fineNow());
            if (heartbeat.advance(word, calling)) {
                Outcome outcome = call(connection, heartbeat, StateWord.sent(calling));
                if (noteReturn(heartbeat, StateWord.sent(calling), outcome)) {
                    return;
                }
            }
        }
    }

    /** What became of a ping call. */
    private enum Outcome {
        /** The transport took the ping. */
        TAKEN,
        /** It took none just now, and may later. */
        REFUSED,
        /** It cannot send. */
        FAILED
    }

    private Outcome call(Connection connection, HeartbeatHandle heartbeat, long sent) {
        try {
            connection.ping(payloads.payload(sent));
            return Outcome.TAKEN;
        } catch (Throwable thrown) {
            failed(heartbeat, thrown);
            if (!SafeCalls.isOpen(connection)) {
                pacemaker.inbound().closed(heartbeat);
            }
            ConnectionDetails details = thrown instanceof IllegalStateException ? heartbeat.details() : null;
            if (details == null) {
                return Outcome.FAILED;
            }
            details.refused = true;
            return Outcome.REFUSED;
        }
    }

    /**
     * Notes that the call has returned. Nobody is deaf who does not echo a ping that the transport has not taken, and nobody
     * is asked by one that it refused.
     *
     * @return false if the peer was asked anew during the call, having been heard meanwhile: its pong may have come before,
     *     so that ping has still to be sent
     */
    private static boolean noteReturn(HeartbeatHandle heartbeat, long sent, Outcome outcome) {
        while (true) {
            long word = heartbeat.word();
            boolean isAskedAnew = StateWord.unanswered(word) && StateWord.sent(word) != sent;
            long returned = StateWord.returned(word);
            if (outcome != Outcome.TAKEN) {
                returned = StateWord.forgiven(returned);
            }
            if (outcome == Outcome.REFUSED && !isAskedAnew) {
                returned = StateWord.unasked(returned);
            }
            if (heartbeat.advance(word, isAskedAnew ? StateWord.queued(word) : returned)) {
                return !isAskedAnew;
            }
        }
    }

    private static void failed(HeartbeatHandle heartbeat, Throwable thrown) {
        ConnectionDetails details = heartbeat.details();
        if (details != null) {
            details.pingFailed(thrown);
            if (log.isDebugEnabled()) {
                log.debug("Ping to {} failed: {}", SafeCalls.id(details.connection), LogText.of(thrown));
            }
        }
    }
}
