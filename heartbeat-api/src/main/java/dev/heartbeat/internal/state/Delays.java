package dev.heartbeat.internal.state;

import static dev.heartbeat.internal.state.StateWord.CLOSING;
import static dev.heartbeat.internal.state.StateWord.SUSPECT;
import static dev.heartbeat.internal.time.CoarseTime.later;

import dev.heartbeat.Hindrance;
import org.jspecify.annotations.Nullable;

/**
 * Why a suspicion or a verdict on a ping without an answer waits, and for how long: because its deadlines begin later by what
 * the connection did, because a pong could not have been seen, or because many peers are silent at once.
 */
public final class Delays {

    private Delays() {}

    /** Whether one read is left to try, now that reading has been paused for as long as that may put a verdict off. */
    static boolean mayRead(Facts facts) {
        return facts.finding == Finding.NOTHING
                && facts.hindrance == Hindrance.READING_PAUSED
                && StateWord.unanswered(facts.word)
                && !facts.hasReadOnce;
    }

    /** What else is to be done than to suspect or to reap a peer after so long a wait; null if nothing is. */
    static @Nullable Decision sparedBy(Facts facts, int wait) {
        if (facts.listened - facts.sent() - facts.putOff <= wait) {
            return Decision.REST;
        }
        if (!facts.isGathered) {
            return null;
        }
        boolean isAsked = StateWord.unanswered(facts.word);
        boolean hasDeadline = isAsked || StateWord.state(facts.word) == CLOSING;
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
        int proven = hasDeadline ? begins(facts) - facts.sent() : 0;
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

    /** What could have kept a pong from being seen, or the ping from being answered. */
    public static Hindrance hindrance(Facts facts) {
        if (StateWord.call(facts.word) == StateWord.CALL_QUEUED) {
            return Hindrance.PING_QUEUED;
        }
        Hindrance proven = facts.finding.hindrance();
        if (proven != Hindrance.NONE) {
            return proven;
        }
        boolean isPing = StateWord.state(facts.word) != CLOSING; // behind which much may have been sent
        return isPing
                        && facts.hindrance == Hindrance.NONE
                        && facts.limits.allowanceFor(facts.sentInFront) > facts.limits.pong()
                ? Hindrance.MUCH_SENT
                : facts.hindrance;
    }

    /**
     * Whether a verdict waits because a pong could not have been seen, which has a cap unless most connections are in the same
     * case. Only where nothing better is known: that the other end has acknowledged the ping and sent nothing, or takes no
     * output, outranks a handler that runs.
     */
    static boolean isPutOff(Facts facts) {
        Hindrance what = facts.hindrance;
        boolean isClosing = StateWord.state(facts.word) == CLOSING;
        boolean hasInput = facts.finding == Finding.INPUT_ARRIVED || facts.finding == Finding.INPUT_UNREAD;
        boolean isKnown =
                isClosing && what == Hindrance.NONE && !hasInput; // a peer may talk on for ever behind a close
        if (facts.finding == Finding.OUTPUT_UNCLEAR || isKnown) {
            what = facts.finding.hindrance();
        }
        return (facts.finding.isUnknown() || isClosing)
                && what != Hindrance.NONE
                && what != Hindrance.MESSAGE_INCOMPLETE // whoever is silent in the middle of one is as silent as any
                && (facts.hinderedFor < facts.limits.cap() || facts.isOurTrouble);
    }

    /**
     * Puts a verdict off by one more pong timeout from now.
     *
     * @param deadline the stamp of the verdict, had nothing put it off
     */
    static Decision putOff(Facts facts, int deadline) {
        int stamps = facts.now - deadline + facts.limits.pong();
        return Decision.defer(facts.isOurTrouble ? stamps : Math.min(facts.limits.cap(), stamps));
    }

    /** Whether a verdict waits while many peers are silent at once, up to the cap of the policy and then until its turn comes. */
    static boolean isHeld(Facts facts, int overdue) {
        boolean mayBeHeld = facts.isStormy && facts.limits.hold() != 0 && StateWord.state(facts.word) != CLOSING;
        return mayBeHeld && (overdue < facts.limits.hold() || !facts.hasTurn);
    }

    /** Whether the verdict on a suspect waits whatever its connection did, so that the kernel need not be asked. */
    public static boolean isHeldInAnyCase(Facts facts) {
        int overdue = facts.listened - facts.sent() - facts.putOff - facts.limits.reap();
        return facts.isStormy && overdue < facts.limits.hold() && StateWord.state(facts.word) != CLOSING;
    }
}
