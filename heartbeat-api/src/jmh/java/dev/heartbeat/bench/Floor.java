package dev.heartbeat.bench;

/**
 * What the hardware asks for: reading one field of objects in random order, by an array of references or along a linked
 * list, and reading an array from end to end.
 */
final class Floor {

    private final Cell[] inRandomOrder;
    private final long[] stamps;
    private long sum;

    /** As large as a heartbeat. */
    private static final class Cell {
        int stamp;
        long other;
        Object one;
        Cell next;
    }

    Floor(int count) {
        Cell[] cells = new Cell[count];
        for (int i = 0; i < count; i++) {
            cells[i] = new Cell();
            cells[i].stamp = i;
        }
        int[] order = ConnectionSeconds.shuffled(count);
        inRandomOrder = new Cell[count];
        for (int i = 0; i < count; i++) {
            inRandomOrder[i] = cells[order[i]];
            inRandomOrder[i].next = i == 0 ? null : inRandomOrder[i - 1];
        }
        stamps = new long[count];
    }

    /** Nanoseconds for each object whose reads may overlap. */
    double gatherOne() {
        return best(this::gather) / inRandomOrder.length;
    }

    /** Nanoseconds for each object of a linked list, as in a wheel whose buckets are lists: each read waits for the last. */
    double chaseOne() {
        return best(this::chase) / inRandomOrder.length;
    }

    /** Nanoseconds to read a long for each of them. */
    double scanLongs() {
        return best(this::scan);
    }

    private void gather() {
        long total = 0;
        for (Cell cell : inRandomOrder) {
            total += cell.stamp;
        }
        sum += total;
    }

    private void chase() {
        long total = 0;
        for (Cell cell = inRandomOrder[inRandomOrder.length - 1]; cell != null; cell = cell.next) {
            total += cell.stamp;
        }
        sum += total;
    }

    private void scan() {
        long total = 0;
        for (long stamp : stamps) {
            total += stamp;
        }
        sum += total;
    }

    private double best(Runnable work) {
        long best = Long.MAX_VALUE;
        for (int i = 0; i < 60; i++) {
            long before = System.nanoTime();
            work.run();
            best = Math.min(best, System.nanoTime() - before);
        }
        if (sum == Long.MIN_VALUE) {
            throw new IllegalStateException("unlikely, and keeps the sum alive");
        }
        return best;
    }
}
