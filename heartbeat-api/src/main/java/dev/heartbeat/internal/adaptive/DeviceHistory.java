package dev.heartbeat.internal.adaptive;

import dev.heartbeat.internal.time.CoarseTime;

/**
 * What is known of one device under an adaptive policy: how long it is silent, and how long it has taken to
 * answer pings. Two small log-linear histograms, which outlive the connection. Told on whatever thread hears the device,
 * asked on the pacemaker's.
 */
public final class DeviceHistory {

    /** Silences worth a count: from 4.3 s to 137 s. */
    static final LogLinearScale GAPS = new LogLinearScale(12, 40);

    /** Answers worth a count: from 1.1 s to 275 s. */
    static final LogLinearScale WAITS = new LogLinearScale(10, 64);

    /** Silences to be seen before a device is asked any earlier than the policy says. */
    private static final int ENOUGH_GAPS = 8;

    private static final int MOST = 255;
    private static final double HOURS_PER_STAMP = (1 << 20) / 3.6e12;
    private static final float WEEK = 168;
    private static final int ROUND_TRIPS = 8;

    /** Gaps, then waits, each an unsigned byte. Guarded by this. */
    private final byte[] counts = new byte[GAPS.steps() + WAITS.steps()];

    // Guarded by this.
    private float gapHours;
    private float hours;
    private int watchedUntil;
    private byte gapsSeen;
    private byte roundTrips;
    private byte mistakes;
    private int shortestTrip = Integer.MAX_VALUE;
    private int shortestTripBefore = Integer.MAX_VALUE;
    private int patience;
    private long reapedAt;
    private boolean wasReaped;

    /** The stamp at which something was heard last; racy by design, as it is kept for each frame. */
    private int heardAt;

    /** Begins at a stamp of the pacemaker that watches the connection. */
    public DeviceHistory(int now) {
        this.watchedUntil = now;
        this.heardAt = now;
    }

    /** Begins with what is known of the device from an earlier connection. */
    public DeviceHistory(int now, DeviceHistory earlier) {
        this(now);
        synchronized (earlier) {
            System.arraycopy(earlier.counts, 0, counts, 0, counts.length);
            gapHours = earlier.gapHours;
            hours = earlier.hours;
            gapsSeen = earlier.gapsSeen;
            mistakes = earlier.mistakes;
            patience = earlier.patience;
            shortestTripBefore = Math.min(earlier.shortestTrip, earlier.shortestTripBefore);
        }
    }

    /**
     * Something was heard. Told for each frame, so that it takes the lock for few of them: a silence shorter than any on the
     * scale is worth it only until enough have been seen to know that the device talks.
     */
    public void heard(int now) {
        int gap = now - heardAt;
        heardAt = now;
        if (gapsSeen < ENOUGH_GAPS || gap >= 1 << GAPS.octave()) {
            gap(gap);
        }
    }

    /** The device was pinged because it had been silent for so long. */
    synchronized void askedAfter(int silence) {
        countGap(GAPS.step(silence));
    }

    private synchronized void gap(int gap) {
        gapsSeen = (byte) Math.min(ENOUGH_GAPS, gapsSeen + 1);
        countGap(GAPS.step(gap));
    }

    private void countGap(int step) {
        if (step >= 0 && add(step, 1) == MOST) {
            gapHours /= 2;
            for (int i = 0; i < GAPS.steps(); i++) {
                counts[i] = (byte) (count(i) / 2);
            }
        }
    }

    /** The device took so many stamps to answer a ping. */
    public synchronized void answered(int wait) {
        int step = WAITS.step(wait);
        if (step >= 0) {
            add(GAPS.steps() + step, 1);
        }
    }

    /** The latest round trips tell what kind of link the device has: the shortest of them, since all others are trouble. */
    public synchronized void roundTrip(long nanos) {
        shortestTrip = (int) Math.min(shortestTrip, nanos >> 20);
        if (++roundTrips >= ROUND_TRIPS) {
            roundTrips = 0;
            shortestTripBefore = shortestTrip;
            shortestTrip = Integer.MAX_VALUE;
        }
    }

    /** The shortest of the latest round trips in stamps; {@link Integer#MAX_VALUE} if there was none. */
    synchronized int shortestRoundTrip() {
        return Math.min(shortestTrip, shortestTripBefore);
    }

    /**
     * Counts the time up to a stamp as time in which the device was watched.
     *
     * @return by how many hours that is more
     */
    synchronized float watchedUntil(int now) {
        float more = (float) (Math.max(0, now - watchedUntil) * HOURS_PER_STAMP);
        watchedUntil = now;
        gapHours += more;
        hours += more;
        if (hours >= WEEK) {
            hours /= 2;
            mistakes = (byte) (mistakes / 2);
            for (int i = GAPS.steps(); i < counts.length; i++) {
                counts[i] = (byte) (count(i) / 2);
            }
        }
        return more;
    }

    public synchronized float hours() {
        return hours;
    }

    /** The shortest silence that the device exceeds no more often than so many times an hour; 0 while that is unknown. */
    synchronized int usualGap(int perHour) {
        if (gapsSeen < ENOUGH_GAPS) {
            return 0;
        }
        int longer = 0;
        for (int step = GAPS.steps() - 1; step >= 0; step--) {
            longer += count(step);
            if (longer > perHour * gapHours) {
                return GAPS.end(step);
            }
        }
        return 1;
    }

    /** How many answers took longer than each step. */
    public synchronized int[] longer() {
        int[] tail = new int[WAITS.steps()];
        for (int step = tail.length - 2; step >= 0; step--) {
            tail[step] = tail[step + 1] + count(GAPS.steps() + step + 1);
        }
        return tail;
    }

    /** The device has been reaped after so long a wait. */
    public synchronized void reaped(int waited, long nanoTime) {
        wasReaped = true;
        reapedAt = nanoTime;
        patience = waited;
    }

    /**
     * The device is back: how long it really was silent after the ping, if it has come back so soon after its reap that it
     * was probably alive, or else 0.
     */
    public synchronized int mistake(long nanoTime, long soon) {
        boolean probable = wasReaped && nanoTime - reapedAt <= soon;
        wasReaped = false;
        if (!probable) {
            return 0;
        }
        mistakes = (byte) Math.min(100, mistakes + 1);
        return patience + CoarseTime.at(nanoTime - reapedAt);
    }

    public synchronized int mistakes() {
        return mistakes;
    }

    /** How long was waited before the latest reap. */
    synchronized int latestPatience() {
        return patience;
    }

    private int count(int index) {
        return counts[index] & MOST;
    }

    private int add(int index, int more) {
        int sum = Math.min(MOST, count(index) + more);
        counts[index] = (byte) sum;
        return sum;
    }
}
