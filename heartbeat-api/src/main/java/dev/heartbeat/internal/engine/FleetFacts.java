package dev.heartbeat.internal.engine;

import dev.heartbeat.ReapReason;
import dev.heartbeat.internal.state.Facts;
import dev.heartbeat.internal.state.StateWord;
import dev.heartbeat.internal.state.TalkingPeers;
import dev.heartbeat.internal.storm.StormGuard;
import dev.heartbeat.internal.time.CoarseTime;

/** Reads into the facts of a visit what is known of the other peers. The pacemaker's thread only. */
final class FleetFacts {

    private final Pacemaker pacemaker;
    private final Facts facts;

    FleetFacts(Pacemaker pacemaker, Facts facts) {
        this.pacemaker = pacemaker;
        this.facts = facts;
    }

    /** How the other peers are, and whether a verdict that is due has to wait for them. */
    void read(HeartbeatHandle heartbeat) {
        StormGuard storm = pacemaker.storm();
        facts.isStormy = isStormy();
        readApart(heartbeat, storm);
        facts.hasTurn = (facts.isStormy || facts.isStormyApart) && storm.hasTurn();
    }

    /** Whether many peers are silent at once, and this one is suspect. */
    boolean isStormy() {
        return StateWord.state(facts.word) == StateWord.SUSPECT
                && pacemaker.storm().holds(pacemaker.nanosSince(StateWord.sent(facts.word)));
    }

    /** A verdict that is counted apart, of a deaf or stale peer, is not due any more unless it is now. */
    void forgetApart(HeartbeatHandle heartbeat) {
        facts.dueApart = null;
        facts.isLookedAt = false;
        facts.isStormyApart = false;
        ConnectionDetails details = heartbeat.detailsIfAny();
        if (details != null && details.isDue() && TalkingPeers.dueApart(facts) == null) {
            details.due(null, facts.now, pacemaker.storm());
        }
    }

    /** Counts a verdict that is due and counted apart, and reads whether it has to wait. */
    private void readApart(HeartbeatHandle heartbeat, StormGuard storm) {
        ReapReason kind = facts.limits.hold() == 0 ? null : TalkingPeers.dueApart(facts);
        ConnectionDetails details = kind == null ? null : heartbeat.details();
        if (kind == null || details == null) {
            return;
        }
        int limit = kind == ReapReason.STALE ? facts.limits.stale() : facts.limits.deaf();
        int dueFor = details.due(kind, facts.now, storm);
        facts.dueApart = kind;
        facts.isLookedAt = CoarseTime.nanos(dueFor) < storm.lookNanos(CoarseTime.nanos(limit));
        facts.isStormyApart = storm.holds(kind, CoarseTime.nanos(limit));
    }
}
