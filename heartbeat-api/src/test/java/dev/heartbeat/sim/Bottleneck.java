package dev.heartbeat.sim;

import static dev.heartbeat.sim.VirtualLoop.nanos;

/** The slowest hop on the way to a device: it passes on one packet after the other, at its rate. */
final class Bottleneck {

    private final double rate;
    private final long grace;
    private long freeAt;

    /**
     * It is free.
     *
     * @param rate bytes a second, infinity to pass on everything at once
     * @param roundTrip what an acknowledgement takes
     */
    Bottleneck(double rate, long roundTrip) {
        this.rate = rate;
        this.grace = 2 * roundTrip + nanos(Assumptions.SMALLEST_RTO_MARGIN);
    }

    /** When a packet is through that would arrive at a time if it were alone and had no size. */
    long pass(long arrival, int bytes) {
        if (arrival == Air.NEVER || arrival == Air.WAITS || Double.isInfinite(rate)) {
            return arrival;
        }
        freeAt = Math.max(freeAt, arrival) + nanos(bytes / rate);
        return freeAt;
    }

    /** When all that was passed on should have been acknowledged; 0 if nothing queued. */
    long acknowledgedAt() {
        return freeAt == 0 ? 0 : freeAt + grace;
    }
}
