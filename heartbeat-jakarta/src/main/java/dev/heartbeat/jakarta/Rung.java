package dev.heartbeat.jakarta;

import java.time.Duration;

/**
 * One attempt to free what a container holds for a session.
 *
 * @param means in words for a log line
 * @param budget how long to wait for it
 * @param attempt may block, throw anything, and run the application's close handler
 */
record Rung(String means, Duration budget, Attempt attempt) {

    /** Does something to a session. */
    @FunctionalInterface
    interface Attempt {

        /**
         * Tries.
         *
         * @throws Throwable whatever the container throws
         */
        void run() throws Throwable;
    }
}
