package dev.heartbeat.internal.engine;

import dev.heartbeat.internal.dispatch.DetectorLog;
import dev.heartbeat.internal.dispatch.SafeCalls;
import dev.heartbeat.internal.state.HeardStamp;
import dev.heartbeat.internal.state.Limits;
import dev.heartbeat.internal.state.StateWord;
import dev.heartbeat.internal.time.CoarseTime;
import dev.heartbeat.internal.wheel.TimingWheel;
import org.slf4j.Logger;

/**
 * Visits the connections of one pacemaker, on its thread, when their entries in the wheel come round or a command asks for it:
 * an active one is armed again without a further look, any other is judged, and its next visit planned.
 */
final class Visitor implements TimingWheel.Visitor<HeartbeatHandle> {

    private static final Logger log = DetectorLog.LOG;

    private final Pacemaker pacemaker;
    private final Judge judge;
    private final FactGatherer gatherer;
    private final VisitSchedule schedule;

    /** Whether a close may go unreported, so that every connection is asked now and then. */
    private final boolean asksWhetherOpen;

    private boolean passesActive;
    private int latestHeard;

    Visitor(Pacemaker pacemaker, Judge judge, FactGatherer gatherer, VisitSchedule schedule, boolean asksWhetherOpen) {
        this.pacemaker = pacemaker;
        this.judge = judge;
        this.gatherer = gatherer;
        this.schedule = schedule;
        this.asksWhetherOpen = asksWhetherOpen;
        this.latestHeard = pacemaker.now();
    }

    /** Takes a connection in. */
    void admit(HeartbeatHandle heartbeat) {
        pacemaker.inbox().refit(heartbeat);
        begin(heartbeat);
        if (StateWord.state(heartbeat.word()) != StateWord.ENDED) {
            plan(heartbeat);
        }
    }

    /** Begins what the policy asks for, and plans the first ping of a connection that has had none. */
    private void begin(HeartbeatHandle heartbeat) {
        beginFreshness(heartbeat);
        if (heartbeat.binding().learns) {
            pacemaker.learning().begin(heartbeat);
        }
        long word = heartbeat.word();
        if (StateWord.state(word) == StateWord.NEW) {
            heartbeat.advance(word, StateWord.planned(schedule.firstPing(heartbeat)));
        }
    }

    /** Begins to count the application's silence, or forgets it under a policy by which nobody notes what it says. */
    private void beginFreshness(HeartbeatHandle heartbeat) {
        boolean counts = heartbeat.binding().limits.stale() > 0;
        ConnectionDetails details = counts ? heartbeat.details() : heartbeat.detailsIfAny();
        if (details != null && counts) {
            details.freshness(pacemaker.now());
        } else if (details != null) {
            details.forgetFreshness(pacemaker.storm());
        }
    }

    /**
     * Forgets, if a close has begun, what was seen before it, and so does the connection, which tells what has hindered since
     * it was asked last: that may be long ago, as no ping precedes a close.
     */
    private void beginClose(HeartbeatHandle heartbeat) {
        boolean isClosing = gatherer.judges() && StateWord.state(heartbeat.word()) == StateWord.CLOSING;
        ConnectionDetails details = isClosing ? heartbeat.details() : null;
        if (details != null && details.trouble().beginClose()) {
            details.transport().beginClose(SafeCalls.facts(details.connection), HeardStamp.at(heartbeat.heard()));
            var unused = SafeCalls.hindrance(details.connection); // in this order, as ever
        }
    }

    void beginTick(int shortestInterval) {
        schedule.beginTick(shortestInterval);
        passesActive = gatherer.judges() && !pacemaker.isClosed();
    }

    /** The latest stamp of hearing that an entry had which came round. */
    int latestHeard() {
        return latestHeard;
    }

    @Override
    public long prefetch(HeartbeatHandle heartbeat) {
        return heartbeat.heard() + heartbeat.word();
    }

    /** The earliest stamp of the window in which an active connection, the common case, is armed again; 0 for others. */
    @Override
    public long preview(HeartbeatHandle heartbeat) {
        long word = heartbeat.word();
        int heard = heartbeat.heard();
        if (heard - latestHeard > 0) {
            latestHeard = heard;
        }
        Limits limits = heartbeat.binding().limits;
        int earliest = heard + limits.eager();
        int latest = earliest + limits.idle() - limits.eager();
        boolean isActive = passesActive
                && StateWord.state(word) == StateWord.QUIET
                && pacemaker.now() - earliest < 0
                && latest - CoarseTime.coarse(StateWord.sent(word)) - limits.verify() < 0
                && !StateWord.owesEcho(word)
                && StateWord.call(word) == StateWord.NO_CALL
                && !heartbeat.binding().learns
                && limits.stale() == 0;
        return isActive ? ((long) earliest << 32) | 1 : 0;
    }

    @Override
    public void visit(HeartbeatHandle heartbeat, long preview) {
        if (preview != 0 && (!asksWhetherOpen || FactGatherer.isOpen(heartbeat.connection()))) {
            schedule.armActive(heartbeat, (int) (preview >> 32));
        } else {
            visitClosely(heartbeat);
        }
    }

    private void visitClosely(HeartbeatHandle heartbeat) {
        if (pacemaker.isClosed()) {
            pacemaker.inbound().stopped(heartbeat);
            return;
        }
        if (pacemaker.inbox().refit(heartbeat)) {
            begin(heartbeat);
        }
        boolean goesOn = true;
        try {
            goesOn = judge.judge(heartbeat, false, false);
        } catch (Throwable unforeseen) {
            log.warn("Judging a connection failed; it stays watched", unforeseen);
        }
        if (goesOn) {
            plan(heartbeat);
        }
    }

    private void plan(HeartbeatHandle heartbeat) {
        schedule.arm(heartbeat, gatherer.gatherForPlan(heartbeat));
    }

    /**
     * Reaps a connection whose carrier was found dead.
     *
     * @return whether the watch goes on, as it does in a dry run
     */
    boolean carrierLost(HeartbeatHandle heartbeat) {
        return judge.judge(heartbeat, false, false, true);
    }

    /**
     * Does what a command asks for and can be done in this tick.
     *
     * @return whether nothing is left to do
     */
    boolean carryOut(Command command) {
        HeartbeatHandle heartbeat = command.heartbeat;
        if (command.begin(pacemaker.now() + schedule.longestArmed())) {
            begin(heartbeat);
            beginClose(heartbeat);
        }
        if (command.isCarrierLost) {
            command.isCarrierLost = false;
            if (!carrierLost(heartbeat)) {
                return true;
            }
        }
        if (command.isContested() && !judge.judge(heartbeat, false, false)) {
            return true;
        }
        long before = heartbeat.word();
        boolean isLost = command.contest != null && command.contest.isLost(before);
        boolean isProbed = command.isProbe && !isLost && !StateWord.hasDeadline(before);
        boolean goesOn = judge.judge(heartbeat, isProbed, isLost);
        if (isLost || !goesOn) {
            return true;
        }
        command.isProbe = isProbed && StateWord.sent(heartbeat.word()) == StateWord.sent(before);
        if (!isProbed && command.contest != null && command.contest.isWon(before)) {
            command.contest = null;
        }
        return !isProbed && command.isOver(pacemaker.now());
    }
}
