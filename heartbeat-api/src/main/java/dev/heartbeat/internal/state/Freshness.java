package dev.heartbeat.internal.state;

import dev.heartbeat.internal.time.CoarseTime;

/** When a peer's application last said something, whatever its pongs say. Any thread, but for the telling. */
public final class Freshness {

    private volatile int saidAt;

    /** Whether it has announced a silence and said nothing since that was over. */
    private volatile boolean announced;

    private volatile int announcedUntil;

    private volatile boolean stale;

    public Freshness(int now) {
        this.saidAt = now;
    }

    /** It has announced a silence, which does not count and is not stale. */
    public void expectSilence(int until) {
        announcedUntil = until;
        announced = true;
        stale = false;
    }

    public void said(int stamp) {
        saidAt = stamp;
        if (announced && stamp - announcedUntil >= 0) {
            announced = false;
        }
        if (stale) {
            stale = false;
        }
    }

    public boolean isStale() {
        return stale;
    }

    /** Whether the silence has become too long just now; the pacemaker's thread only. */
    public boolean goStale(int listened, int limit) {
        if (stale || listened - countsFrom() <= limit) {
            return false;
        }
        stale = true;
        return true;
    }

    /** The stamps since anything was said. */
    public int age(int now) {
        return Math.max(0, now - saidAt);
    }

    /** The stamp at which it may go stale. */
    public int due(int limit) {
        return countsFrom() + limit + 1;
    }

    private int countsFrom() {
        return announced ? CoarseTime.later(saidAt, announcedUntil) : saidAt;
    }
}
