package dev.heartbeat.bench;

import java.time.Duration;

/**
 * How fast the same life is lived.
 *
 * @param messageEvery each live connection speaks this often
 * @param idle silence after which a ping is due
 * @param patience wait for its answer
 */
record Pace(Duration messageEvery, Duration idle, Duration patience) {

    /** For virtual time. */
    static final Pace USUAL = new Pace(Duration.ofSeconds(10), Duration.ofSeconds(30), Duration.ofSeconds(10));

    /** The same with a patience that takes a tick of 8 ms instead of 67 ms. */
    static final Pace IMPATIENT = new Pace(Duration.ofSeconds(10), Duration.ofSeconds(30), Duration.ofMillis(160));

    /** For real time: ten times as fast. */
    static final Pace QUICK = new Pace(Duration.ofSeconds(1), Duration.ofSeconds(3), Duration.ofSeconds(1));
}
