package dev.heartbeat.internal.state;

import static dev.heartbeat.internal.state.StateWord.CLOSING;
import static dev.heartbeat.internal.state.StateWord.QUIET;

import dev.heartbeat.Hindrance;
import dev.heartbeat.ReapReason;
import org.jspecify.annotations.Nullable;

/** The verdicts on peers of which something is heard: that they are deaf to our pings, or that their application is stale. */
public final class TalkingPeers {

    private TalkingPeers() {}

    /** A peer that talks owes an echo; one whose ping has not reached it yet, as far as can be known, owes none. */
    static Decision deaf(Facts facts) {
        int stands = facts.listened - facts.outputMovedAt;
        if (facts.isGathered && facts.finding.isStandstill() && stands <= facts.limits.reap()) {
            return Decision.postpone(facts.outputMovedAt - facts.owedSince);
        }
        return switch (facts.finding) {
            case AWAITED -> Decision.AWAIT;
            case NOT_ASKED, OUTPUT_MOVES -> Decision.postpone(facts.listened - facts.owedSince);
            default -> {
                // Its echo comes behind the message whose last bytes have just been read.
                if (isStillArriving(facts) || (facts.isGathered && facts.wasMessageArriving)) {
                    yield Decision.defer(facts.now - facts.owedSince - facts.limits.deaf() + facts.limits.pong());
                }
                int allowance = facts.limits.allowanceFor(facts.sentInFront);
                if (allowance > facts.provenFor) {
                    yield Decision.postpone(allowance);
                }
                yield Delays.isPutOff(facts)
                        ? Delays.putOff(facts, facts.owedSince + facts.limits.deaf())
                        : Decision.reap(ReapReason.DEAF);
            }
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
    static boolean waitsApart(Facts facts) {
        int overdue = facts.listened - (facts.dueApart == ReapReason.STALE ? facts.staleAt : deafAt(facts));
        return facts.isLookedAt || (facts.isStormyApart && (overdue < facts.limits.hold() || !facts.hasTurn));
    }

    /**
     * Whether the echo may wait for the end of a message whose bytes still come, with pauses shorter than the patience: no such
     * message is endless, so there is no cap.
     */
    private static boolean isStillArriving(Facts facts) {
        boolean isArriving = facts.now - facts.heard <= facts.limits.reap() || facts.hasInputArrived;
        return facts.hindrance == Hindrance.MESSAGE_INCOMPLETE && isArriving;
    }

    static boolean owesEcho(Facts facts) {
        return StateWord.owesEcho(facts.word) && facts.seesPongs;
    }

    static boolean isDeaf(Facts facts) {
        return owesEcho(facts) && facts.listened - deafAt(facts) >= 0;
    }

    /** The stamp at which a talking peer has owed an echo for too long. */
    static int deafAt(Facts facts) {
        return facts.owedSince + facts.limits.deaf() + facts.putOff + 1;
    }
}
