package dev.heartbeat.sim;

import static dev.heartbeat.sim.VirtualLoop.nanos;

import dev.heartbeat.sim.Assumptions.Link;
import dev.heartbeat.sim.Assumptions.Traffic;

/**
 * One device: connects, sends its telemetry, comes back when it has been closed, and one day dies without a word, or goes
 * deaf: it sends on and hears nothing; or its process freezes, and its kernel goes on.
 */
final class Device {

    final int number;
    final Link link;
    final Fate fate;
    final Air air;

    private final VirtualLoop loop;
    private final World world;
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
        this.world = world;
        boolean hasWeather = world.situation().isPlain();
        this.air = new Air(loop, world.uplink(), link, world.seed(), number, fate.diesAt, hasWeather);
        this.period = traffic.period;
        this.rhythm = new Chance(world.seed(), number, Chance.Purpose.TRAFFIC);
        this.reconnects = new Chance(world.seed(), number, Chance.Purpose.RECONNECTS);
    }

    /**
     * How a device ends.
     *
     * @param diesAt the moment from which nothing it sends arrives; {@link Air#NEVER} for none
     * @param deafAt the moment from which it heeds nothing that arrives; {@link Air#NEVER} for none
     * @param frozenAt the moment from which only its kernel runs; {@link Air#NEVER} for none
     */
    record Fate(long diesAt, long deafAt, long frozenAt) {

        static Fate death(long diesAt) {
            return new Fate(diesAt, Air.NEVER, Air.NEVER);
        }

        static Fate deafness(long deafAt) {
            return new Fate(Air.NEVER, deafAt, Air.NEVER);
        }

        static Fate freeze(long frozenAt) {
            return new Fate(Air.NEVER, Air.NEVER, frozenAt);
        }

        /** From when on it is right to close its connection. */
        long endsAt() {
            return Math.min(frozenAt, Math.min(diesAt, deafAt));
        }
    }

    /** What all devices of a run share. */
    record World(
            VirtualLoop loop,
            Algorithm algorithm,
            Tally tally,
            Uplink uplink,
            long seed,
            Situation situation,
            VirtualKernel kernel,
            boolean kernelAsked) {

        static World plain(VirtualLoop loop, Algorithm algorithm, Tally tally, Uplink uplink, long seed) {
            return new World(loop, algorithm, tally, uplink, seed, Situation.PLAIN, new VirtualKernel(), false);
        }
    }

    /** Connects at a moment, the device's telemetry beginning somewhere in its period. */
    void startAt(long time) {
        loop.at(time, this::connect);
        if (period > 0) {
            loop.at(time + nanos(rhythm.uniform(0, period)), sendTelemetry);
        }
    }

    /** Has the server push a large message at a moment. */
    void pushAt(long time, int bytes) {
        loop.at(time, () -> {
            if (session != null) {
                session.push(bytes);
            }
        });
    }

    /** Has the server leave what the device sends unread for a while. */
    void pauseReadingAt(long time, long until) {
        loop.at(time, () -> {
            if (session != null) {
                session.pauseReading();
                loop.at(until, session::resumeReading);
            }
        });
    }

    boolean isDead() {
        return loop.now() >= fate.diesAt;
    }

    boolean isDeaf() {
        return loop.now() >= fate.deafAt;
    }

    boolean isFrozen() {
        return loop.now() >= fate.frozenAt;
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
        world.tally().closed(this, connectedAt, closed);
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
        session = new Session(world, this);
        session.watchedBy(world.algorithm());
        if (world.situation().reading == Situation.Reading.GIVEN_UP) {
            loop.at(loop.now() + nanos(Assumptions.READING_GIVEN_UP), session::pauseReading);
        }
    }

    private void sendTelemetry() {
        if (isDead() || isFrozen()) {
            return;
        }
        if (session != null) {
            session.sendTelemetry();
        }
        double jitter = rhythm.uniform(-Assumptions.TRAFFIC_JITTER, Assumptions.TRAFFIC_JITTER);
        loop.at(loop.now() + nanos(period * (1 + jitter)), sendTelemetry);
    }
}
