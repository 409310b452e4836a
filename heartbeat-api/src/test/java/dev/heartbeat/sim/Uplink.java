package dev.heartbeat.sim;

import java.util.function.IntPredicate;

/** The server's own connection to the world, which may be gone for a while, for some devices or for all. */
final class Uplink {

    private long from;
    private long until;
    private IntPredicate whom = device -> false;

    void cut(long from, long until, IntPredicate whom) {
        this.from = from;
        this.until = until;
        this.whom = whom;
    }

    boolean isCut(int device, long time) {
        return from <= time && time < until && whom.test(device);
    }

    /** When a cut at a moment ends; 0 if there is none. */
    long endAt(int device, long time) {
        return isCut(device, time) ? until : 0;
    }
}
