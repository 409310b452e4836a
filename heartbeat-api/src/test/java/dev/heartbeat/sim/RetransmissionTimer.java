package dev.heartbeat.sim;

import static dev.heartbeat.sim.VirtualLoop.nanos;

/**
 * When the head of a stream is sent again if it stays unacknowledged: RFC 6298 with Linux's bounds. An event is kept only
 * while somebody doubts that the acknowledgement comes in time.
 */
final class RetransmissionTimer {

    private static final int MOST_DOUBLINGS = 16;

    private final VirtualLoop loop;
    private final Runnable action;
    private final Runnable onEvent = this::onEvent;
    private double smoothed;
    private double variance;
    private int backoff;
    private long deadline;
    private long pending = Air.NEVER;

    RetransmissionTimer(VirtualLoop loop, long firstRoundTrip, Runnable action) {
        this.loop = loop;
        this.action = action;
        this.smoothed = firstRoundTrip;
        this.variance = firstRoundTrip / 2.0;
    }

    /** A segment that was sent once has been acknowledged. */
    void sample(long roundTrip) {
        variance += (Math.abs(smoothed - roundTrip) - variance) / 4;
        smoothed += (roundTrip - smoothed) / 8;
    }

    /** The head was sent, or became the head, at a moment. */
    void restart(long time) {
        double timeout = smoothed + Math.max(nanos(Assumptions.SMALLEST_RTO_MARGIN), 4 * variance);
        deadline = time + Math.min((long) timeout << backoff, nanos(Assumptions.LONGEST_RTO));
    }

    int retransmissions() {
        return backoff;
    }

    void backOff() {
        backoff = Math.min(backoff + 1, MOST_DOUBLINGS);
    }

    /** New data has been acknowledged. */
    void forgetBackoff() {
        backoff = 0;
    }

    /** Puts the deadline off to a moment, if it is earlier. */
    void notBefore(long time) {
        deadline = Math.max(deadline, time);
    }

    boolean isDueBy(long time) {
        return deadline <= time;
    }

    /** The acknowledgement may not come in time: the action is to run at the deadline, or before it in vain. */
    void doubt() {
        if (deadline < pending) {
            pending = deadline;
            loop.at(deadline, onEvent);
        }
    }

    private void onEvent() {
        if (loop.now() >= pending) {
            pending = Air.NEVER;
            action.run();
        }
    }
}
