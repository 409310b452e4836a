package dev.heartbeat.internal.engine;

import dev.heartbeat.Hindrance;
import dev.heartbeat.internal.adaptive.AdaptiveLimits;
import dev.heartbeat.internal.dispatch.DetectorLog;
import dev.heartbeat.internal.state.Facts;
import dev.heartbeat.internal.state.Rules;
import dev.heartbeat.internal.state.StateWord;
import dev.heartbeat.internal.storm.StormGuard;
import org.slf4j.Logger;

/**
 * Notes that a verdict waits, so that its evidence says why, and its answer is not taken for slow. Whether it waits is for
 * the {@link Rules} to say. The pacemaker's thread only.
 */
final class VerdictDeferral {

    private static final Logger log = DetectorLog.LOG;

    private final StormGuard storm;
    private final Reporter reporter;

    VerdictDeferral(StormGuard storm, Reporter reporter) {
        this.storm = storm;
        this.reporter = reporter;
    }

    /** A pong could not have been seen: the verdict is put off by so many stamps in all. */
    void putOff(HeartbeatHandle heartbeat, Facts facts, int stamps) {
        ConnectionDetails details = heartbeat.details();
        if (details == null) {
            return;
        }
        AdaptiveLimits adaptive = details.adaptive;
        if (adaptive != null) {
            adaptive.disregardAnswer();
        }
        details.hinder(Rules.hindrance(facts), StateWord.sent(facts.word), stamps);
    }

    /** Many peers are silent at once: the verdict is held. */
    void hold(HeartbeatHandle heartbeat) {
        ConnectionDetails details = heartbeat.details();
        if (details == null) {
            return;
        }
        details.seen(Hindrance.STORM);
        AdaptiveLimits adaptive = details.adaptive;
        if (adaptive != null) {
            adaptive.disregardAnswerInStorm(details.group);
        }
        if (storm.hold()) {
            log.warn("Verdicts are held: {} of {} peers are suspect at once", storm.suspects(), storm.watched());
            reporter.hold(storm, false);
        }
    }

    /** The verdict waits no longer, although something may hinder the peer still. */
    void end(HeartbeatHandle heartbeat, Facts facts) {
        Hindrance hindrance = Rules.hindrance(facts);
        ConnectionDetails details = hindrance == Hindrance.NONE ? null : heartbeat.details();
        if (details != null && facts.hinderedFor > 0) {
            details.seen(hindrance);
        }
        if (facts.isStormy && facts.limits.hold() != 0) {
            storm.takeTurn();
        }
    }
}
