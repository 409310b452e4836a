package dev.heartbeat.sim;

import static dev.heartbeat.sim.VirtualLoop.nanos;

/** When the server pushes large messages to a device, and when it does not read from it: now and then, and around its end. */
final class Habits {

    private final Device device;
    private final Chance chance;
    private final long from;

    /**
     * Nothing has been arranged.
     *
     * @param from when the device connects
     */
    Habits(Device device, Chance chance, long from) {
        this.device = device;
        this.chance = chance;
        this.from = from;
    }

    void arrange(Situation situation) {
        if (situation.downloads) {
            arrangePushes();
        }
        if (situation.reading == Situation.Reading.PAUSED) {
            arrangePauses();
        }
    }

    private void arrangePushes() {
        long end = device.fate.endsAt();
        for (long time = later(from, Assumptions.MEAN_PUSH_GAP);
                time < end;
                time = later(time, Assumptions.MEAN_PUSH_GAP)) {
            device.pushAt(time, pushSize());
        }
        device.pushAt(end - nanos(chance.uniform(0, Assumptions.LATEST_DEATH)), pushSize());
    }

    private void arrangePauses() {
        long end = device.fate.endsAt();
        long last = end - nanos(chance.uniform(0, Assumptions.LATEST_DEATH));
        for (long time = later(from, Assumptions.MEAN_READING); time < last; ) {
            long until = Math.min(last, time + pause());
            device.pauseReadingAt(time, until);
            time = later(until, Assumptions.MEAN_READING);
        }
        device.pauseReadingAt(last, last + pause());
    }

    private long later(long time, double mean) {
        return time + nanos(chance.exponential(mean));
    }

    private int pushSize() {
        double least = Math.log(Assumptions.SMALLEST_PUSH);
        return (int) Math.exp(chance.uniform(least, Math.log(Assumptions.LARGEST_PUSH)));
    }

    private long pause() {
        return nanos(chance.uniform(Assumptions.SHORTEST_PAUSE, Assumptions.LONGEST_PAUSE));
    }
}
