package dev.heartbeat.sim;

import java.util.SplittableRandom;

/**
 * The draws of one device for one purpose. Each purpose has its own seed, so that every policy meets the same outages,
 * bursts and lives, however many packets it sends through them.
 */
final class Chance {

    enum Purpose {
        LIFE,
        OUTAGES,
        BURSTS,
        TRAFFIC,
        RECONNECTS,
        STORM,
        PACKETS,
        BUFFERS
    }

    private final SplittableRandom random;
    private double spareNormal = Double.NaN;

    Chance(long seed, int device, Purpose purpose) {
        this.random = new SplittableRandom(new SplittableRandom(seed + 0x9E37_79B9_7F4A_7C15L * device).nextLong()
                + 0xD1B5_4A32_D192_ED03L * (purpose.ordinal() + 1));
    }

    double uniform(double from, double to) {
        return from + (to - from) * random.nextDouble();
    }

    boolean isLucky(double probability) {
        return random.nextDouble() < probability;
    }

    double exponential(double mean) {
        return -mean * Math.log(1 - random.nextDouble());
    }

    /** A log-normal of median 1. */
    double logNormal(double sigma) {
        return Math.exp(sigma * normal());
    }

    private double normal() {
        if (!Double.isNaN(spareNormal)) {
            double spare = spareNormal;
            spareNormal = Double.NaN;
            return spare;
        }
        double radius = Math.sqrt(-2 * Math.log(1 - random.nextDouble()));
        double angle = 2 * Math.PI * random.nextDouble();
        spareNormal = radius * Math.sin(angle);
        return radius * Math.cos(angle);
    }
}
