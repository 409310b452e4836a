package dev.heartbeat.internal.engine;

import static java.util.Objects.requireNonNull;

import dev.heartbeat.Connection;
import dev.heartbeat.internal.dispatch.DetectorLog;
import dev.heartbeat.internal.dispatch.SafeCalls;
import dev.heartbeat.internal.state.Decision;
import dev.heartbeat.internal.state.Decision.Action;
import dev.heartbeat.internal.state.Facts;
import dev.heartbeat.internal.state.Freshness;
import dev.heartbeat.internal.state.Limits;
import dev.heartbeat.internal.state.Rules;
import dev.heartbeat.internal.state.StateWord;
import dev.heartbeat.internal.time.CoarseTime;
import dev.heartbeat.internal.wheel.TimingWheel;
import org.slf4j.Logger;

/**
 * Visits the connections of one pacemaker, on its thread: gathers what is known, has the {@link Rules} decide, does what they
 * say, and plans the next visit.
 */
final class Judge implements TimingWheel.Visitor<HeartbeatHandle> {

    private static final Logger log = DetectorLog.LOG;

    private final Pacemaker pacemaker;
    private final FactGatherer gatherer;
    private final VisitSchedule schedule;
    private final Pinger pinger;
    private final Reporter reporter;
    private final Reaper reaper;
    private final VerdictDeferral deferral;

    /** Whether nobody may report a close, so that every connection is asked now and then. */
    private final boolean asksWhetherOpen;

    private boolean passesYoung;
    private int latestHeard;

    Judge(
            Pacemaker pacemaker,
            VisitSchedule schedule,
            Pinger pinger,
            Reporter reporter,
            Reaper reaper,
            boolean asksWhetherOpen) {
        this.pacemaker = pacemaker;
        this.gatherer = new FactGatherer(pacemaker, schedule, asksWhetherOpen);
        this.schedule = schedule;
        this.pinger = pinger;
        this.reporter = reporter;
        this.reaper = reaper;
        this.deferral = new VerdictDeferral(pacemaker.storm(), reporter);
        this.asksWhetherOpen = asksWhetherOpen;
        this.latestHeard = pacemaker.now();
    }

    /** Takes a connection in. */
    void admit(HeartbeatHandle heartbeat) {
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
            details.forgetFreshness();
        }
    }

    void beginTick(int shortestInterval) {
        schedule.beginTick(shortestInterval);
        passesYoung = gatherer.judges() && !pacemaker.isClosed();
    }

    /** Sends no ping and reaches no verdict from now on, but still notices who has closed. */
    void stopJudging() {
        gatherer.stopJudging();
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
        boolean young = passesYoung
                && StateWord.state(word) == StateWord.QUIET
                && pacemaker.now() - earliest < 0
                && latest - CoarseTime.coarse(StateWord.sent(word)) - limits.verify() < 0
                && !StateWord.owesEcho(word)
                && !heartbeat.binding().learns
                && limits.stale() == 0;
        return young ? ((long) earliest << 32) | 1 : 0;
    }

    @Override
    public void visit(HeartbeatHandle heartbeat, long preview) {
        if (preview != 0 && (!asksWhetherOpen || isOpen(heartbeat))) {
            schedule.armQuiet(heartbeat, (int) (preview >> 32));
        } else {
            visitClosely(heartbeat);
        }
    }

    private static boolean isOpen(HeartbeatHandle heartbeat) {
        Connection connection = heartbeat.connection();
        return connection != null && SafeCalls.isOpen(connection);
    }

    private void visitClosely(HeartbeatHandle heartbeat) {
        if (pacemaker.isClosed()) {
            pacemaker.inbound().stopped(heartbeat);
            return;
        }
        boolean goesOn = true;
        try {
            goesOn = judge(heartbeat, false, false);
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
     * Does what a command asks for and can be done in this tick.
     *
     * @return whether nothing is left to do
     */
    boolean carriesOut(Command command) {
        HeartbeatHandle heartbeat = command.heartbeat;
        if (command.begins(pacemaker.now() + schedule.longestArmed())) {
            begin(heartbeat);
        }
        long before = heartbeat.word();
        boolean isLost = command.contest != null && command.contest.isLost(before);
        boolean isProbed = command.isProbe && !StateWord.hasDeadline(before);
        boolean goesOn = judge(heartbeat, isProbed, isLost);
        if (isLost || !goesOn) {
            return true;
        }
        command.isProbe = isProbed && StateWord.sent(heartbeat.word()) == StateWord.sent(before);
        if (!isProbed && command.contest != null && command.contest.isWon(before)) {
            command.contest = null;
        }
        return !isProbed && command.isOver(pacemaker.now());
    }

    /**
     * Brings one connection up to date; harmless at any time, as often as one likes.
     *
     * @param isProbed whether the peer is to be asked, however lately it was heard
     * @param isSuperseded whether a newer connection takes its place
     * @return whether the watch goes on
     */
    private boolean judge(HeartbeatHandle heartbeat, boolean isProbed, boolean isSuperseded) {
        while (true) {
            Facts facts = gatherer.gather(heartbeat);
            facts.isProbed = isProbed;
            facts.isSuperseded = isSuperseded;
            Decision decision = Rules.decide(facts);
            Action action = decision.action();
            if (action == Action.PING || action == Action.SUSPECT || action == Action.REAP) {
                gatherer.gatherMore(heartbeat);
                decision = Rules.decide(facts);
            }
            switch (decision.action()) {
                case REST -> {
                    return true;
                }
                case PING -> {
                    if (schedule.takesPing()) {
                        pinger.ping(heartbeat, facts);
                    }
                    return true;
                }
                case HOLD_PING_BACK -> {
                    pinger.holdBack(heartbeat, facts);
                    return true;
                }
                case SETTLE -> heartbeat.advance(facts.word, StateWord.settled(facts.word));
                case RECOVER -> {
                    if (heartbeat.advance(facts.word, StateWord.settled(facts.word))) {
                        reporter.recovery(heartbeat, pacemaker.nanosSince(StateWord.sent(facts.word)));
                    }
                }
                case SUSPECT -> {
                    deferral.end(heartbeat, facts);
                    reporter.timeout(
                            heartbeat,
                            facts.word,
                            () -> reaper.evidence(heartbeat.detailsIfAny(), facts.word, facts.heard));
                }
                case TELL_STALE -> tellStale(heartbeat, facts);
                case DEFER -> {
                    deferral.putOff(heartbeat, facts, decision.putOff());
                    return true;
                }
                case HOLD -> {
                    deferral.hold(heartbeat);
                    return true;
                }
                case REAP -> {
                    deferral.end(heartbeat, facts);
                    if (reaper.reap(heartbeat, facts.word, facts.heard, requireNonNull(decision.reason()))) {
                        return false;
                    }
                }
                case CLOSED -> {
                    pacemaker.inbound().closed(heartbeat);
                    return false;
                }
                case FORGET -> {
                    return false;
                }
            }
        }
    }

    private void tellStale(HeartbeatHandle heartbeat, Facts facts) {
        ConnectionDetails details = heartbeat.details();
        if (details != null) {
            Freshness freshness = details.freshness(facts.now);
            if (freshness.goesStale(facts.listened, heartbeat.binding().limits.stale())) {
                reporter.stale(heartbeat, CoarseTime.duration(freshness.age(facts.now)));
            }
        }
    }
}
