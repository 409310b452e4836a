package dev.heartbeat.sim;

import static dev.heartbeat.sim.VirtualLoop.nanos;

import java.util.function.IntPredicate;

/** Trouble that comes over all devices, or many, at once. */
enum Storm {
    /** Calm: what is closed wrongly here is what a policy costs anyway. */
    NONE("none", "no storm"),

    /** The server process stands still, as in a garbage collection; its kernel goes on. */
    PAUSE45("pause45", "the server process stands still for 45 s"),

    /** The virtual machine stands still, kernel and all. */
    VM45("vm45", "the server's machine stands still for 45 s"),

    /** Nothing reaches the server. */
    UP60("up60", "the server's uplink is gone for 60 s"),

    /** Nothing reaches the server from a random half of the devices. */
    HALF60("half60", "the uplink is gone for 60 s for half of the devices"),

    /** The one storm in which closing is right. */
    MASS30("mass30", "30 % of the devices really die within 2 s");

    private static final double PAUSE = 45;
    private static final double OUTAGE = 60;
    private static final double MASS = .3;
    private static final double MASS_WITHIN = 2;
    private static final IntPredicate ALL = device -> true;
    private static final IntPredicate HALF = device -> new Chance(0, device, Chance.Purpose.STORM).isLucky(.5);

    final String title;
    final String meaning;

    Storm(String title, String meaning) {
        this.title = title;
        this.meaning = meaning;
    }

    /** When a device dies in this storm; never, for most. */
    long death(long begins, Chance life) {
        boolean old = life.isLucky(Assumptions.STORM_DEATHS);
        double oldAge = life.uniform(Assumptions.FIRST_STORM_DEATH, Assumptions.LAST_STORM_DEATH);
        boolean unlucky = this == MASS30 && life.isLucky(MASS);
        double accident = life.uniform(0, MASS_WITHIN);
        if (old) {
            return begins + nanos(oldAge);
        }
        return unlucky ? begins + nanos(accident) : Air.NEVER;
    }

    /** Arranges for it to break out. */
    void brew(VirtualLoop loop, Uplink uplink, long begins) {
        switch (this) {
            case NONE, MASS30 -> {}
            case PAUSE45 -> loop.at(begins, () -> loop.freeze(begins + nanos(PAUSE), false));
            case VM45 -> {
                uplink.cut(begins, begins + nanos(PAUSE), ALL);
                loop.at(begins, () -> loop.freeze(begins + nanos(PAUSE), true));
            }
            case UP60 -> uplink.cut(begins, begins + nanos(OUTAGE), ALL);
            case HALF60 -> uplink.cut(begins, begins + nanos(OUTAGE), HALF);
        }
    }
}
