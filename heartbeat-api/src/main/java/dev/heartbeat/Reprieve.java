package dev.heartbeat;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Why a verdict, or a ping, has to wait: a pong could not have been seen, the fault looks like the network's, something is in
 * the ping's way. Every wait has a cap. The pacemaker's thread only.
 */
final class Reprieve {

    private static final Logger log = LoggerFactory.getLogger(ZombieDetector.class);

    private final Pacemaker pacemaker;
    private final Reporter reporter;

    Reprieve(Pacemaker pacemaker, Reporter reporter) {
        this.pacemaker = pacemaker;
        this.reporter = reporter;
    }

    /**
     * Puts a verdict off by one more pong timeout while a pong could not be seen, up to the cap of the policy.
     *
     * @param deadline the stamp of the verdict had it not been put off
     */
    boolean isHindered(Heartbeat heartbeat, long word, int deadline, Limits limits) {
        Connection connection = heartbeat.connection();
        if (connection == null) {
            return false;
        }
        Hindrance hindrance = Pulse.call(word) == Pulse.QUEUED ? Hindrance.PING_QUEUED : Ask.hindrance(connection);
        Chart chart = hindrance == Hindrance.NONE ? null : heartbeat.chart();
        if (chart == null) {
            return false;
        }
        long sent = Pulse.sent(word);
        if (chart.putOff(sent) >= limits.cap()) {
            chart.seen(hindrance);
            return false;
        }
        int overdue = pacemaker.now() - deadline;
        Adaptation adaptation = chart.adaptation;
        if (adaptation != null) {
            adaptation.spoil();
        }
        chart.putOff(hindrance, sent, Math.min(limits.cap(), overdue + limits.pong()));
        return true;
    }

    /** Holds a verdict while many peers are silent at once, up to the cap of the policy and then until its turn comes. */
    boolean isHeld(Heartbeat heartbeat, long word, Limits limits) {
        Storm storm = pacemaker.storm();
        if (!storm.holds() || limits.hold() == 0 || Pulse.state(word) == Pulse.CLOSING) {
            return false;
        }
        int overdue = pacemaker.listened() - Stamp.coarse(Pulse.sent(word)) - putOff(heartbeat, word) - limits.reap();
        Chart chart = overdue >= limits.hold() && storm.takesTurn() ? null : heartbeat.chart();
        if (chart == null) {
            return false;
        }
        chart.seen(Hindrance.STORM);
        Adaptation adaptation = chart.adaptation;
        if (adaptation != null) {
            adaptation.spoilInStorm();
        }
        if (storm.hold()) {
            log.warn("Verdicts are held: {} of {} peers are suspect at once", storm.suspects(), storm.watched());
            reporter.hold(storm, false);
        }
        return true;
    }

    /**
     * Whether a ping that is due may wait still, up to the cap of the policy: for a large message in front of it, which it
     * would break on some transports, or for a thread of ours.
     */
    boolean mayBeHeldBack(Heartbeat heartbeat) {
        Chart chart = heartbeat.chart();
        return chart != null
                && chart.heldBackFor(pacemaker.now(), Pulse.heardAt(heartbeat.heard()))
                        < heartbeat.limits().cap();
    }

    /** By how much the verdicts on a ping are put off: by hindrances, and for a peer that answers none anyway. */
    static int putOff(Heartbeat heartbeat, long word) {
        Chart chart = Pulse.hasDeadline(word) || Pulse.owesEcho(word) ? heartbeat.chartIfAny() : null;
        if (chart == null) {
            return 0;
        }
        boolean mute = Pulse.unanswered(word) && !Pulse.hasPonged(word) && chart.has(Quirk.PONG_MUTE);
        return chart.putOff(Pulse.sent(word))
                + (Pulse.unanswered(word) ? chart.grace : 0)
                + (mute ? 3 * heartbeat.limits().reap() : 0);
    }
}
