package dev.heartbeat.internal.adaptive;

import dev.heartbeat.internal.state.Limits;
import dev.heartbeat.internal.time.CoarseTime;
import java.time.Duration;

/**
 * How soon a device is asked and how long it is given, worked out from what is known of it and of its like, so that live
 * peers are reaped wrongly no more often than a budget allows. Every figure here is a rate that is counted, none a
 * distribution that is assumed:
 *
 * <ul>
 *   <li>it is asked after the silence that it exceeds no more than six times an hour, at least five seconds, at most the ping
 *       interval;
 *   <li>an answer is late once live peers exceed the wait no more often than the budget, its own history counting for its
 *       hours and that of its like for four hours more;
 *   <li>it is suspect likewise, by a budget of once an hour;
 *   <li>the patience has a cap, which a device that was wrongly reaped twice has outgrown.
 * </ul>
 */
public final class PatienceEstimate {

    /** Pings an hour that a device's irregularity may cost. */
    private static final int ASKS_PER_HOUR = 6;

    /** The hours of its own history that the history of its like is worth. */
    private static final double PRIOR_HOURS = 4;

    private static final double SUSPICIONS_PER_HOUR = 1;

    public static final int SOONEST_ASK = CoarseTime.of(Duration.ofSeconds(5));
    private static final int SOONEST_SUSPICION = CoarseTime.of(Duration.ofMillis(1_500));
    private static final int SOONEST_REAP = CoarseTime.of(Duration.ofSeconds(5));
    private static final int FIRST_PATIENCE = CoarseTime.of(Duration.ofSeconds(45));
    private static final int USUAL_PATIENCE = CoarseTime.of(Duration.ofSeconds(30));
    private static final int LONGEST_PATIENCE = CoarseTime.of(Duration.ofMinutes(5));

    private static final int MISTAKES_THAT_TEACH = 2;

    private final DeviceHistory device;
    private final boolean known;
    private final double[] rates;

    /** What live peers need, as far as it is known of a device and its like at this moment. */
    PatienceEstimate(DeviceHistory device, GroupHistory group) {
        this.device = device;
        this.known = group.isKnown();
        this.rates = group.longerPerHour();
        int[] longer = device.longer();
        double hours = device.hours();
        for (int step = 0; step < rates.length; step++) {
            rates[step] = (longer[step] + PRIOR_HOURS * rates[step]) / (hours + PRIOR_HOURS);
        }
    }

    /** When a device is to be asked next: the current limits with another interval. */
    static Limits untilPing(DeviceHistory device, Limits ofPolicy, Limits current) {
        int latest = ofPolicy.idle();
        int usual = device.usualGap(ASKS_PER_HOUR);
        int idle = usual == 0 ? latest : Math.min(latest, Math.max(SOONEST_ASK, usual));
        return idle == current.idle() ? current : current.withIdle(idle);
    }

    /**
     * How long a device that is being asked may take: the current limits with other deadlines.
     *
     * @param wrongReaps the budget for 1000 connection-hours
     */
    Limits afterPing(Limits ofPolicy, Limits current, int wrongReaps) {
        if (!known) {
            int patience = Math.min(ofPolicy.reap(), FIRST_PATIENCE);
            return withPatience(current, ofPolicy, ofPolicy.pong(), patience);
        }
        double budget = wrongReaps / 1000.0;
        int reap = Math.min(cap(ofPolicy.reap()), Math.max(SOONEST_REAP, shortest(budget)));
        int suspect = Math.max(SOONEST_SUSPICION, shortest(Math.max(budget, SUSPICIONS_PER_HOUR)));
        return withPatience(current, ofPolicy, suspect, reap);
    }

    /** How often in an hour of one connection live peers need longer; negative while unknown. */
    double longerPerHour(int wait) {
        return known ? rates[Math.max(0, DeviceHistory.WAITS.step(wait) - 1)] : -1;
    }

    /** A short patience shortens no storm: a verdict is held for as long after the ping as by the default policy. */
    private static Limits withPatience(Limits current, Limits ofPolicy, int suspect, int reap) {
        int held = ofPolicy.hold() == 0 ? 0 : Math.max(1, ofPolicy.hold() + USUAL_PATIENCE - reap);
        return current.withPatience(Math.min(suspect, reap), reap, held);
    }

    private int cap(int ofPolicy) {
        return device.mistakes() < MISTAKES_THAT_TEACH
                ? ofPolicy
                : Math.max(ofPolicy, Math.min(LONGEST_PATIENCE, 2 * device.latestPatience()));
    }

    /** The shortest wait that live peers exceed no more often than so many times in an hour. */
    private int shortest(double perHour) {
        int step = rates.length - 1;
        while (step >= 0 && rates[step] <= perHour) {
            step--;
        }
        return DeviceHistory.WAITS.end(step + 1);
    }
}
