package dev.heartbeat.sim;

import java.util.Arrays;

/** Numbers to be ranked. */
final class Samples {

    private double[] values = new double[16];
    private int size;
    private boolean sorted;

    void add(double value) {
        if (size == values.length) {
            values = Arrays.copyOf(values, 2 * size);
        }
        values[size++] = value;
        sorted = false;
    }

    void addAll(Samples others) {
        for (int i = 0; i < others.size; i++) {
            add(others.values[i]);
        }
    }

    int size() {
        return size;
    }

    /** Those that are not above a limit. */
    Samples upTo(double limit) {
        Samples within = new Samples();
        Arrays.stream(values, 0, size).filter(value -> value <= limit).forEach(within::add);
        return within;
    }

    /** The smallest value that so large a share does not exceed; NaN without values. */
    double quantile(double share) {
        if (size == 0) {
            return Double.NaN;
        }
        if (!sorted) {
            Arrays.sort(values, 0, size);
            sorted = true;
        }
        return values[Math.max(0, (int) Math.ceil(share * size) - 1)];
    }
}
