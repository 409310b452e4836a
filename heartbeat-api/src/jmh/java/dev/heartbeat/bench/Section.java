package dev.heartbeat.bench;

import java.util.Locale;

/** A part of the measurements, by its name on the command line. */
enum Section {
    TOUCH,
    PIPELINE,
    HEAP,
    WATCH,
    VIRTUAL,
    REAL,
    TICKS,
    HERD,
    PUNCTUAL,
    LOOK,

    /** No part: small numbers for all of them, which only show that everything runs. */
    QUICK;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
