package dev.heartbeat;

import java.time.Duration;

/** What the detector writes for an operator to read. */
final class Words {

    private Words() {}

    /** Three digits or so, with a unit: {@code 84 ms}, {@code 30 s}, {@code 60.4 s}, {@code 5 min}, {@code 2.5 h}. */
    static String of(Duration duration) {
        double seconds = duration.toNanos() / 1e9;
        if (seconds < 1) {
            return number(seconds * 1_000) + " ms";
        }
        if (seconds < 120) {
            return number(seconds) + " s";
        }
        if (seconds < 7_200) {
            return number(seconds / 60) + " min";
        }
        return number(seconds / 3_600) + " h";
    }

    /** What was thrown, kept to one line, however it behaves when it is asked. */
    static String of(Throwable thrown) {
        try {
            return Ask.oneLine(thrown.toString());
        } catch (Throwable speechless) {
            return thrown.getClass().getName();
        }
    }

    /** A number to a tenth. */
    static String number(double value) {
        long tenths = Math.round(value * 10);
        return tenths % 10 == 0 ? Long.toString(tenths / 10) : tenths / 10 + "." + tenths % 10;
    }
}
