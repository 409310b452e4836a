package dev.heartbeat;

/**
 * When each connection of a pacemaker is looked at next, and how many may be pinged in one tick. The pacemaker's thread
 * only.
 */
final class Agenda {

    /** How soon data that clears a suspicion is noticed, in stamps: half a second. */
    private static final int SUSPECT_LOOK = 477;

    /** How often a connection of a blocking transport comes round at least, in stamps: every five seconds. */
    private static final int NAP = 4_768;

    /** Pings in one tick beyond which they spread over the following ones, whatever the size of the herd. */
    private static final int FEWEST_PINGS_PER_TICK = 256;

    private final Pacemaker pacemaker;
    private final Wheel wheel;

    /** Whether each connection comes round now and then to be asked whether it is open. */
    private final boolean naps;

    private int pingsLeft;
    private int pingsPerTick = 1;

    Agenda(Pacemaker pacemaker, Wheel wheel, boolean naps) {
        this.pacemaker = pacemaker;
        this.wheel = wheel;
        this.naps = naps;
    }

    /** Sets how many pings this tick may send: four times as many as there are if all are quiet and evenly spread. */
    void beginTick(int shortestInterval) {
        long level = (long) wheel.size() * wheel.grain() / shortestInterval;
        pingsPerTick = (int) Math.max(FEWEST_PINGS_PER_TICK, 4 * level);
        pingsLeft = pingsPerTick;
    }

    /** Takes one of the pings that this tick may send; false if there is none left. */
    boolean takesPing() {
        return pingsLeft-- > 0;
    }

    /** How long an entry can have been armed for, in stamps. */
    int longestArmed() {
        return naps ? Math.min(NAP, wheel.horizon()) : wheel.horizon();
    }

    /** The stamp of the first ping of a connection: at random within the first interval. */
    int firstPing(Heartbeat heartbeat) {
        return wheel.pick(
                pacemaker.now() + 1, heartbeat.heard() + heartbeat.limits().idle());
    }

    /** Whether a ping that might go out now has time left and no herd to make room for. */
    boolean mayWait(long word, int heard, Limits limits) {
        int latest = heard + limits.idle();
        return Pulse.state(word) == Pulse.QUIET
                && latest - pacemaker.now() > 0
                && pacemaker.now() - Stamp.coarse(Pulse.sent(word)) < limits.verify()
                && !wheel.isCrowded(heard + limits.eager(), latest);
    }

    /** Arms an active connection anywhere in the window before its next ping, which begins at a stamp. */
    void armQuiet(Heartbeat heartbeat, int earliest) {
        Limits limits = heartbeat.rhythm().limits;
        int latest = earliest + limits.idle() - limits.eager();
        if (rests(earliest, latest)) {
            put(heartbeat, lastNap(earliest), true);
        } else {
            wheel.armBetween(heartbeat, earliest, inReach(latest));
        }
    }

    /** Arms a connection that is only looked at until it closes. */
    void armUnjudged(Heartbeat heartbeat) {
        put(heartbeat, pacemaker.now() + SUSPECT_LOOK, false);
    }

    /** Arms a connection for when it needs to be looked at next; a quiet one anywhere in the window before its ping. */
    void arm(Heartbeat heartbeat) {
        int now = pacemaker.now();
        long word = heartbeat.word();
        int heard = heartbeat.heard();
        Chart chart = heartbeat.chartIfAny();
        Adaptation adaptation = chart == null ? null : chart.adaptation;
        if (adaptation != null && Pulse.state(word) == Pulse.QUIET) {
            adaptation.settle(heartbeat.rhythm());
        }
        Limits limits = heartbeat.limits();
        int due = Pulse.due(word, heard, limits, Reprieve.putOff(heartbeat, word));
        boolean rests = false;
        if (due - now <= 0 && pingsLeft < 0) {
            // The k-th ping too many waits so many ticks that each of them has its share.
            due = now + wheel.grain() * (1 - pingsLeft / pingsPerTick);
        } else if (Pulse.state(word) == Pulse.QUIET) {
            int latest = due;
            int earliest = latest - limits.idle() + limits.eager();
            rests = rests(earliest, latest);
            due = rests ? lastNap(earliest) : wheel.pickLate(earliest, inReach(latest));
            if (Echoes.owes(heartbeat, word)) {
                due = earlier(
                        due, Echoes.owedSince(heartbeat, word) + limits.deaf() + Reprieve.putOff(heartbeat, word) + 1);
            }
        }
        if (chart != null && Pulse.state(word) < Pulse.CLOSING) {
            due = forTheChart(chart, limits, now, due);
        }
        if (Pulse.state(word) == Pulse.SUSPECT) {
            int look = now + Math.min(SUSPECT_LOOK, limits.eager());
            boolean held = due - pacemaker.listened() < 0;
            due = held ? look : earlier(due, look);
        }
        put(heartbeat, due, rests);
    }

    /** Whether an entry naps at least once before the window begins in which it is pinged. */
    private boolean rests(int earliest, int latest) {
        return latest - inReach(latest) > 0 && lastNap(earliest) - pacemaker.now() > 0;
    }

    /** The last nap ends before the window begins, so that all of it is in reach when a moment is chosen. */
    private int lastNap(int earliest) {
        return earliest - wheel.grain();
    }

    private int inReach(int latest) {
        return naps ? earlier(latest, pacemaker.now() + NAP) : latest;
    }

    private static int forTheChart(Chart chart, Limits limits, int now, int due) {
        Sleep sleep = chart.sleep;
        int awake = sleep != null && Sleep.lasts(sleep, now) ? sleep.until() : due;
        return limits.stale() > 0 && !chart.freshness(now).isStale()
                ? earlier(awake, chart.freshness(now).due(limits.stale()))
                : awake;
    }

    private void put(Heartbeat heartbeat, int due, boolean rests) {
        int nap = pacemaker.now() + NAP;
        if (naps && (rests || due - nap > 0)) {
            wheel.nap(heartbeat, earlier(due, nap));
        } else {
            wheel.arm(heartbeat, due);
        }
    }

    private static int earlier(int stamp, int other) {
        return stamp - other < 0 ? stamp : other;
    }
}
