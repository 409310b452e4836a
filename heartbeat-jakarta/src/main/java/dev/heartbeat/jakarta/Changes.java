package dev.heartbeat.jakarta;

/** Makes a counter that only grows of a number that differs whenever something has moved. */
final class Changes {

    private long state;
    private long count;

    /** Counts a change if the number is another one than at the last look. */
    long look(long now) {
        if (now != state) {
            state = now;
            count++;
        }
        return count;
    }

    long count() {
        return count;
    }

    /** One number of several, which differs if any of them does, but for one case in 2^64. */
    static long mix(long... numbers) {
        long mixed = 1;
        for (long number : numbers) {
            mixed = (mixed ^ number) * 0x9E3779B97F4A7C15L;
            mixed ^= mixed >>> 32;
        }
        return mixed;
    }
}
