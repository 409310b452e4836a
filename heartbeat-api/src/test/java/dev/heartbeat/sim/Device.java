package dev.heartbeat.sim;

import static dev.heartbeat.sim.VirtualLoop.nanos;

import dev.heartbeat.sim.Assumptions.Link;
import dev.heartbeat.sim.Assumptions.Traffic;

/**
 * One device: connects, sends its telemetry, comes back when it has been closed, and one day dies without a word, or goes
 * deaf: it sends on and hears nothing.
 */
final class Device {

    final int number;
    final Link link;
    final Fate fate;
    final Air air;

    private final VirtualLoop loop;
    private final Algorithm algorithm;
    private final Tally tally;
    private final double period;
    private final Chance rhythm;
    private final Chance reconnects;
    private final Runnable sendTelemetry = this::sendTelemetry;
    private Session session;
    private long connectedAt;

    Device(World world, int number, Link link, Traffic traffic, Fate fate) {
        this.number = number;
        this.link = link;
        this.fate = fate;
        this.loop = world.loop();
        this.algorithm = world.algorithm();
        this.tally = world.tally();
        this.air = new Air(loop, world.uplink(), link, world.seed(), number, fate.diesAt);
        this.period = traffic.period;
        this.rhythm = new Chance(world.seed(), number, Chance.Purpose.TRAFFIC);
        this.reconnects = new Chance(world.seed(), number, Chance.Purpose.RECONNECTS);
    }

    /**
     * How a device ends.
     *
     * @param diesAt the moment from which nothing it sends arrives; {@link Air#NEVER} for none
     * @param deafAt the moment from which it heeds nothing that arrives; {@link Air#NEVER} for none
     */
    record Fate(long diesAt, long deafAt) {

        static Fate death(long diesAt) {
            return new Fate(diesAt, Air.NEVER);
        }

        /** From when on it is right to close its connection. */
        long endsAt() {
            return Math.min(diesAt, deafAt);
        }
    }

    /** What all devices of a run share. */
    record World(VirtualLoop loop, Algorithm algorithm, Tally tally, Uplink uplink, long seed) {}

    /** Connects at a moment, the device's telemetry beginning somewhere in its period. */
    void startAt(long time) {
        loop.at(time, this::connect);
        if (period > 0) {
            loop.at(time + nanos(rhythm.uniform(0, period)), sendTelemetry);
        }
    }

    boolean isDead() {
        return loop.now() >= fate.diesAt;
    }

    boolean isDeaf() {
        return loop.now() >= fate.deafAt;
    }

    /** Whether it is right to close its connection. */
    boolean isGone() {
        return loop.now() >= fate.endsAt();
    }

    /** Whether the server keeps a connection that it is right to close. */
    boolean isZombie() {
        return session != null && isGone();
    }

    /** The server has closed the connection. */
    void lost(Session closed) {
        if (closed != session) {
            return;
        }
        session = null;
        tally.closed(this, connectedAt, closed);
        if (!isGone()) {
            comeBack();
        }
    }

    private void comeBack() {
        double wait = reconnects.uniform(Assumptions.SOONEST_RECONNECT, Assumptions.LATEST_RECONNECT);
        loop.at(air.backAt(loop.now()) + nanos(wait), this::connect);
    }

    private void connect() {
        if (isGone()) {
            return;
        }
        if (air.backAt(loop.now()) > loop.now()) {
            comeBack();
            return;
        }
        connectedAt = loop.now();
        session = new Session(loop, this, tally);
        session.watchedBy(algorithm);
    }

    private void sendTelemetry() {
        if (isDead()) {
            return;
        }
        if (session != null) {
            session.sendTelemetry();
        }
        double jitter = rhythm.uniform(-Assumptions.TRAFFIC_JITTER, Assumptions.TRAFFIC_JITTER);
        loop.at(loop.now() + nanos(period * (1 + jitter)), sendTelemetry);
    }
}
