package dev.heartbeat.internal.engine;

import dev.heartbeat.Connection;
import dev.heartbeat.HeartbeatPolicy;
import dev.heartbeat.Hindrance;
import dev.heartbeat.internal.adaptive.AdaptiveLimits;
import dev.heartbeat.internal.dispatch.SafeCalls;
import dev.heartbeat.internal.kernel.SocketLooks;
import dev.heartbeat.internal.state.Delays;
import dev.heartbeat.internal.state.Facts;
import dev.heartbeat.internal.state.HeardStamp;
import dev.heartbeat.internal.state.Limits;
import dev.heartbeat.internal.state.Sleep;
import dev.heartbeat.internal.state.StateWord;
import dev.heartbeat.internal.state.TransportHistory;
import org.jspecify.annotations.Nullable;

/**
 * Reads what is known of a connection into {@link Facts}, so that nothing has to be asked while it is decided on: first what
 * is cheap; what hinders the peer, and how the fleet is, only when a ping or a verdict is due. The pacemaker's thread
 * only.
 */
final class FactGatherer {

    private final Pacemaker pacemaker;
    private final VisitSchedule schedule;
    private final KernelInquiry inquiry;
    private final ClosureFacts closures;
    private final FleetFacts fleet;
    private final FreshnessFacts freshness;

    /** Whether a close may go unreported, so that every connection is asked now and then. */
    private final boolean asksWhetherOpen;

    private final Facts facts = new Facts(Limits.of(HeartbeatPolicy.defaults()));

    private boolean judges = true;

    FactGatherer(Pacemaker pacemaker, VisitSchedule schedule, SocketLooks looks, boolean asksWhetherOpen) {
        this.pacemaker = pacemaker;
        this.schedule = schedule;
        this.inquiry = new KernelInquiry(looks);
        this.closures = new ClosureFacts(looks);
        this.fleet = new FleetFacts(pacemaker, facts);
        this.freshness = new FreshnessFacts(pacemaker, facts);
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
        readOpen(heartbeat, asksWhetherOpen);
        facts.mayWait = schedule.mayWait(facts);
        facts.hindrance = Hindrance.NONE;
        facts.isStormy = false;
        facts.knowNothing();
        fleet.forgetApart(heartbeat);
        return facts;
    }

    /**
     * What else counts when a ping or a verdict is due: what the transport and the kernel say, and how the other peers are.
     *
     * @param isPing whether a ping is due, which asks the kernel only if output waits in front of it, or the transport refuses it
     */
    void gatherMore(HeartbeatHandle heartbeat, boolean isPing) {
        Connection connection = heartbeat.connection();
        readOpen(heartbeat, true);
        if (connection == null || (!facts.isOpen && !facts.isHeld)) {
            return;
        }
        facts.seesPongs = !StateWord.isOwed(facts.word) || seesPongs(connection);
        ConnectionDetails details = heartbeat.detailsIfAny();
        if (details != null && KernelInquiry.isAwaited(details.troubleIfAny(), facts.now)) {
            facts.isAwaited = true;
            facts.conclude();
            fleet.read(heartbeat);
            return;
        }
        facts.transport = SafeCalls.facts(connection);
        facts.hindrance = SafeCalls.hindrance(connection); // in this order, for it may rest on what has come since
        facts.isStormy = fleet.isStormy();
        if (!Delays.isHeldInAnyCase(facts)) {
            look(heartbeat, isPing);
        }
        facts.conclude();
        facts.isOurTrouble =
                pacemaker.ownTrouble().isLikely(facts.now, pacemaker.inbox().watched());
        fleet.read(heartbeat);
    }

    /** Looks at what is in front of a close that has just begun, since only the difference to a later look tells whether it moves. */
    void lookAtBeginningClose(HeartbeatHandle heartbeat) {
        ConnectionDetails details =
                judges && StateWord.state(facts.word) == StateWord.CLOSING ? heartbeat.detailsIfAny() : null;
        PingTrouble trouble = details == null ? null : details.troubleIfAny();
        if (trouble != null && trouble.wantsFirstLook()) {
            gatherMore(heartbeat, false);
            if (!facts.isAwaited) {
                trouble.firstLookTaken();
            }
        }
    }

