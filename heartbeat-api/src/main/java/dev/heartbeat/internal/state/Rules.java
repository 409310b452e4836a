package dev.heartbeat.internal.state;

import static dev.heartbeat.internal.state.StateWord.CLOSING;
import static dev.heartbeat.internal.state.StateWord.ENDED;
import static dev.heartbeat.internal.state.StateWord.NEW;
import static dev.heartbeat.internal.state.StateWord.QUIET;
import static dev.heartbeat.internal.state.StateWord.SUSPECT;
import static dev.heartbeat.internal.state.StateWord.WAITING;

import dev.heartbeat.Hindrance;
import dev.heartbeat.ReapReason;

/**
 * Every rule of life and death: {@link Facts} go in, a {@link Decision} comes out. Pure: no thread, no clock, no I/O. Who asks
 * why a peer was reaped reads this file; why it was not, {@link Finding}, which says what the connection did, and {@link Delays};
 * why although it sent something, {@link TalkingPeers}.
 *
 * <pre>
 *            first phase over,              nothing for the          nothing for the
 *            or silence ≥ eager             pong timeout             patience
 *   NEW ───────────┐
 *                  ├────────▶ WAITING ─────────────▶ SUSPECT ─────────────▶ ENDED
 *   QUIET ─────────┘             │  (onTimeout)        │  (onReap)            ▲
 *     ▲                          │                     │                      │
 *     └───── anything heard ─────┴─ anything heard ────┘     closed or stopped, from any state,
 *                                     (onRecovery)           or CLOSING for the patience (onReap)
 * </pre>
 *
 * <p>Besides, QUIET turns WAITING now and then for a peer that talks, and by a probe; and any state before CLOSING may end as
 * DEAF (from QUIET), STALE or SUPERSEDED, and any as CARRIER_LOST. When very many pings are due at once, the schedule of visits spreads them.
 *
 * <p>Anything heard after a ping was decided on is life. One ping is outstanding, its deadlines run from the moment before the
 * transport is called, or begin later if the {@link Finding} says so: when the ping has left, when output in front of it last
 * moved, when the slowest link worth serving has carried what was sent in front of it. A verdict compares its deadline with
 * {@link Facts#listened}, not with the present; a ping only needs the present. What a peer that talks sends answers that ping
 * for all the other rules, but if it has echoed pings before and does not echo this one, it is deaf.
 */
public final class Rules {

    private Rules() {}

    /**
     * What is to be done with a connection now. Whether it has ended comes first, then whether its carrier is dead or it has to make room for a newer
     * one, whether it is open or its descriptor still held, then its application's silence, then a sleeper's peace, and then what became of its ping.
     */
    public static Decision decide(Facts facts) {
        int state = StateWord.state(facts.word);
        if (state == ENDED) {
            return Decision.FORGET;
        }
        if (facts.isCarrierLost && facts.isJudged && !facts.hasVerdict) {
            return Decision.reap(ReapReason.CARRIER_LOST);
        }
        if (facts.isSuperseded && facts.isJudged && state < CLOSING && !facts.hasVerdict) {
            return Decision.reap(
                    ReapReason.SUPERSEDED); // whatever the transport says: it may hold the descriptor still
        }
        if (!facts.isOpen && !facts.isHeld) {
            return Decision.CLOSED;
        }
        if (!facts.isOpen && state < CLOSING) {
            return Decision.CLOSE;
        }
        if (!facts.isJudged) {
            return Decision.REST;
        }
        if (facts.countsFreshness && state < CLOSING && facts.listened - facts.staleAt >= 0) {
            return Decision.TELL_STALE;
        }
        if (facts.reapsAsStale && state < CLOSING && !facts.hasVerdict && !TalkingPeers.waitsApart(facts)) {
            return Decision.reap(ReapReason.STALE);
        }
        boolean isUnheard = HeardStamp.isAskedSince(facts.heard);
        if (facts.isAsleep() && isUnheard) {
            return Decision.REST;
        }
        Decision decision = switch (state) {
            case NEW -> facts.now - facts.sent() >= 0 || facts.isProbed ? ping(facts) : Decision.REST;
            case QUIET -> quiet(facts);
            case WAITING -> isUnheard ? waiting(facts) : Decision.SETTLE;
            case SUSPECT -> isUnheard ? unanswered(facts) : Decision.RECOVER;
            default -> unanswered(facts);
        };
        boolean isHeld =
                decision.action() == Decision.Action.REST && facts.isStormyApart && TalkingPeers.waitsApart(facts);
        return isHeld ? Decision.HOLD : decision;
    }

