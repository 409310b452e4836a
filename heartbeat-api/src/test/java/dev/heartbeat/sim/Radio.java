package dev.heartbeat.sim;

import static dev.heartbeat.sim.VirtualLoop.nanos;

import dev.heartbeat.sim.Assumptions.Link;

/**
 * The radio of a device: connected for a while after each packet, then idle. An idle radio first needs its promotion to
 * send anything, and to be sent anything it needs to be paged, for which it listens only now and then.
 */
final class Radio {

    private final Chance chance;
    private final long tail;
    private final long promotion;
    private final double paging;
    private final long cycle;
    private final long window;
    private final long phase;

    private long connectedUntil = Long.MIN_VALUE;
    private long readyAt = Long.MIN_VALUE;

    Radio(Link link, Chance chance) {
        this.chance = chance;
        this.tail = nanos(link.tail);
        this.promotion = nanos(link.promotion);
        this.paging = link.paging;
        this.cycle = nanos(link.sleepCycle);
        this.window = nanos(link.pagingWindow);
        this.phase = nanos(chance.uniform(0, link.sleepCycle));
    }

    boolean isConnected(long now) {
        return now <= connectedUntil;
    }

    /** When a packet can be on the air if the device sends it now, or if it is sent to a device that is connected. */
    long onAir(long now) {
        return isConnected(now) ? Math.max(now, readyAt) : now + promotion;
    }

    /** When an idle device that is to be paged from now on is connected. */
    long paged(long now) {
        return heardPage(now) + promotion;
    }

    /** A packet is on the air at a moment. */
    void used(long onAir) {
        if (!isConnected(onAir)) {
            readyAt = onAir;
        }
        connectedUntil = Math.max(connectedUntil, onAir + tail);
    }

    private long heardPage(long now) {
        long wait = nanos(chance.uniform(0, paging));
        if (cycle == 0) {
            return now + wait;
        }
        long intoCycle = Math.floorMod(now - phase, cycle);
        return (intoCycle < window ? now : now + cycle - intoCycle) + wait;
    }
}
