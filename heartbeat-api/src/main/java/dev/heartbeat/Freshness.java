package dev.heartbeat;

/** When a peer's application last said something, whatever its pongs say. Any thread, but for the telling. */
final class Freshness {

    private volatile int saidAt;
    private volatile boolean stale;

    Freshness(int now) {
        this.saidAt = now;
    }

    void said(int stamp) {
        saidAt = stamp;
        if (stale) {
            stale = false;
        }
    }

    boolean isStale() {
        return stale;
    }

    /** Whether the silence has become too long just now; the pacemaker's thread only. */
    boolean goesStale(int listened, int limit) {
        if (stale || listened - saidAt <= limit) {
            return false;
        }
        stale = true;
        return true;
    }

    /** The stamps since anything was said. */
    int age(int now) {
        return Math.max(0, now - saidAt);
    }

    /** The stamp at which it may go stale. */
    int due(int limit) {
        return saidAt + limit + 1;
    }
}
