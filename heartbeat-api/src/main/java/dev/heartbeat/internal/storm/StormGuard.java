package dev.heartbeat.internal.storm;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Tells a fault that many peers share, of an uplink, a load balancer or a carrier, from peers that died one by one, for all
 * the pacemakers of a detector. There are two signs of it: nothing at all has been heard from anyone for an implausible time,
 * or an implausible share has fallen silent at once. While one of them is there, and for a quarter as long again, 15 s at most, verdicts are
 * held: TCP's next attempt after an outage comes up to as late again as the outage was long, but most come earlier, and
 * holding for longer finds the dead later without sparing more of the living (simulated).
 */
public final class StormGuard {

    /** A storm needs more silent peers than this, */
    private static final int FEWEST_SILENT = 10;

    /** and more than this share of all, */
    private static final double SHARE = 0.03;

    /** and so many times the usual share: a fleet of sleepers always has some that answer late. */
    private static final double UNUSUAL = 3;

    /** What has been so for about this time is usual; what looks like a storm needs longer, since no storm lasts for hours. */
    private static final long USUAL = TimeUnit.MINUTES.toNanos(10);

    private static final long USUAL_STORM = TimeUnit.HOURS.toNanos(2);

    /** Fewer connections than this are too few for their common silence to mean anything. */
    private static final int FEWEST_WATCHED = 20;

    /** Peers that are reaped as soon as they are suspect never add up, so those of the last seconds count as silent too. */
    private static final long REMEMBERED = TimeUnit.SECONDS.toNanos(10);

    private static final long LEARNED = TimeUnit.MINUTES.toNanos(10);
    private static final long SHORTEST_SILENCE = TimeUnit.SECONDS.toNanos(1);

    private static final long LONGEST_DEBT = TimeUnit.SECONDS.toNanos(15);

    /** Verdicts after a hold: two percent of all connections in a second, so that not all of them come back at once. */
    private static final double PACE = 0.02;

    private static final int SLOWEST_PACE = 10;

    private final AtomicInteger suspects = new AtomicInteger();

    private final AtomicInteger watched = new AtomicInteger();

    // Guarded by this.
    private long lastLife;
    private boolean begun;
    private long since;
    private long lastSeen;
    private long lastTick;
    private double allowance;
    private int reaped;
    private int reapedBefore;
    private long remembering;
    private boolean announced;
    private long longestInterval;

    // What fleets are like that report at the full minute: silent together, and well.
    private long longestGap;
    private long longestGapBefore;
    private long learning;
    private double usualShare;

    private volatile boolean holds;

    /**
     * A storm that has not begun.
     *
     * @param nanoTime the reading of the ticker
     */
    public StormGuard(long nanoTime) {
        this.lastLife = nanoTime;
        this.lastTick = nanoTime;
        this.remembering = nanoTime;
        this.learning = nanoTime;
    }

    /** A peer has become suspect, or ceases to be. */
    public void suspects(int more) {
        suspects.addAndGet(more);
    }

    public int suspects() {
        return suspects.get();
    }

    /** A connection is watched, or no longer. */
    public void watched(int more) {
        watched.addAndGet(more);
    }

    public int watched() {
        return watched.get();
    }

    /** Whether verdicts are held. */
    public boolean holds() {
        return holds;
    }

    /**
     * Takes in what a pacemaker knows.
     *
     * @param nanoTime the reading of the ticker
     * @param life the reading at which anything was heard last, as far as this pacemaker has noticed
     * @param interval its longest time between pings of one connection, in nanoseconds
     * @return whether a storm is over that has held a verdict
     */
    public synchronized boolean tick(long nanoTime, long life, long interval) {
        longestInterval = Math.max(longestInterval, interval);
        passTime(nanoTime);
        if (life - lastLife > 0) {
            longestGap = Math.max(longestGap, Math.min(life - lastLife, longestInterval));
            lastLife = life;
        }
        long silence = nanoTime - lastLife;
        int all = watched();
        boolean nothing = all >= FEWEST_WATCHED && silence > plausibleSilence(all);
        if (nothing || (all > 0 && isImplausible(suspects() + reaped + reapedBefore, all))) {
            if (!begun) {
                begun = true;
                since = nothing ? lastLife : nanoTime;
            }
            lastSeen = nanoTime;
        } else if (all == 0) {
            begun = false;
        } else if (begun && nanoTime - lastSeen > Math.min((lastSeen - since) / 4, LONGEST_DEBT)) {
            begun = false;
        }
        holds = begun;
        boolean over = announced && !begun;
        announced &= begun;
        return over;
    }

    /**
     * A verdict waits because of it.
     *
     * @return whether it is the first one in this storm
     */
    public synchronized boolean hold() {
        boolean first = !announced;
        announced = true;
        return first;
    }

    /** Whether a verdict that has been held for as long as may be is carried out now, or waits for its turn. */
    public synchronized boolean hasTurn() {
        return allowance >= 1;
    }

    /** A verdict is carried out that had been held; if two pacemakers do that at once, the next one waits for longer. */
    public synchronized void takeTurn() {
        allowance--;
    }

    public synchronized void reaped() {
        reaped++;
    }

    /** For how long it has lasted. */
    public synchronized long lastedNanos() {
        return lastTick - since;
    }

    private void passTime(long nanoTime) {
        int all = watched();
        double pace = Math.max(SLOWEST_PACE, PACE * all);
        long passed = Math.max(0, nanoTime - lastTick);
        lastTick = nanoTime;
        allowance = Math.min(pace, allowance + pace * passed / 1e9);
        double share = all == 0 ? 0 : Math.min(1, (double) suspects() / all);
        usualShare += (share - usualShare) * Math.min(1, (double) passed / (begun ? USUAL_STORM : USUAL));
        if (nanoTime - remembering >= REMEMBERED) {
            remembering = nanoTime;
            reapedBefore = reaped;
            reaped = 0;
        }
        if (nanoTime - learning >= LEARNED) {
            learning = nanoTime;
            longestGapBefore = longestGap;
            longestGap = 0;
        }
    }

    private boolean isImplausible(int silent, int all) {
        return silent > FEWEST_SILENT && silent > Math.max(SHARE, UNUSUAL * usualShare) * all;
    }

    /**
     * For how long a living fleet may be found silent by chance: so that it happens once in some hundred million looks. Each
     * of n connections is looked at once in an interval, and was then heard at a random moment of it. In a silence of length s
     * about n·s/interval connections come round, none of which was heard within s; the odds are e^-(n·s²/(2·interval²)), which
     * is e^-20 for an s of interval·√(40/n). Peers that all report at the same moments are silent for longer; that is learned,
     * up to the interval, within which each of them answers.
     */
    private long plausibleSilence(int all) {
        long byChance = (long) (longestInterval * Math.sqrt(40.0 / all));
        long usual = Math.max(longestGap, longestGapBefore);
        return Math.max(SHORTEST_SILENCE, Math.max(byChance, usual + usual / 2));
    }
}
