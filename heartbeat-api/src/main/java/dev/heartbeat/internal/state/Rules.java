package dev.heartbeat.internal.state;

import static dev.heartbeat.internal.state.StateWord.CLOSING;
import static dev.heartbeat.internal.state.StateWord.ENDED;
import static dev.heartbeat.internal.state.StateWord.NEW;
import static dev.heartbeat.internal.state.StateWord.QUIET;
import static dev.heartbeat.internal.state.StateWord.SUSPECT;
import static dev.heartbeat.internal.state.StateWord.WAITING;
import static dev.heartbeat.internal.time.CoarseTime.earlier;

import dev.heartbeat.Hindrance;
import dev.heartbeat.ReapReason;

/**
 * Every rule of life and death: {@link Facts} go in, a {@link Decision} comes out. Pure: no thread, no clock, no I/O. Who asks
 * why a peer was reaped, or was not, reads this file.
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
 * DEAF (from QUIET), STALE or SUPERSEDED. When very many pings are due at once, the schedule of visits spreads them.
 *
 * <p>Anything heard after a ping was decided on is life. One ping is outstanding, its deadlines run from the moment before the
 * transport is called. A verdict compares its deadline with {@link Facts#listened}, not with the present; a ping only needs
 * the present. What a peer that talks sends answers that ping for all the other rules,
 * but if it has echoed pings before and does not echo this one, it is deaf.
 */
public final class Rules {

    private Rules() {}

    /**
     * What is to be done with a connection now. Whether it has ended comes first, then whether it has to make room for a newer
     * one, whether it is open, then its application's silence, then a sleeper's peace, and then what became of its ping.
     */
    public static Decision decide(Facts facts) {
        int state = StateWord.state(facts.word);
        if (state == ENDED) {
            return Decision.FORGET;
        }
        if (facts.isSuperseded && facts.isJudged && state < CLOSING && !facts.hasVerdict) {
            return Decision.reap(
                    ReapReason.SUPERSEDED); // whatever the transport says: it may hold the descriptor still
        }
        if (!facts.isOpen) {
            return Decision.CLOSED;
        }
        if (!facts.isJudged) {
            return Decision.REST;
        }
        if (facts.countsFreshness && state < CLOSING && facts.listened - facts.staleAt >= 0) {
            return Decision.TELL_STALE;
        }
        if (facts.reapsAsStale && state < CLOSING && !facts.hasVerdict) {
            return Decision.reap(ReapReason.STALE);
        }
        boolean isUnheard = HeardStamp.isAskedSince(facts.heard);
        if (facts.isAsleep() && isUnheard) {
            return Decision.REST;
        }
        return switch (state) {
            case NEW -> facts.now - facts.sent() >= 0 || facts.isProbed ? ping(facts) : Decision.REST;
            case QUIET -> quiet(facts);
            case WAITING -> isUnheard ? waiting(facts) : Decision.SETTLE;
            case SUSPECT -> isUnheard ? unanswered(facts) : Decision.RECOVER;
            default -> unanswered(facts);
        };
    }

    private static Decision quiet(Facts facts) {
        int deafAt = deafAt(facts);
        if (owesEcho(facts) && facts.listened - deafAt >= 0 && !facts.hasVerdict) {
            return isPutOff(facts)
                    ? putOff(facts, facts.owedSince + facts.limits.deaf())
                    : Decision.reap(ReapReason.DEAF);
        }
        if (facts.isProbed) {
            return ping(facts);
        }
        int silence = facts.now - facts.heard;
        boolean isDue = silence >= facts.limits.eager() || facts.now - facts.sent() >= facts.limits.verify();
        return isDue && !facts.mayWait ? ping(facts) : Decision.REST;
    }

    private static Decision ping(Facts facts) {
        if (facts.isAsleep()) {
            return Decision.REST;
        }
        boolean isBehindOutput = facts.hindrance == Hindrance.OUTPUT_IN_PROGRESS;
        return isBehindOutput && facts.heldBackFor < facts.limits.cap() ? Decision.HOLD_PING_BACK : Decision.PING;
    }

