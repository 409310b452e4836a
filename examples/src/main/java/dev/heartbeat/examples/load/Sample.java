package dev.heartbeat.examples.load;

/**
 * What a server tells of itself, in one line.
 *
 * @param cpu milliseconds a second since the measurement began
 * @param heap bytes in use after a collection, 0 if there was none
 * @param threads live ones
 * @param descriptors open ones
 * @param reaped connections
 * @param median half of the reaps came so many milliseconds after the peers fell silent, or earlier
 * @param most and 99 of a hundred
 * @param latest and the last one so many
 */
record Sample(double cpu, long heap, int threads, long descriptors, int reaped, long median, long most, long latest) {

    static Sample parse(String line) {
        String[] words = line.split(" ", -1);
        return new Sample(
                Double.parseDouble(words[0]),
                Long.parseLong(words[1]),
                Integer.parseInt(words[2]),
                Long.parseLong(words[3]),
                Integer.parseInt(words[4]),
                Long.parseLong(words[5]),
                Long.parseLong(words[6]),
                Long.parseLong(words[7]));
    }

    Sample weighing(long bytes) {
        return new Sample(cpu, bytes, threads, descriptors, reaped, median, most, latest);
    }

    @Override
    public String toString() {
        return cpu + " " + heap + " " + threads + " " + descriptors + " " + reaped + " " + median + " " + most + " "
                + latest;
    }
}