    /** Whether the connection is open, as the adapter has said or the transport does, and what it holds if it is not. */
    private void readOpen(HeartbeatHandle heartbeat, boolean asks) {
        ConnectionDetails details = heartbeat.detailsIfAny();
        boolean isCalledClosed = details != null && details.closed;
        facts.isOpen = !isCalledClosed && (!asks || isOpen(heartbeat.connection()));
        facts.isHeld = !facts.isOpen && closures.isHeld(heartbeat);
    }

    private void look(HeartbeatHandle heartbeat, boolean isPing) {
        boolean waits = facts.transport.waiting() > 0 || facts.isRefused;
        ConnectionDetails details = waits || !isPing ? heartbeat.details() : null;
        if (details == null) {
            return;
        }
        if (StateWord.call(facts.word) != StateWord.CALL_QUEUED) {
            inquiry.ask(details.trouble(), facts);
        }
        if (!facts.isAwaited) {
            TransportHistory history = details.transport();
            history.look(facts);
            facts.sentInFront = history.sentInFront();
            details.trouble().socket = facts.socket;
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
        facts.isCarrierLost = false;
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
        PingTrouble trouble = details == null ? null : details.troubleIfAny();
        if (trouble == null) {
            readNoTrouble();
        } else {
            readTrouble(trouble);
        }
        freshness.read(details, binding, countsFreshness);
    }

    private void readNoDetails() {
        facts.putOff = 0;
        facts.isRoundTripOurs = false;
        facts.pingFailed = false;
        facts.isRefused = false;
        facts.sleep = null;
        facts.hasVerdict = false;
    }

    private void readDetails(ConnectionDetails details) {
        boolean hasVerdictToCome = StateWord.hasDeadline(facts.word) || StateWord.owesEcho(facts.word);
        AdaptiveLimits adaptive = details.adaptive;
        Sleep announced = details.sleep;
        facts.putOff = hasVerdictToCome ? details.putOff(facts.word, facts.limits.reap()) : 0;
        facts.isRoundTripOurs = adaptive != null && adaptive.isRoundTripOurs();
        facts.pingFailed = details.pingFailure() != null;
        facts.isRefused = details.refused;
        facts.owedSince = StateWord.owesEcho(facts.word) ? details.owedSince(facts.owedSince) : facts.owedSince;
        facts.hasVerdict = details.hasVerdict();
        facts.sleep = Sleep.lasts(announced, facts.now) ? announced : null;
    }

    private void readNoTrouble() {
        facts.hinderedFor = 0;
        facts.provenFor = 0;
        facts.heldBackFor = 0;
        facts.isHeldBack = false;
        facts.isAskedInVain = false;
        facts.hasReadOnce = false;
        facts.wasMessageArriving = false;
        facts.callSince = facts.sent();
        facts.isAwaited = false;
    }

    private void readTrouble(PingTrouble trouble) {
        long sent = StateWord.sent(facts.word);
        int heard = HeardStamp.at(facts.heard);
        facts.hinderedFor = trouble.hinderedFor(sent);
        facts.provenFor = trouble.provenFor(sent);
        facts.heldBackFor = trouble.heldBackFor(facts.now, heard);
        facts.isHeldBack = trouble.isHeldBack(heard);
        facts.isAskedInVain = trouble.isAskedInVain(sent);
        facts.hasReadOnce = trouble.hasReadOnce(sent);
        facts.wasMessageArriving = trouble.wasMessageArriving;
        facts.callSince = trouble.callSince(StateWord.call(facts.word) == StateWord.CALL_RUNNING, facts.sent());
        facts.isAwaited = trouble.look != null;
    }
}
