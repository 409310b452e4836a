package dev.heartbeat.internal.storm;

import dev.heartbeat.ReapReason;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Tells a fault that many peers share, of an uplink, a load balancer or a carrier, from peers that died one by one, for all
 * the pacemakers of a detector. There are two signs of it: nothing at all has been heard from anyone for an implausible time,
 * or an implausible share has fallen silent at once. While one of them is there, and for a quarter as long again, 15 s at most, verdicts are
 * held: TCP's next attempt after an outage comes up to as late again as the outage was long, but most come earlier, and
 * holding for longer finds the dead later without sparing more of the living (simulated).
 *
 * <p>Peers that turn deaf or stale are counted apart, by the verdicts that are due: a fault of ours that makes them so, a
 * standstill of our own processing, holds their verdicts and no others. A storm of silence holds theirs too.
 */
public final class StormGuard {

    /** Fewer connections than this are too few for a share of them, or a chance silence, to mean anything. */
    private static final int FEWEST_WATCHED = 20;

    /** Of fewer than this it cannot even be said that all of them fell silent at once. */
    private static final int FEWEST_TOGETHER = 3;

    /** Peers that are reaped as soon as they are suspect never add up, so those of the last seconds count as silent too. */
    private static final long REMEMBERED = TimeUnit.SECONDS.toNanos(10);

    /** Peers turn deaf or stale over minutes when one thing makes them so. */
    private static final long REMEMBERED_APART = TimeUnit.SECONDS.toNanos(60);

    /** Every pacemaker tells its interval many times in this. */
    private static final long REPORTED = TimeUnit.SECONDS.toNanos(10);

    private static final long LEARNED = TimeUnit.MINUTES.toNanos(10);
    private static final long SHORTEST_SILENCE = TimeUnit.SECONDS.toNanos(1);

    /** What was on its way when a fault began may be heard up to so much later. */
    private static final long ON_ITS_WAY = TimeUnit.SECONDS.toNanos(2);

    private static final long SHORTEST_LOOK = TimeUnit.MILLISECONDS.toNanos(500);

    private static final long LONGEST_LOOK = TimeUnit.SECONDS.toNanos(5);

    /** Verdicts after a hold: two percent of all connections in a second, so that not all of them come back at once. */
    private static final double PACE = 0.02;

    private static final int SLOWEST_PACE = 10;

    private final Wave silent;
    private final Wave deaf;
    private final Wave stale;

    private final AtomicInteger watched = new AtomicInteger();
    private final AtomicInteger speakers = new AtomicInteger();
    private final LongAdder unanswered = new LongAdder();

    // Guarded by this.
    private long lastLife;
    private long lastSaid;
    private boolean isOneFault;
    private boolean saysNobody;
    private long lastTick;
    private double allowance;
    private long reporting;
    private long latestFew;
    private long longestInterval;
    private long longestIntervalBefore;

    // What fleets are like that report at the full minute: silent together, and well.
    private long longestGap;
    private long longestGapBefore;
    private long learning;

    /**
     * A storm that has not begun.
     *
     * @param nanoTime the reading of the ticker
     */
    public StormGuard(long nanoTime) {
        this.lastLife = nanoTime;
        this.lastSaid = nanoTime;
        this.lastTick = nanoTime;
        this.reporting = nanoTime;
        this.latestFew = nanoTime;
        this.silent = new Wave("suspect", nanoTime, REMEMBERED);
        this.deaf = new Wave("deaf", nanoTime, REMEMBERED_APART);
        this.stale = new Wave("stale", nanoTime, REMEMBERED_APART);
        this.learning = nanoTime;
    }

    /** A peer has become suspect, or ceases to be. */
    public void suspects(int more) {
        silent.add(more);
    }

    public int suspects() {
        return silent.count();
    }

    /** A connection is watched, or no longer. */
    public void watched(int more) {
        watched.addAndGet(more);
    }

    public int watched() {
        return watched.get();
    }