    private static Decision waiting(Facts facts) {
        int waited = facts.listened - facts.sent() - facts.putOff;
        if (waited <= facts.limits.pong()) {
            return Decision.REST;
        }
        return isPutOff(facts) ? putOff(facts, facts.sent() + facts.limits.pong()) : Decision.SUSPECT;
    }

    private static Decision unanswered(Facts facts) {
        int waited = facts.listened - facts.sent() - facts.putOff;
        int overdue = waited - facts.limits.reap();
        if (overdue <= 0 || facts.hasVerdict) {
            return Decision.REST;
        }
        if (isPutOff(facts)) {
            return putOff(facts, facts.sent() + facts.limits.reap());
        }
        return isHeld(facts, overdue) ? Decision.HOLD : Decision.reap(reason(facts));
    }

    /** Why nothing came back. */
    private static ReapReason reason(Facts facts) {
        if (StateWord.state(facts.word) == CLOSING) {
            return ReapReason.CLOSE_UNFINISHED;
        }
        if (StateWord.call(facts.word) == StateWord.CALL_RUNNING) {
            return ReapReason.PING_STUCK;
        }
        return facts.pingFailed ? ReapReason.PING_FAILED : ReapReason.NO_ANSWER;
    }

    /** Whether a verdict waits where a pong could not have been seen or many peers are silent. */
    public static boolean mayBePutOff(ReapReason reason) {
        return reason != ReapReason.SUPERSEDED && reason != ReapReason.STALE;
    }

    /** What could have kept a pong from being seen. */
    public static Hindrance hindrance(Facts facts) {
        return StateWord.call(facts.word) == StateWord.CALL_QUEUED ? Hindrance.PING_QUEUED : facts.hindrance;
    }

    /** Whether a verdict waits because a pong could not have been seen, which has a cap. */
    private static boolean isPutOff(Facts facts) {
        return hindrance(facts) != Hindrance.NONE && facts.hinderedFor < facts.limits.cap();
    }

    /**
     * Puts a verdict off by one more pong timeout from now.
     *
     * @param deadline the stamp of the verdict, had nothing put it off
     */
    private static Decision putOff(Facts facts, int deadline) {
        return Decision.defer(Math.min(facts.limits.cap(), facts.now - deadline + facts.limits.pong()));
    }

    /** Whether a verdict waits while many peers are silent at once, up to the cap of the policy and then until its turn comes. */
    private static boolean isHeld(Facts facts, int overdue) {
        boolean mayBeHeld = facts.isStormy && facts.limits.hold() != 0 && StateWord.state(facts.word) != CLOSING;
        return mayBeHeld && (overdue < facts.limits.hold() || !facts.hasTurn);
    }

    private static boolean owesEcho(Facts facts) {
        return StateWord.owesEcho(facts.word) && facts.seesPongs;
    }

    /** The stamp at which a talking peer has owed an echo for too long. */
    private static int deafAt(Facts facts) {
        return facts.owedSince + facts.limits.deaf() + facts.putOff + 1;
    }

    /**
     * The latest stamp by which a connection must be looked at again, whatever other threads do to its word meanwhile: an
     * answer may turn a waiting connection quiet at once, so the next ping counts as much as the verdict.
     */
    public static int due(Facts facts) {
        Limits limits = facts.limits;
        int sent = facts.sent();
        return switch (StateWord.state(facts.word)) {
            case NEW -> sent;
            case QUIET -> earlier(facts.heard + limits.idle(), sent + limits.verify());
            case WAITING -> sent + Math.min(limits.pong() + facts.putOff + 1, limits.eager());
            default -> sent + limits.reap() + facts.putOff + 1;
        };
    }

    /** The stamp by which a quiet connection is looked at although its ping is due later: it may be deaf by then. */
    public static int dueIfDeaf(Facts facts, int due) {
        return owesEcho(facts) && !facts.hasVerdict ? earlier(due, deafAt(facts)) : due;
    }

    /** The stamp by which a connection is looked at for its application's sake, or not before because its peer sleeps. */
    public static int dueForTheApplication(Facts facts, int due) {
        if (StateWord.state(facts.word) >= CLOSING) {
            return due;
        }
        int awake = facts.sleep == null ? due : facts.sleep.until();
        return facts.countsFreshness ? earlier(awake, facts.staleAt) : awake;
    }
}
