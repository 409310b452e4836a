package dev.heartbeat.internal.adaptive;

import dev.heartbeat.internal.state.Limits;
import org.jspecify.annotations.Nullable;

/**
 * The limits of one connection under an adaptive policy, as they follow from the history of its device and of its group. The
 * limits belong to the pacemaker's thread; what is heard may be told on any.
 */
public final class AdaptiveLimits {

    private final DeviceHistory device;
    private final HistoryStore histories;
    private Limits ofPolicy;
    private int wrongReaps;
    private Limits limits;
    private float longerThanSuspicion = -1;
    private float longerThanPatience = -1;

    /** Whether the answer to the latest ping says nothing about the device. */
    private volatile boolean disregarded;

    private volatile boolean delayedByUs;

    /**
     * Limits that are those of the policy until more is known.
     *
     * @param wrongReaps the policy's budget for 1000 connection-hours
     */
    public AdaptiveLimits(DeviceHistory device, HistoryStore histories, Limits ofPolicy, int wrongReaps) {
        this.device = device;
        this.histories = histories;
        this.ofPolicy = ofPolicy;
        this.wrongReaps = wrongReaps;
        this.limits = ofPolicy;
    }

    /** What is known of the device; kept when the connection is gone. */
    public DeviceHistory device() {
        return device;
    }

    /** The limits in force; those of the policy itself as soon as it is another one. */
    public Limits limits(Limits ofPolicyNow, int wrongReapsNow) {
        if (wrongReaps != wrongReapsNow || !ofPolicy.equals(ofPolicyNow)) {
            ofPolicy = ofPolicyNow;
            wrongReaps = wrongReapsNow;
            limits = ofPolicyNow;
            longerThanSuspicion = -1;
            longerThanPatience = -1;
        }
        return limits;
    }

    /** Works out when the device is to be asked next. */
    public void settle(Limits ofPolicyNow, int wrongReapsNow) {
        limits = PatienceEstimate.untilPing(device, ofPolicyNow, limits(ofPolicyNow, wrongReapsNow));
    }

    /**
     * Works out how long the device may take to answer the ping that is about to be sent.
     *
     * @param silent whether it is pinged because of its silence
     */
    public void ask(Limits ofPolicyNow, int wrongReapsNow, @Nullable String group, boolean silent, int now) {
        disregarded = false;
        Limits latest = limits(ofPolicyNow, wrongReapsNow);
        if (silent) {
            device.askedAfter(latest.idle());
        }
        histories.watched(device, group, now);
        PatienceEstimate patience = new PatienceEstimate(device, histories.group(device, group));
        limits = patience.afterPing(ofPolicyNow, latest, wrongReapsNow);
        longerThanSuspicion = (float) patience.longerPerHour(limits.pong());
        longerThanPatience = (float) patience.longerPerHour(limits.reap());
    }

    /**
     * How often in an hour of one connection live peers need longer than this one was given; negative while unknown.
     *
     * @param suspect whether it is suspect already, so that the patience counts
     */
    public float longerPerHour(boolean suspect) {
        return suspect ? longerThanPatience : longerThanSuspicion;
    }

    /** A hindrance has put the verdict on the latest ping off: its answer is late through no fault of the device. */
    public void disregardAnswer() {
        disregarded = true;
    }

    /** A storm rages, which says nothing about the device, unless what is usual among its like is not known yet. */
    public void disregardAnswerInStorm(@Nullable String group) {
        disregarded |= histories.group(device, group).isKnown();
    }

    /** Something was heard. */
    public void heard(int now) {
        device.heard(now);
    }

    /** Something was heard for the first time since a ping, so many stamps ago. */
    public void answered(@Nullable String group, int wait) {
        if (!disregarded) {
            histories.answered(device, group, wait);
        }
    }

    /** A ping was echoed. */
    public void roundTrip(long nanos) {
        delayedByUs = disregarded;
        if (!disregarded) {
            device.roundTrip(nanos);
        }
    }

    /** Whether the latest round trip says nothing about the device. */
    public boolean isRoundTripOurs() {
        return delayedByUs;
    }

    /** The watch has ended by a verdict after so long a wait. */
    public void reaped(int waited) {
        histories.reaped(device, waited);
    }
}