    /** An application that has said something, and whose next silence is counted, is watched, or no longer. */
    public void speakers(int more) {
        speakers.addAndGet(more);
    }

    /** A verdict of a kind that is counted apart has become due, or is no longer. */
    public void due(ReapReason kind, int more) {
        wave(kind).add(more);
    }

    /** A ping has been sent, or need no longer be answered. */
    public void unanswered(int more) {
        unanswered.add(more);
    }

    /** Whether verdicts on peers who do not answer are held. */
    public boolean holds() {
        return silent.holds();
    }

    /**
     * Whether the verdict on a peer who does not answer is held.
     *
     * @param unansweredNanos how long ago it was asked
     */
    public boolean holds(long unansweredNanos) {
        return silent.holds() || beginsAsOneFault(unansweredNanos);
    }

    /**
     * Whether a verdict that is counted apart is held.
     *
     * @param limitNanos the wait after which it became due
     */
    public boolean holds(ReapReason kind, long limitNanos) {
        return silent.holds() || wave(kind).holds() || (kind == ReapReason.STALE && beginsAsStandstill(limitNanos));
    }

    /**
     * For how long a verdict that is counted apart waits for others of its kind, which may show that the fault is not the
     * peer's. Those of a fleet become due one after the other, since each was heard at another moment before we stood still.
     *
     * @param limitNanos the wait after which it became due
     */
    public long lookNanos(long limitNanos) {
        int all = watched();
        if (all < FEWEST_TOGETHER) {
            return 0;
        }
        return all < FEWEST_WATCHED ? SHORTEST_LOOK : Math.max(SHORTEST_LOOK, Math.min(LONGEST_LOOK, limitNanos / 16));
    }

    /**
     * Whether a few connections have one fault, of which no share would tell: three pings at least are unanswered, and nobody
     * has been heard since one of them.
     */
    private synchronized boolean beginsAsOneFault(long unansweredNanos) {
        int all = watched();
        boolean areFew = all >= FEWEST_TOGETHER && all < FEWEST_WATCHED;
        boolean isSilence = lastTick - lastLife >= unansweredNanos - ON_ITS_WAY;
        if (!areFew || !isSilence || unanswered.sum() < FEWEST_TOGETHER) {
            return false;
        }
        isOneFault = true;
        silent.begin(lastTick, lastLife);
        return true;
    }

    /**
     * Whether what applications say reaches us no more: where each says something within half the time that makes it stale, the
     * others have said something since, whoever has really fallen silent.
     */
    private synchronized boolean beginsAsStandstill(long limitNanos) {
        if (speakers.get() < FEWEST_TOGETHER || lastTick - lastSaid < limitNanos / 2) {
            return false;
        }
        saysNobody = true;
        stale.begin(lastTick, lastSaid);
        return true;
    }

    /** The reading at which any application has said anything last, as far as a pacemaker has noticed. */
    public synchronized void said(long reading) {
        if (reading - lastSaid > 0) {
            lastSaid = reading;
            saysNobody = false;
        }
    }

    /**
     * Takes in what a pacemaker knows.
     *
     * @param nanoTime the reading of the ticker
     * @param life the reading at which anything was heard last, as far as this pacemaker has noticed
     * @param interval its longest time between pings of one connection, in nanoseconds
     * @return of which kind verdicts have been held, and are held no longer; null if nothing has ended
     */
    public synchronized @Nullable ReapReason tick(long nanoTime, long life, long interval) {
        longestInterval = Math.max(longestInterval, interval);
        passTime(nanoTime);
        int all = watched();
        if (all < FEWEST_WATCHED) {
            latestFew = nanoTime;
        }
        if (life - lastLife > 0) {
            long from = lastLife - latestFew > 0 ? lastLife : latestFew; // the gaps of a few tell nothing of many
            longestGap = Math.max(longestGap, Math.min(life - from, interval()));
            lastLife = life;
            isOneFault = false;
        }
        boolean nothing = all >= FEWEST_WATCHED && nanoTime - lastLife > plausibleSilence(all);
        silent.tick(nanoTime, nothing || (isOneFault && all > 0) ? lastLife : nanoTime, all);
        deaf.tick(nanoTime, nanoTime, all);
        stale.tick(nanoTime, saysNobody && all > 0 ? lastSaid : nanoTime, speakersAndStale());
        if (silent.endsAnnounced()) {
            return ReapReason.NO_ANSWER;
        }
        if (deaf.endsAnnounced()) {
            return ReapReason.DEAF;
        }
        return stale.endsAnnounced() ? ReapReason.STALE : null;
    }

