package dev.heartbeat.internal.text;

import java.time.Duration;
import java.util.regex.Pattern;

/** What the detector writes for an operator to read. */
public final class LogText {

    private static final Pattern LINE_BREAKING = Pattern.compile("[\\p{Cntrl}\u0085\u2028\u2029]");

    private LogText() {}

    /** Three digits or so, with a unit: {@code 84 ms}, {@code 30 s}, {@code 60.4 s}, {@code 5 min}, {@code 2.5 h}. */
    public static String of(Duration duration) {
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
    public static String of(Throwable thrown) {
        try {
            return oneLine(thrown.toString());
        } catch (Throwable speechless) {
            return thrown.getClass().getName();
        }
    }

    /** Words from outside, kept to one line. */
    public static String oneLine(String words) {
        return LINE_BREAKING.matcher(words).replaceAll("?");
    }

    /** So many of something, in the plural where there is not exactly one. */
    public static String count(long count, String what) {
        return count + " " + what + (count == 1 ? "" : "s");
    }

    /** A number to a tenth. */
    public static String number(double value) {
        long tenths = Math.round(value * 10);
        return tenths % 10 == 0 ? Long.toString(tenths / 10) : tenths / 10 + "." + tenths % 10;
    }
}
