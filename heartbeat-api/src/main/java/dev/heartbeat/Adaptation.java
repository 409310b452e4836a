package dev.heartbeat;

/**
 * One connection under an adaptive policy: the habits of its device, and the limits that follow from them. The limits belong
 * to the pacemaker's thread; what is heard may be told on any.
 */
final class Adaptation {

    final Habits habits;

    private final Chart chart;
    private final Experience experience;
    private Rhythm rhythm;
    private Limits limits;
    private float longerThanSuspicion = -1;
    private float longerThanPatience = -1;

    /** Whether the answer to the latest ping says nothing about the device. */
    private volatile boolean spoilt;

    Adaptation(Chart chart, Habits habits, Experience experience, Rhythm rhythm) {
        this.chart = chart;
        this.habits = habits;
        this.experience = experience;
        this.rhythm = rhythm;
        this.limits = rhythm.limits;
    }

    /** The limits in force; those of the policy itself as soon as it is another one. */
    Limits limits(Rhythm current) {
        if (rhythm != current) {
            rhythm = current;
            limits = current.limits;
            longerThanSuspicion = -1;
            longerThanPatience = -1;
        }
        return limits;
    }

    /** Works out when the device is to be asked next. */
    void settle(Rhythm current) {
        limits = Patience.untilPing(habits, current.limits, limits(current));
    }

    /**
     * Works out how long the device may take to answer the ping that is about to be sent.
     *
     * @param silent whether it is pinged because of its silence
     */
    void ask(Rhythm current, boolean silent, int now) {
        spoilt = false;
        Limits latest = limits(current);
        if (silent) {
            habits.askedAfter(latest.idle());
        }
        experience.watched(habits, chart.group, now);
        int budget = current.policy.wrongReapsPer1000Hours().orElseThrow();
        Patience patience = new Patience(habits, experience.crowd(habits, chart.group));
        limits = patience.afterPing(current.limits, latest, budget);
        longerThanSuspicion = (float) patience.longerPerHour(limits.pong());
        longerThanPatience = (float) patience.longerPerHour(limits.reap());
    }

    /**
     * How often in an hour of one connection live peers need longer than this one was given; negative while unknown.
     *
     * @param suspect whether it is suspect already, so that the patience counts
     */
    float longerPerHour(boolean suspect) {
        return suspect ? longerThanPatience : longerThanSuspicion;
    }

    /** A hindrance has put the verdict on the latest ping off: its answer is late through no fault of the device. */
    void spoil() {
        spoilt = true;
    }

    /** A storm rages, which says nothing about the device, unless what is usual among its like is not known yet. */
    void spoilInStorm() {
        spoilt |= experience.crowd(habits, chart.group).isKnown();
    }

    /** Something was heard for the first time since a ping, so many stamps ago. */
    void answered(int wait) {
        if (!spoilt) {
            experience.answered(habits, chart.group, wait);
        }
    }

    /** A ping was echoed. */
    void roundTrip(long nanos) {
        if (!spoilt) {
            habits.roundTrip(nanos);
        }
    }

    /** The watch has ended by a verdict after so long a wait. */
    void reaped(int waited) {
        experience.reaped(habits, waited);
    }
}
