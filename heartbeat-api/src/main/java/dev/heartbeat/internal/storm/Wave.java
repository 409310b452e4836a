package dev.heartbeat.internal.storm;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Connections of which the same has to be said at once, that they are silent, or deaf, or stale: how many there are, whether
 * that is implausible, and whether their verdicts are held for it. Guarded by the {@link StormGuard} that owns it, but for the
 * counting and what is volatile.
 */
final class Wave {

    /** It needs more of them than this, */
    private static final int FEWEST = 10;

    /** and more than this share of all, */
    private static final double SHARE = 0.03;

    /** and so many times the usual share: a fleet of sleepers always has some that answer late. */
    private static final double UNUSUAL = 3;

    /** What has been so for about this time is usual; what looks like a storm needs longer, since no storm lasts for hours. */
    private static final long USUAL = TimeUnit.MINUTES.toNanos(10);

    private static final long USUAL_STORM = TimeUnit.HOURS.toNanos(2);

    private static final long LONGEST_DEBT = TimeUnit.SECONDS.toNanos(15);

    private final String word;
    private final AtomicInteger count = new AtomicInteger();
    private final long remembered;
    private long remembering;
    private int reaped;
    private int reapedBefore;
    private double usualShare;
    private boolean begun;
    private long since;
    private long lastSeen;
    private boolean announced;

    private volatile boolean holds;

    /**
     * A wave that has not begun.
     *
     * @param word what is to be said of its connections
     * @param nanoTime the reading of the ticker
     * @param remembered for how long those that are reaped count still, at least, in nanoseconds
     */
    Wave(String word, long nanoTime, long remembered) {
        this.word = word;
        this.remembering = nanoTime;
        this.remembered = remembered;
    }

    String word() {
        return word;
    }

    void add(int more) {
        count.addAndGet(more);
    }

    int count() {
        return count.get();
    }

    boolean holds() {
        return holds;
    }

    long since() {
        return since;
    }

    /** One of them has been reaped, and counts for a while still: who is reaped at once would never add up. */
    void reaped() {
        reaped++;
    }

    /** Learns what is usual from a time that has passed, and forgets whom it has to. */
    void pass(long nanoTime, long nanos, int all) {
        if (nanoTime - remembering >= remembered) {
            remembering = nanoTime;
            reapedBefore = reaped;
            reaped = 0;
        }
        double share = all == 0 ? 0 : Math.min(1, (double) count() / all);
        usualShare += (share - usualShare) * Math.min(1, (double) nanos / (begun ? USUAL_STORM : USUAL));
    }

    /** Begins, unless it has begun. */
    void begin(long nanoTime, long from) {
        if (!begun) {
            begun = true;
            since = from;
        }
        lastSeen = nanoTime;
        holds = true;
    }

    /**
     * Goes on or ends.
     *
     * @param nanoTime the reading of the ticker
     * @param silentSince the reading since which nothing at all has been heard, if that is a sign of it; now if it is not
     * @param all how many connections there are that it could be said of
     */
    void tick(long nanoTime, long silentSince, int all) {
        if (silentSince != nanoTime || isImplausible(all)) {
            begin(nanoTime, silentSince);
        } else if (all == 0 || nanoTime - lastSeen > Math.min((lastSeen - since) / 4, LONGEST_DEBT)) {
            begun = false;
        }
        holds = begun;
    }

    private boolean isImplausible(int all) {
        int silent = count() + reaped + reapedBefore;
        return all > 0 && silent > FEWEST && silent > Math.max(SHARE, UNUSUAL * usualShare) * all;
    }

    /** A verdict waits because of it; whether it is the first one. */
    boolean announce() {
        boolean first = !announced;
        announced = true;
        return first;
    }

    /** Whether it is over and has held a verdict, so that its end is to be told, once. */
    boolean endsAnnounced() {
        boolean over = announced && !begun;
        announced &= begun;
        return over;
    }
}
