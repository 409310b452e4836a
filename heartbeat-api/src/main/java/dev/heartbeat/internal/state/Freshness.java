package dev.heartbeat.internal.state;

/** When a peer's application last said something, whatever its pongs say. Any thread, but for the telling. */
public final class Freshness {

    private volatile int saidAt;
    private volatile boolean stale;

    public Freshness(int now) {
        this.saidAt = now;
    }

    public void said(int stamp) {
        saidAt = stamp;
        if (stale) {
            stale = false;
        }
    }

    public boolean isStale() {
        return stale;
    }

    /** Whether the silence has become too long just now; the pacemaker's thread only. */
    public boolean goStale(int listened, int limit) {
        if (stale || listened - saidAt <= limit) {
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
        return saidAt + limit + 1;
    }
}
