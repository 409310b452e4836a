package dev.heartbeat.internal.engine;

import dev.heartbeat.Connection;
import dev.heartbeat.HeartbeatPolicy;
import dev.heartbeat.Hindrance;
import dev.heartbeat.ReapReason;
import dev.heartbeat.internal.adaptive.AdaptiveLimits;
import dev.heartbeat.internal.dispatch.SafeCalls;
import dev.heartbeat.internal.state.Facts;
import dev.heartbeat.internal.state.Freshness;
import dev.heartbeat.internal.state.HeardStamp;
import dev.heartbeat.internal.state.Limits;
import dev.heartbeat.internal.state.Rules;
import dev.heartbeat.internal.state.Sleep;
import dev.heartbeat.internal.state.StateWord;
import dev.heartbeat.internal.state.TransportHistory;
import dev.heartbeat.internal.storm.StormGuard;
import dev.heartbeat.internal.time.CoarseTime;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Reads what is known of a connection into {@link Facts}, so that nothing has to be asked while it is decided on: first what
 * is cheap; what hinders the peer, and how the fleet is, only when a ping or a verdict is due. The pacemaker's thread
 * only.
 */
final class FactGatherer {

    /** No policy allows a longer silence: a day. */
    private static final int LONGEST_LIMIT = CoarseTime.of(Duration.ofDays(1));

    private final Pacemaker pacemaker;
    private final VisitSchedule schedule;
    private final KernelInquiry inquiry;

    /** Whether a close may go unreported, so that every connection is asked now and then. */
    private final boolean asksWhetherOpen;

    private final Facts facts = new Facts(Limits.of(HeartbeatPolicy.defaults()));

    private boolean judges = true;

    /** Whether anybody tells the detector what applications say, as far as this has noticed; and since when, for the first day. */
    private boolean isToldMessages;

    private boolean isToldForLong;
    private int toldMessagesSince;

    FactGatherer(Pacemaker pacemaker, VisitSchedule schedule, KernelInquiry inquiry, boolean asksWhetherOpen) {
        this.pacemaker = pacemaker;
        this.schedule = schedule;
        this.inquiry = inquiry;
        this.asksWhetherOpen = asksWhetherOpen;
    }

    /** No ping is sent and no verdict is reached from now on, but closes are still noticed. */
    void stopJudging() {
        judges = false;
    }

    boolean judges() {
        return judges;
    }

    /**
     * What is known here.
     *
     * @return the same object each time
     */
    Facts gather(HeartbeatHandle heartbeat) {
        read(heartbeat);
        facts.isOpen = !asksWhetherOpen || isOpen(heartbeat.connection());
        facts.mayWait = schedule.mayWait(facts);
        facts.hindrance = Hindrance.NONE;
        facts.isStormy = false;
        facts.knowNothing();
        forgetApart(heartbeat);
        return facts;
    }

    /**
     * What else counts when a ping or a verdict is due: what the transport and the kernel say, and how the other peers are.
     *
     * @param isPing whether a ping is due, which asks the kernel only if output waits in front of it
     */
    void gatherMore(HeartbeatHandle heartbeat, boolean isPing) {
        Connection connection = heartbeat.connection();
        facts.isOpen = isOpen(connection);
        if (connection == null || !facts.isOpen) {
            return;
        }
        facts.seesPongs = !StateWord.isOwed(facts.word) || seesPongs(connection);
        ConnectionDetails details = heartbeat.detailsIfAny();
        if (details != null && KernelInquiry.isAwaited(details, facts.now)) {
            facts.isAwaited = true;
            facts.conclude();
            readStorm(heartbeat);
            return;
        }
        facts.hindrance = SafeCalls.hindrance(connection);
        facts.transport = SafeCalls.facts(connection);
        facts.isStormy = isStormy();
        if (!Rules.isHeldInAnyCase(facts)) {
            look(heartbeat, isPing);
        }
        facts.conclude();
        facts.isOurTrouble =
                pacemaker.ownTrouble().isLikely(facts.now, pacemaker.inbox().watched());
        readStorm(heartbeat);
    }

    private void readStorm(HeartbeatHandle heartbeat) {
        StormGuard storm = pacemaker.storm();
        facts.isStormy = isStormy();
        readApart(heartbeat, storm);
        facts.hasTurn = (facts.isStormy || facts.isStormyApart) && storm.hasTurn();
    }

    private boolean isStormy() {
        return StateWord.state(facts.word) == StateWord.SUSPECT
                && pacemaker.storm().holds(pacemaker.nanosSince(StateWord.sent(facts.word)));
    }

    /** A verdict that is counted apart, of a deaf or stale peer, is not due any more unless it is now. */
    private void forgetApart(HeartbeatHandle heartbeat) {
        facts.dueApart = null;
        facts.isLookedAt = false;
        facts.isStormyApart = false;
        ConnectionDetails details = heartbeat.detailsIfAny();
        if (details != null && details.isDue() && Rules.dueApart(facts) == null) {
            details.due(null, facts.now, pacemaker.storm());
        }
    }

