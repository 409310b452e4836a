package dev.heartbeat.internal.adaptive;

import java.util.concurrent.TimeUnit;

/**
 * How long live peers of one kind have taken to answer a ping, all of them together: what a newcomer is judged by. What is
 * older than a week counts half. Any thread.
 */
final class GroupHistory {

    /** Connection-hours from which on it is worth more than a rule of thumb. */
    private static final double ENOUGH = 20;

    private static final long WEEK = TimeUnit.DAYS.toNanos(7);

    private final double[] waits = new double[DeviceHistory.WAITS.steps()];
    private double hours;
    private long halvedAt;

    /**
     * A group of which nothing is known.
     *
     * @param nanoTime the reading of the ticker
     */
    GroupHistory(long nanoTime) {
        this.halvedAt = nanoTime;
    }

    /** A live peer took so many stamps to answer. */
    synchronized void answered(int wait) {
        int step = DeviceHistory.WAITS.step(wait);
        if (step >= 0) {
            waits[step]++;
        }
    }

    /** Live peers have been watched for so long. */
    synchronized void watched(double moreHours, long nanoTime) {
        hours += moreHours;
        if (nanoTime - halvedAt >= WEEK) {
            halvedAt = nanoTime;
            hours /= 2;
            for (int step = 0; step < waits.length; step++) {
                waits[step] /= 2;
            }
        }
    }

    synchronized boolean isKnown() {
        return hours >= ENOUGH;
    }

    /** How often in an hour of one connection an answer took longer than each step. */
    synchronized double[] longerPerHour() {
        double[] rates = new double[waits.length];
        double longer = 0;
        for (int step = waits.length - 1; step >= 0; step--) {
            rates[step] = hours == 0 ? 0 : longer / hours;
            longer += waits[step];
        }
        return rates;
    }
}