    private static Decision quiet(Facts facts) {
        if (isCallOverdue(facts)) {
            return stuck(facts);
        }
        if (TalkingPeers.isDeaf(facts) && !facts.hasVerdict && !TalkingPeers.waitsApart(facts)) {
            return TalkingPeers.deaf(facts);
        }
        if (facts.isProbed) {
            return ping(facts);
        }
        int silence = facts.now - facts.heard;
        boolean isDue = silence >= facts.limits.eager() || facts.now - facts.sent() >= facts.limits.verify();
        return isDue && !facts.mayWait ? ping(facts) : Decision.REST;
    }

    /** Whether the transport's ping call has not returned for the patience, however much the peer talks. */
    private static boolean isCallOverdue(Facts facts) {
        return StateWord.call(facts.word) == StateWord.CALL_RUNNING
                && facts.listened - facts.callSince > facts.limits.reap()
                && !facts.hasVerdict;
    }

    private static Decision stuck(Facts facts) {
        return switch (facts.finding) {
            case AWAITED -> Decision.AWAIT;
            case OUTPUT_MOVES -> Decision.SPARE_CALL;
            case OUTPUT_UNCLEAR ->
                facts.listened - facts.sent() <= facts.limits.cap()
                        ? Decision.SPARE_CALL
                        : Decision.reap(ReapReason.PING_STUCK);
            default -> Decision.reap(ReapReason.PING_STUCK);
        };
    }

    private static Decision ping(Facts facts) {
        if (facts.isAsleep()) {
            return Decision.REST;
        }
        if (facts.isAwaited) {
            return Decision.AWAIT;
        }
        if (facts.isPingBehindOutput()) {
            int wait = facts.finding == Finding.OUTPUT_UNCLEAR ? facts.limits.cap() : facts.limits.pong();
            boolean stands = facts.finding != Finding.OUTPUT_MOVES && facts.listened - facts.outputMovedAt > wait;
            return stands ? Decision.ASK_IN_VAIN : Decision.HOLD_PING_BACK;
        }
        if (facts.hindrance == Hindrance.CARRIER_ASKED && !facts.isProbed) {
            return Decision.HOLD_PING_BACK; // the carrier has caps of its own
        }
        boolean isBehindOutput = facts.hindrance == Hindrance.OUTPUT_IN_PROGRESS;
        return isBehindOutput && facts.heldBackFor < facts.limits.cap() ? Decision.HOLD_PING_BACK : Decision.PING;
    }

    private static Decision waiting(Facts facts) {
        Decision spared = Delays.sparedBy(facts, facts.limits.pong());
        if (spared != null) {
            return spared;
        }
        if (Delays.isPutOff(facts)) {
            return Delays.putOff(facts, facts.sent() + facts.provenFor + facts.limits.pong());
        }
        return Delays.mayRead(facts) ? Decision.READ_ONCE : Decision.SUSPECT;
    }

    private static Decision unanswered(Facts facts) {
        int patience = facts.limits.reap();
        if (facts.hasVerdict) {
            return Decision.REST;
        }
        Decision spared = Delays.sparedBy(facts, patience);
        if (spared != null) {
            return spared;
        }
        if (Delays.isPutOff(facts)) {
            return Delays.putOff(facts, facts.sent() + facts.provenFor + patience);
        }
        if (Delays.mayRead(facts)) {
            return Decision.READ_ONCE;
        }
        int overdue = facts.listened - facts.sent() - facts.putOff - patience;
        return Delays.isHeld(facts, overdue) ? Decision.HOLD : Decision.reap(reason(facts));
    }

    /** Why nothing came back. */
    private static ReapReason reason(Facts facts) {
        if (StateWord.state(facts.word) == CLOSING) {
            return ReapReason.CLOSE_UNFINISHED;
        }
        if (StateWord.call(facts.word) == StateWord.CALL_RUNNING) {
            return ReapReason.PING_STUCK;
        }
        if (facts.pingFailed) {
            return ReapReason.PING_FAILED;
        }
        return switch (facts.finding) {
            case OUTPUT_STANDS, OUTPUT_UNCLEAR -> ReapReason.PING_STUCK;
            case ACKNOWLEDGED -> ReapReason.NOT_ANSWERED;
            case NOT_ACKNOWLEDGED -> ReapReason.NOT_ACKNOWLEDGED;
            default -> ReapReason.NO_ANSWER;
        };
    }

    /** Whether a verdict waits where a pong could not have been seen or many peers are silent. */
    public static boolean mayBePutOff(ReapReason reason) {
        return switch (reason) {
            case SUPERSEDED, STALE, CARRIER_LOST -> false;
            default -> true;
        };
    }

    /** Whether a peer is given up because nothing comes from it, which many of them have in common when the fault is ours. */
    public static boolean isSilence(ReapReason reason) {
        return switch (reason) {
            case CLOSE_UNFINISHED, DEAF, STALE, SUPERSEDED, CARRIER_LOST -> false;
            default -> true;
        };
    }
}