    /**
     * A verdict waits because of a storm.
     *
     * @return the kind of the storm if this is the first one in it, or else null
     */
    public synchronized @Nullable ReapReason hold(ReapReason kind) {
        ReapReason holding = silent.holds() ? ReapReason.NO_ANSWER : kind;
        return wave(holding).announce() ? holding : null;
    }

    /** Whether a verdict that has been held for as long as may be is carried out now, or waits for its turn. */
    public synchronized boolean hasTurn() {
        return allowance >= 1;
    }

    /** A verdict is carried out that had been held; if two pacemakers do that at once, the next one waits for longer. */
    public synchronized void takeTurn() {
        allowance--;
    }

    /** A verdict has been carried out on a peer who may have been silenced, deafened or made stale by a fault that others share. */
    public synchronized void reaped(ReapReason kind) {
        wave(kind).reaped();
    }

    /** For how long a storm of a kind has lasted. */
    public synchronized long lastedNanos(ReapReason kind) {
        return lastTick - wave(kind).since();
    }

    /** How many connections are in a storm of a kind. */
    public int count(ReapReason kind) {
        return wave(kind).count();
    }

    /** What has to be said of them. */
    public String word(ReapReason kind) {
        return wave(kind).word();
    }

    private int speakersAndStale() {
        return Math.max(speakers.get(), stale.count());
    }

    private Wave wave(ReapReason kind) {
        return switch (kind) {
            case DEAF -> deaf;
            case STALE -> stale;
            default -> silent;
        };
    }

    private void passTime(long nanoTime) {
        int all = watched();
        double pace = Math.max(SLOWEST_PACE, PACE * all);
        long passed = Math.max(0, nanoTime - lastTick);
        lastTick = nanoTime;
        allowance = Math.min(pace, allowance + pace * passed / 1e9);
        silent.pass(nanoTime, passed, all);
        deaf.pass(nanoTime, passed, all);
        stale.pass(nanoTime, passed, speakersAndStale());
        if (nanoTime - reporting >= REPORTED) {
            reporting = nanoTime;
            longestIntervalBefore = longestInterval;
            longestInterval = 0;
        }
        if (nanoTime - learning >= LEARNED) {
            learning = nanoTime;
            longestGapBefore = longestGap;
            longestGap = 0;
        }
    }

    /** The longest interval in use: one that no pacemaker has told lately is no more. */
    private long interval() {
        return Math.max(longestInterval, longestIntervalBefore);
    }

    /**
     * For how long a living fleet may be found silent by chance: so that it happens once in some hundred million looks. Each
     * of n connections is looked at once in an interval, and was then heard at a random moment of it. In a silence of length s
     * about n·s/interval connections come round, none of which was heard within s; the odds are e^-(n·s²/(2·interval²)), which
     * is e^-20 for an s of interval·√(40/n). Peers that all report at the same moments are silent for longer; that is learned,
     * up to the interval, within which each of them answers.
     */
    private long plausibleSilence(int all) {
        long byChance = (long) (interval() * Math.sqrt(40.0 / all));
        long usual = Math.min(interval(), Math.max(longestGap, longestGapBefore));
        return Math.max(SHORTEST_SILENCE, Math.max(byChance, usual + usual / 2));
    }
}