    /** Counts a verdict that is due and counted apart, and reads whether it has to wait. */
    private void readApart(HeartbeatHandle heartbeat, StormGuard storm) {
        ReapReason kind = facts.limits.hold() == 0 ? null : Rules.dueApart(facts);
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

    private void look(HeartbeatHandle heartbeat, boolean isPing) {
        boolean waits = facts.transport.waiting() > 0;
        ConnectionDetails details = waits || !isPing ? heartbeat.details() : null;
        if (details == null) {
            return;
        }
        if (StateWord.call(facts.word) != StateWord.CALL_QUEUED) {
            inquiry.ask(details, facts);
        }
        if (!facts.isAwaited) {
            TransportHistory history = details.transport();
            history.look(facts);
            facts.sentInFront = history.sentInFront();
            details.socket = facts.socket;
        }
    }

    /** What the next visit is planned by, after whatever was done; under an adaptive policy that is worked out anew. */
    Facts gatherForPlan(HeartbeatHandle heartbeat) {
        AdaptiveLimits adaptive = heartbeat.adaptive();
        if (adaptive != null && StateWord.state(heartbeat.word()) == StateWord.QUIET) {
            adaptive.settle(heartbeat.binding().limits, heartbeat.binding().wrongReaps);
        }
        read(heartbeat);
        return facts;
    }

    /** Whether the transport calls a connection open; false for one that has been let go of. */
    static boolean isOpen(@Nullable Connection connection) {
        return connection != null && SafeCalls.isOpen(connection);
    }

    private static boolean seesPongs(@Nullable Connection connection) {
        return connection != null && SafeCalls.seesPongs(connection);
    }

    private void read(HeartbeatHandle heartbeat) {
        PolicyBinding binding = heartbeat.binding();
        boolean countsFreshness = binding.limits.stale() > 0;
        ConnectionDetails details = countsFreshness ? heartbeat.details() : heartbeat.detailsIfAny();
        facts.now = pacemaker.now();
        facts.listened = pacemaker.listened();
        facts.isJudged = judges;
        facts.isProbed = false;
        facts.isSuperseded = false;
        facts.word = heartbeat.word();
        facts.heard = heartbeat.heard();
        facts.limits = heartbeat.limits();
        facts.owedSince = facts.sent();
        facts.seesPongs = !StateWord.owesEcho(facts.word) || seesPongs(heartbeat.connection());
        if (details == null) {
            readNoDetails();
        } else {
            readDetails(details);
        }
        readFreshness(details, binding, countsFreshness);
    }

    private void readNoDetails() {
        facts.putOff = 0;
        facts.hinderedFor = 0;
        facts.provenFor = 0;
        facts.heldBackFor = 0;
        facts.isHeldBack = false;
        facts.isAskedInVain = false;
        facts.callSince = facts.sent();
        facts.isRoundTripOurs = false;
        facts.hasReadOnce = false;
        facts.isAwaited = false;
        facts.pingFailed = false;
        facts.sleep = null;
        facts.hasVerdict = false;
    }

    private void readDetails(ConnectionDetails details) {
        boolean hasVerdictToCome = StateWord.hasDeadline(facts.word) || StateWord.owesEcho(facts.word);
        facts.putOff = hasVerdictToCome ? details.putOff(facts.word, facts.limits.reap()) : 0;
        facts.hinderedFor = details.hinderedFor(StateWord.sent(facts.word));
        facts.provenFor = details.provenFor(StateWord.sent(facts.word));
        facts.heldBackFor = details.heldBackFor(facts.now, HeardStamp.at(facts.heard));
        facts.isHeldBack = details.isHeldBack(HeardStamp.at(facts.heard));
        AdaptiveLimits adaptive = details.adaptive;
        facts.isRoundTripOurs = adaptive != null && adaptive.isRoundTripOurs();
        facts.hasReadOnce = details.hasReadOnce(StateWord.sent(facts.word));
        facts.isAskedInVain = details.isAskedInVain(StateWord.sent(facts.word));
        facts.callSince = details.callSince(StateWord.call(facts.word) == StateWord.CALL_RUNNING, facts.sent());
        facts.isAwaited = details.look != null;
        facts.pingFailed = details.pingFailure() != null;
        facts.owedSince = StateWord.owesEcho(facts.word) ? details.owedSince(facts.owedSince) : facts.owedSince;
        facts.hasVerdict = details.hasVerdict();
        Sleep announced = details.sleep;
        facts.sleep = Sleep.lasts(announced, facts.now) ? announced : null;
    }

    private void readFreshness(@Nullable ConnectionDetails details, PolicyBinding binding, boolean counts) {
        facts.countsFreshness = false;
        facts.reapsAsStale = false;
        if (counts && details != null) {
            Freshness freshness = details.freshness(facts.now);
            facts.countsFreshness = !freshness.isStale();
            facts.staleAt = freshness.due(binding.limits.stale());
            facts.reapsAsStale = freshness.isStale() && binding.policy.reapsStale();
            readMessageReports(binding.limits.stale());
        }
    }

    /** Where nobody tells what applications say, none is stale; its silence counts once somebody does. */
    private void readMessageReports(int limit) {
        if (!isToldMessages && pacemaker.messages().areTold()) {
            isToldMessages = true;
            toldMessagesSince = facts.now;
        }
        if (isToldForLong) {
            return;
        }
        if (isToldMessages) {
            isToldForLong = facts.now - toldMessagesSince > LONGEST_LIMIT;
            facts.staleAt = CoarseTime.later(facts.staleAt, toldMessagesSince + limit + 1);
        } else if (facts.countsFreshness) {
            if (facts.listened - facts.staleAt >= 0) {
                pacemaker.messages().complain();
            }
            facts.countsFreshness = false;
        }
    }
}
