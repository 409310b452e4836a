package dev.heartbeat.sim;

import dev.heartbeat.sim.Device.Fate;

/** How a device ends that the kernel is asked about. */
enum Ending {
    /** Nothing it sends arrives: what it is sent is sent again and again. */
    VANISHED("vanished"),

    /** Its process stands still, and its kernel goes on acknowledging until its buffer is full. */
    FROZEN("frozen");

    final String title;

    Ending(String title) {
        this.title = title;
    }

    Fate at(long time) {
        return this == VANISHED ? Fate.death(time) : Fate.freeze(time);
    }
}
