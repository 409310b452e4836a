package dev.heartbeat.sim;

import java.util.Arrays;
import java.util.function.DoubleSupplier;

/** Spells of one kind on one link, in the order of time, made up as far as anybody asks. Gaps are exponential. */
final class Windows {

    private final double meanGap;
    private final Chance chance;
    private final DoubleSupplier length;
    private long[] bounds = new long[16];
    private int used;
    private int hint;

    /**
     * No spell has been made up yet.
     *
     * @param perHour how many begin in an hour; 0 for none ever
     * @param length draws how long one lasts, in seconds
     */
    Windows(double perHour, Chance chance, DoubleSupplier length) {
        this.meanGap = 3600 / perHour;
        this.chance = chance;
        this.length = length;
    }

    /** When the spell at a moment ends; 0 if there is none. Cheap for moments near the one asked for before. */
    long endAt(long time) {
        if (Double.isInfinite(meanGap)) {
            return 0;
        }
        while (used == 0 || bounds[used - 1] <= time) {
            makeUpAnother();
        }
        while (hint > 0 && bounds[hint] > time) {
            hint -= 2;
        }
        while (bounds[hint + 1] <= time) {
            hint += 2;
        }
        return bounds[hint] <= time ? bounds[hint + 1] : 0;
    }

    private void makeUpAnother() {
        if (used == bounds.length) {
            bounds = Arrays.copyOf(bounds, 2 * used);
        }
        long previous = used == 0 ? 0 : bounds[used - 1];
        bounds[used] = previous + VirtualLoop.nanos(chance.exponential(meanGap));
        bounds[used + 1] = bounds[used] + VirtualLoop.nanos(length.getAsDouble());
        used += 2;
    }
}
