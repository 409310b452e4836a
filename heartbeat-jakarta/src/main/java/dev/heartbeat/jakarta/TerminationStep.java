package dev.heartbeat.jakarta;

import java.time.Duration;

/**
 * One attempt to free what a container holds for a session.
 *
 * @param means what it does, in words for a log line
 * @param timeout how long to wait for it
 * @param action may block, throw anything, and run the application's close handler
 */
record TerminationStep(String means, Duration timeout, Action action) {

    /** An action on a session. */
    @FunctionalInterface
    interface Action {

        /**
         * Runs.
         *
         * @throws Throwable whatever the container throws
         */
        void run() throws Throwable;
    }
}
