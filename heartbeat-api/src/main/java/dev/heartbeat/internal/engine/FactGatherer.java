package dev.heartbeat.internal.engine;

import dev.heartbeat.Connection;
import dev.heartbeat.HeartbeatPolicy;
import dev.heartbeat.Hindrance;
import dev.heartbeat.internal.adaptive.AdaptiveLimits;
import dev.heartbeat.internal.dispatch.SafeCalls;
import dev.heartbeat.internal.state.Facts;
import dev.heartbeat.internal.state.Freshness;
import dev.heartbeat.internal.state.HeardStamp;
import dev.heartbeat.internal.state.Limits;
import dev.heartbeat.internal.state.Sleep;
import dev.heartbeat.internal.state.StateWord;
import org.jspecify.annotations.Nullable;

/**
 * Reads what is known of a connection into {@link Facts}, so that nothing has to be asked while it is decided on: first what
 * is cheap; what hinders the peer, and how the fleet is, only when a ping or a verdict is due. The pacemaker's thread
 * only.
 */
final class FactGatherer {

    private final Pacemaker pacemaker;
    private final VisitSchedule schedule;

    /** Whether a close may go unreported, so that every connection is asked now and then. */
    private final boolean asksWhetherOpen;

    private final Facts facts = new Facts(Limits.of(HeartbeatPolicy.defaults()));

    private boolean judges = true;

    FactGatherer(Pacemaker pacemaker, VisitSchedule schedule, boolean asksWhetherOpen) {
        this.pacemaker = pacemaker;
        this.schedule = schedule;
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
        return facts;
    }

    /** What else counts when a ping or a verdict is due: what the transport says, and how the other peers are. */
    void gatherMore(HeartbeatHandle heartbeat) {
        Connection connection = heartbeat.connection();
        facts.isOpen = isOpen(connection);
        if (connection == null || !facts.isOpen) {
            return;
        }
        facts.seesPongs = !StateWord.isOwed(facts.word) || seesPongs(connection);
        facts.hindrance = SafeCalls.hindrance(connection);
        facts.isStormy = StateWord.state(facts.word) == StateWord.SUSPECT
                && pacemaker.storm().holds();
        facts.hasTurn = facts.isStormy && pacemaker.storm().hasTurn();
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
        facts.heldBackFor = 0;
        facts.pingFailed = false;
        facts.sleep = null;
        facts.hasVerdict = false;
    }

    private void readDetails(ConnectionDetails details) {
        boolean hasVerdictToCome = StateWord.hasDeadline(facts.word) || StateWord.owesEcho(facts.word);
        facts.putOff = hasVerdictToCome ? details.putOff(facts.word, facts.limits.reap()) : 0;
        facts.hinderedFor = details.hinderedFor(StateWord.sent(facts.word));
        facts.heldBackFor = details.heldBackFor(facts.now, HeardStamp.at(facts.heard));
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
        }
    }
}
