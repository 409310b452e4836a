package dev.heartbeat;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What a detector has learned under adaptive policies: the crowds, and the habits of identified devices that are away. Any
 * thread.
 */
final class Experience {

    /** A reap was probably wrong if the device is back so soon. */
    private static final long SOON = TimeUnit.SECONDS.toNanos(180);

    /** Devices that are away and remembered, the latest to leave. */
    private static final int MOST_AWAY = 1 << 20;

    private static final int MOST_GROUPS = 1_024;

    /** The upper ends of the classes of round trips, in stamps: 0.4, 1.5 and 4 s. */
    private static final int[] CLASSES = {381, 1_430, 3_815};

    private final Ticker ticker;
    private final Map<String, Crowd> groups = new ConcurrentHashMap<>();
    private final Crowd[] byRoundTrip = new Crowd[CLASSES.length + 1];
    private final Crowd unknown;

    /** Guarded by itself. */
    private final Map<String, Habits> away = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Habits> eldest) {
            return size() > MOST_AWAY;
        }
    };

    Experience(Ticker ticker) {
        this.ticker = ticker;
        long now = ticker.nanoTime();
        for (int i = 0; i < byRoundTrip.length; i++) {
            byRoundTrip[i] = new Crowd(now);
        }
        this.unknown = new Crowd(now);
    }

    /** The habits of a device that has just connected, at a stamp of its pacemaker. */
    Habits begin(@Nullable String identity, @Nullable String group, int now) {
        Habits earlier = identity == null ? null : comeBack(identity);
        if (earlier == null) {
            return new Habits(now);
        }
        int wait = earlier.mistake(ticker.nanoTime(), SOON);
        Habits habits = new Habits(now, earlier);
        if (wait > 0) {
            answered(habits, group, wait);
        }
        return habits;
    }

    private @Nullable Habits comeBack(String identity) {
        synchronized (away) {
            return away.remove(identity);
        }
    }

    /** An identified device is gone, or its connection is. */
    void keep(String identity, Habits habits) {
        synchronized (away) {
            away.remove(identity);
            away.put(identity, habits);
        }
    }

    /** A device has been reaped after so long a wait, in stamps. */
    void reaped(Habits habits, int waited) {
        habits.reaped(waited, ticker.nanoTime());
    }

    /** A live peer took so many stamps to answer a ping. */
    void answered(Habits habits, @Nullable String group, int wait) {
        habits.answered(wait);
        crowd(habits, group).answered(wait);
    }

    /** A live peer has been watched up to a stamp. */
    void watched(Habits habits, @Nullable String group, int now) {
        float more = habits.watchedUntil(now);
        crowd(habits, group).watched(more, ticker.nanoTime());
    }

    /** Whom a device is compared with: its group if the application names one, else those with similar round trips. */
    Crowd crowd(Habits habits, @Nullable String group) {
        return Optional.ofNullable(group).map(this::group).orElseGet(() -> byRoundTrip(habits.shortestRoundTrip()));
    }

    private @Nullable Crowd group(String group) {
        Crowd known = groups.get(group);
        if (known != null || groups.size() >= MOST_GROUPS) {
            return known;
        }
        return groups.computeIfAbsent(group, key -> new Crowd(ticker.nanoTime()));
    }

    private Crowd byRoundTrip(int roundTrip) {
        if (roundTrip == Integer.MAX_VALUE) {
            return unknown;
        }
        int kind = 0;
        while (kind < CLASSES.length && roundTrip >= CLASSES[kind]) {
            kind++;
        }
        return byRoundTrip[kind];
    }
}
