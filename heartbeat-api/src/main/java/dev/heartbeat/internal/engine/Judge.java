package dev.heartbeat.internal.engine;

import static java.util.Objects.requireNonNull;

import dev.heartbeat.ReapReason;
import dev.heartbeat.internal.state.Decision;
import dev.heartbeat.internal.state.Decision.Action;
import dev.heartbeat.internal.state.Facts;
import dev.heartbeat.internal.state.Freshness;
import dev.heartbeat.internal.state.Rules;
import dev.heartbeat.internal.state.StateWord;
import dev.heartbeat.internal.state.TalkingPeers;
import dev.heartbeat.internal.time.CoarseTime;

/** Has a connection's facts gathered and the {@link Rules} decide on them, and does what they say. The pacemaker's thread only. */
final class Judge {

    private final Pacemaker pacemaker;
    private final FactGatherer gatherer;
    private final VisitSchedule schedule;
    private final Pinger pinger;
    private final Reporter reporter;
    private final Reaper reaper;
    private final VerdictDeferral deferral;

    Judge(
            Pacemaker pacemaker,
            FactGatherer gatherer,
            VisitSchedule schedule,
            Pinger pinger,
            Reporter reporter,
            Reaper reaper) {
        this.pacemaker = pacemaker;
        this.gatherer = gatherer;
        this.schedule = schedule;
        this.pinger = pinger;
        this.reporter = reporter;
        this.reaper = reaper;
        this.deferral = new VerdictDeferral(pacemaker, reporter);
    }

    /**
     * Brings one connection up to date; harmless at any time, as often as one likes, unless it is probed or superseded.
     *
     * @param isProbed whether the peer is to be asked, however lately it was heard
     * @param isSuperseded whether a newer connection takes its place
     * @return whether the watch goes on
     */
    boolean judge(HeartbeatHandle heartbeat, boolean isProbed, boolean isSuperseded) {
        return judge(heartbeat, isProbed, isSuperseded, false);
    }

    /**
     * The same.
     *
     * @param isCarrierLost whether the connection that carries it was found dead
     */
    boolean judge(HeartbeatHandle heartbeat, boolean isProbed, boolean isSuperseded, boolean isCarrierLost) {
        while (true) {
            Facts facts = gatherer.gather(heartbeat);
            facts.isProbed = isProbed;
            facts.isSuperseded = isSuperseded;
            facts.isCarrierLost = isCarrierLost;
            Decision decision = Rules.decide(facts);
            Action action = decision.action();
            if (action == Action.PING || action == Action.SUSPECT || action == Action.REAP) {
                gatherer.gatherMore(heartbeat, action == Action.PING);
                decision = Rules.decide(facts);
            }
            switch (decision.action()) {
                case REST -> {
                    gatherer.lookAtBeginningClose(heartbeat);
                    return true;
                }
                case PING -> {
                    if (schedule.takePing()) {
                        pinger.ping(heartbeat, facts);
                    }
                    return true;
                }
                case HOLD_PING_BACK -> {
                    pinger.holdBack(heartbeat, facts);
                    return true;
                }
                case ASK_IN_VAIN -> pinger.askInVain(heartbeat, facts);
                case AWAIT -> {
                    return true;
                }
                case HEAR -> deferral.hear(heartbeat, facts);
                case ASK_AGAIN -> {
                    settle(heartbeat, facts);
                    deferral.unread(heartbeat, facts);
                }
                case READ_ONCE -> deferral.readOnce(heartbeat, facts);
                case SPARE_CALL -> {
                    ConnectionDetails details = heartbeat.details();
                    if (details != null) {
                        details.trouble().spareCall(facts.now);
                    }
                    return true;
                }
                case SETTLE, RECOVER -> settle(heartbeat, facts);
                case SUSPECT -> {
                    deferral.end(heartbeat, facts);
                    reporter.timeout(
                            heartbeat,
                            () -> heartbeat.advance(facts.word, StateWord.suspected(facts.word)),
                            () -> reaper.evidence(heartbeat.detailsIfAny(), facts.word, facts.heard));
                }
                case TELL_STALE -> tellStale(heartbeat, facts);
                case POSTPONE -> {
                    deferral.postpone(heartbeat, facts, decision.putOff());
                    return true;
                }
                case DEFER -> {
                    deferral.putOff(heartbeat, facts, decision.putOff());
                    return true;
                }
                case HOLD -> {
                    deferral.hold(heartbeat, TalkingPeers.heldKind(facts));
                    return true;
                }
                case REAP -> {
                    ReapReason reason = requireNonNull(decision.reason());
                    if (Rules.mayBePutOff(reason)) {
                        deferral.end(heartbeat, facts);
                    }
                    if (reason == ReapReason.STALE || reason == ReapReason.DEAF) {
                        deferral.end(reason, facts);
                    }
                    if (reaper.reap(heartbeat, facts.word, facts.heard, reason)) {
                        return false;
                    }
                }
                case CLOSE -> pacemaker.inbound().closing(heartbeat);
                case CLOSED -> {
                    pacemaker.inbound().ended(heartbeat);
                    return false;
                }
                case FORGET -> {
                    return false;
                }
            }
        }
    }

    /** What was asked is answered; a suspect has recovered. */
    private void settle(HeartbeatHandle heartbeat, Facts facts) {
        boolean settled = heartbeat.advance(facts.word, StateWord.settled(facts.word));
        if (settled && StateWord.state(facts.word) == StateWord.SUSPECT) {
            reporter.recovery(heartbeat, pacemaker.nanosSince(StateWord.sent(facts.word)));
        }
    }

    private void tellStale(HeartbeatHandle heartbeat, Facts facts) {
        ConnectionDetails details = heartbeat.details();
        if (details != null) {
            Freshness freshness = details.freshness(facts.now);
            if (freshness.goStale(facts.listened, heartbeat.binding().limits.stale())) {
                reporter.stale(heartbeat, CoarseTime.duration(freshness.age(facts.now)));
            }
        }
    }
}
