package dev.heartbeat.internal.state;

import static dev.heartbeat.internal.state.StateWord.CLOSING;
import static dev.heartbeat.internal.state.StateWord.ENDED;
import static dev.heartbeat.internal.state.StateWord.NEW;
import static dev.heartbeat.internal.state.StateWord.QUIET;
import static dev.heartbeat.internal.state.StateWord.SUSPECT;
import static dev.heartbeat.internal.state.StateWord.WAITING;
import static dev.heartbeat.internal.time.CoarseTime.earlier;
import static dev.heartbeat.internal.time.CoarseTime.later;

import dev.heartbeat.Hindrance;
import dev.heartbeat.ReapReason;
import org.jspecify.annotations.Nullable;

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
 * transport is called, or begin later if the {@link Finding} says so: when the ping has left, when output in front of it last
 * moved, when the slowest link worth serving has carried what was sent in front of it. A verdict compares its deadline with {@link Facts#listened}, not with the present; a ping only needs
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
        if (facts.reapsAsStale && state < CLOSING && !facts.hasVerdict && !waitsApart(facts)) {
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
        boolean isHeld = decision.action() == Decision.Action.REST && facts.isStormyApart && waitsApart(facts);
        return isHeld ? Decision.HOLD : decision;
    }

    private static Decision quiet(Facts facts) {
        if (isCallOverdue(facts)) {
            return stuck(facts);
        }
        if (isDeaf(facts) && !facts.hasVerdict && !waitsApart(facts)) {
            return deaf(facts);
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
            default -> Decision.reap(ReapReason.PING_STUCK);
        };
    }

    /** A peer that talks owes an echo; one whose ping has not reached it yet, as far as can be known, owes none. */
    private static Decision deaf(Facts facts) {
        int stands = facts.listened - facts.outputMovedAt;
        if (facts.isGathered && facts.finding.isStandstill() && stands <= facts.limits.reap()) {
            return Decision.postpone(facts.outputMovedAt - facts.owedSince);
        }
        return switch (facts.finding) {
            case AWAITED -> Decision.AWAIT;
            case NOT_ASKED, OUTPUT_MOVES -> Decision.postpone(facts.listened - facts.owedSince);
            default -> {
                if (isStillArriving(facts)) {
                    yield Decision.defer(facts.now - facts.owedSince - facts.limits.deaf() + facts.limits.pong());
                }
                int allowance = facts.limits.allowanceFor(facts.sentInFront);
                if (allowance > facts.provenFor) {
                    yield Decision.postpone(allowance);
                }
                yield isPutOff(facts)
                        ? putOff(facts, facts.owedSince + facts.limits.deaf())
                        : Decision.reap(ReapReason.DEAF);
            }
        };
    }

    private static Decision ping(Facts facts) {
        if (facts.isAsleep()) {
            return Decision.REST;
        }
        if (facts.isAwaited) {
            return Decision.AWAIT;
        }
        if (facts.transport.waiting() > 0) {
            boolean stands =
                    facts.finding != Finding.OUTPUT_MOVES && facts.listened - facts.outputMovedAt > facts.limits.pong();
            return stands ? Decision.ASK_IN_VAIN : Decision.HOLD_PING_BACK;
        }
        boolean isBehindOutput = facts.hindrance == Hindrance.OUTPUT_IN_PROGRESS;
        return isBehindOutput && facts.heldBackFor < facts.limits.cap() ? Decision.HOLD_PING_BACK : Decision.PING;
    }

    private static Decision waiting(Facts facts) {
        Decision spared = sparedBy(facts, facts.limits.pong());
        if (spared != null) {
            return spared;
        }
        if (isPutOff(facts)) {
            return putOff(facts, facts.sent() + facts.provenFor + facts.limits.pong());
        }
        return mayRead(facts) ? Decision.READ_ONCE : Decision.SUSPECT;
    }

    private static Decision unanswered(Facts facts) {
        int patience = facts.limits.reap();
        if (facts.hasVerdict) {
            return Decision.REST;
        }
        Decision spared = sparedBy(facts, patience);
        if (spared != null) {
            return spared;
        }
        if (isPutOff(facts)) {
            return putOff(facts, facts.sent() + facts.provenFor + patience);
        }
        if (mayRead(facts)) {
            return Decision.READ_ONCE;
        }
        int overdue = facts.listened - facts.sent() - facts.putOff - patience;
        return isHeld(facts, overdue) ? Decision.HOLD : Decision.reap(reason(facts));
    }

    /** Whether one read is left to try, now that reading has been paused for as long as that may put a verdict off. */
    private static boolean mayRead(Facts facts) {
        return facts.finding == Finding.NOTHING
                && facts.hindrance == Hindrance.READING_PAUSED
                && StateWord.unanswered(facts.word)
                && !facts.hasReadOnce;
    }

    /** What else is to be done than to suspect or to reap a peer after so long a wait; null if nothing is. */
    private static @Nullable Decision sparedBy(Facts facts, int wait) {
        if (facts.listened - facts.sent() - facts.putOff <= wait) {
            return Decision.REST;
        }
        if (!facts.isGathered) {
            return null;
        }
        boolean isAsked = StateWord.unanswered(facts.word);
        if (facts.finding == Finding.AWAITED) {
            return Decision.AWAIT;
        }
        if (isAsked && facts.finding == Finding.INPUT_ARRIVED) {
            return Decision.HEAR;
        }
        if (isAsked && facts.finding == Finding.INPUT_UNREAD) {
            return Decision.ASK_AGAIN;
        }
        if (facts.isAskedInVain && !facts.finding.isStandstill()) {
            return Decision.ASK_AGAIN;
        }
        int proven = isAsked ? begins(facts) - facts.sent() : 0;
        boolean isEarly = proven > facts.provenFor
                && facts.listened - facts.sent() - facts.putOff + facts.provenFor - proven <= wait;
        return isEarly ? Decision.postpone(proven) : null;
    }

    /** The stamp at which the deadlines of the latest ping begin, by what the connection did. */
    private static int begins(Facts facts) {
        int sent = facts.sent();
        if (facts.hasJustLeft) {
            return facts.listened;
        }
        int moved = facts.hasOutputEverMoved ? later(sent, facts.outputMovedAt) : sent;
        return switch (facts.finding) {
            case NOT_ASKED, OUTPUT_MOVES -> facts.listened;
            case OUTPUT_STANDS -> later(sent, facts.outputMovedAt);
            case NOT_ACKNOWLEDGED -> moved;
            default -> later(moved, sent + facts.limits.allowanceFor(facts.sentInFront) + slowness(facts));
        };
    }

    /** What twice the latest round trip is longer than the patience: nobody is reaped before that where nothing else is known. */
    private static int slowness(Facts facts) {
        boolean counts = facts.finding == Finding.NOTHING && !facts.isRoundTripOurs;
        if (StateWord.state(facts.word) != SUSPECT || !counts) {
            return 0;
        }
        long twice = Math.min(facts.limits.cap(), (StateWord.roundTripNanos(facts.word) * 2) >> 20);
        return (int) Math.max(0, twice - facts.limits.reap());
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
            case OUTPUT_STANDS -> ReapReason.PING_STUCK;
            case ACKNOWLEDGED -> ReapReason.NOT_ANSWERED;
            case NOT_ACKNOWLEDGED -> ReapReason.NOT_ACKNOWLEDGED;
            default -> ReapReason.NO_ANSWER;
        };
    }

    /** Whether a verdict waits where a pong could not have been seen or many peers are silent. */
    public static boolean mayBePutOff(ReapReason reason) {
        return reason != ReapReason.SUPERSEDED && reason != ReapReason.STALE;
    }

    /** Whether a peer is given up because nothing comes from it, which many of them have in common when the fault is ours. */
    public static boolean isSilence(ReapReason reason) {
        return switch (reason) {
            case CLOSE_UNFINISHED, DEAF, STALE, SUPERSEDED -> false;
            default -> true;
        };
    }

    /** The kind of a verdict that is due though something comes from the peer, deaf or stale; null if there is none. */
    public static @Nullable ReapReason dueApart(Facts facts) {
        int state = StateWord.state(facts.word);
        if (facts.hasVerdict || !facts.isJudged) {
            return null;
        }
        if (facts.reapsAsStale && state < CLOSING) {
            return ReapReason.STALE;
        }
        boolean isDue = state == QUIET && isDeaf(facts) && deaf(facts).action() == Decision.Action.REAP;
        return isDue ? ReapReason.DEAF : null;
    }

    /** The kind of the verdict that is held. */
    public static ReapReason heldKind(Facts facts) {
        ReapReason apart = facts.dueApart;
        return facts.isStormyApart && apart != null ? apart : ReapReason.NO_ANSWER;
    }

    /** Whether such a verdict waits for others of its kind, or for the end of a storm, up to the cap and then for its turn. */
    private static boolean waitsApart(Facts facts) {
        int overdue = facts.listened - (facts.dueApart == ReapReason.STALE ? facts.staleAt : deafAt(facts));
        return facts.isLookedAt || (facts.isStormyApart && (overdue < facts.limits.hold() || !facts.hasTurn));
    }

    /** Whether the echo may wait for the end of a message whose bytes still come: no such message is endless, so there is no cap. */
    private static boolean isStillArriving(Facts facts) {
        boolean isArriving = facts.now - facts.heard <= facts.limits.pong() || facts.hasInputArrived;
        return facts.hindrance == Hindrance.MESSAGE_INCOMPLETE && isArriving;
    }

    /** What could have kept a pong from being seen, or the ping from being answered. */
    public static Hindrance hindrance(Facts facts) {
        if (StateWord.call(facts.word) == StateWord.CALL_QUEUED) {
            return Hindrance.PING_QUEUED;
        }
        Hindrance proven = facts.finding.hindrance();
        if (proven != Hindrance.NONE) {
            return proven;
        }
        return facts.hindrance == Hindrance.NONE && facts.limits.allowanceFor(facts.sentInFront) > facts.limits.pong()
                ? Hindrance.MUCH_SENT
                : facts.hindrance;
    }

    /**
     * Whether a verdict waits because a pong could not have been seen, which has a cap unless most connections are in the same
     * case. Only where nothing better is known: that the other end has acknowledged the ping and sent nothing, or takes no
     * output, outranks a handler that runs.
     */
    private static boolean isPutOff(Facts facts) {
        Hindrance what = facts.hindrance;
        if (StateWord.state(facts.word) == CLOSING && what == Hindrance.NONE) {
            what = facts.finding.hindrance();
        }
        return (facts.finding == Finding.NOTHING || StateWord.state(facts.word) == CLOSING)
                && what != Hindrance.NONE
                && what != Hindrance.MESSAGE_INCOMPLETE // whoever is silent in the middle of one is as silent as any
                && (facts.hinderedFor < facts.limits.cap() || facts.isOurTrouble);
    }

    /**
     * Puts a verdict off by one more pong timeout from now.
     *
     * @param deadline the stamp of the verdict, had nothing put it off
     */
    private static Decision putOff(Facts facts, int deadline) {
        int stamps = facts.now - deadline + facts.limits.pong();
        return Decision.defer(facts.isOurTrouble ? stamps : Math.min(facts.limits.cap(), stamps));
    }

    /** Whether a verdict waits while many peers are silent at once, up to the cap of the policy and then until its turn comes. */
    private static boolean isHeld(Facts facts, int overdue) {
        boolean mayBeHeld = facts.isStormy && facts.limits.hold() != 0 && StateWord.state(facts.word) != CLOSING;
        return mayBeHeld && (overdue < facts.limits.hold() || !facts.hasTurn);
    }

    /** Whether the verdict on a suspect waits whatever its connection did, so that the kernel need not be asked. */
    public static boolean isHeldInAnyCase(Facts facts) {
        int overdue = facts.listened - facts.sent() - facts.putOff - facts.limits.reap();
        return facts.isStormy && overdue < facts.limits.hold() && StateWord.state(facts.word) != CLOSING;
    }

    private static boolean owesEcho(Facts facts) {
        return StateWord.owesEcho(facts.word) && facts.seesPongs;
    }

    private static boolean isDeaf(Facts facts) {
        return owesEcho(facts) && facts.listened - deafAt(facts) >= 0;
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

    /** The stamp by which a quiet connection is looked at although its ping is due later: it may be deaf or stuck by then. */
    public static int dueIfDeaf(Facts facts, int due) {
        int overdue = StateWord.call(facts.word) == StateWord.CALL_RUNNING && !facts.hasVerdict
                ? earlier(due, facts.callSince + facts.limits.reap() + 1)
                : due;
        return owesEcho(facts) && !facts.hasVerdict ? earlier(overdue, deafAt(facts)) : overdue;
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
