package dev.heartbeat.testkit;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs commands that say nothing worth hearing. */
final class Processes {

    private static final int LIMIT_SECONDS = 120;

    private Processes() {}

    /** Whether there is such a command, and it ended well. */
    static boolean succeeds(List<String> command) throws IOException {
        Process process;
        try {
            process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
        } catch (IOException missing) {
            return false;
        }
        return ends(process) && process.exitValue() == 0;
    }

    /** Waits for the end of a process, for as long as a slow machine may take. */
    static boolean ends(Process process) throws IOException {
        try {
            return process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            InterruptedIOException thrown = new InterruptedIOException("while waiting for a process");
            thrown.initCause(interrupted);
            throw thrown;
        }
    }
}
