package dev.heartbeat.internal.adaptive;

import dev.heartbeat.Ticker;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What a detector has learned under adaptive policies: the histories of groups, and those of identified devices that are
 * away. Any thread.
 */
public final class HistoryStore {

    /** A reap was probably wrong if the device is back so soon. */
    private static final long SOON = TimeUnit.SECONDS.toNanos(180);

    /** Devices that are away and remembered, the latest to leave. */
    private static final int MOST_AWAY = 1 << 20;

    private static final int MOST_GROUPS = 1_024;

    /** The upper ends of the classes of round trips, in stamps: 0.4, 1.5 and 4 s. */
    private static final int[] CLASSES = {381, 1_430, 3_815};

    private final Ticker ticker;
    private final Map<String, GroupHistory> groups = new ConcurrentHashMap<>();
    private final GroupHistory[] byRoundTrip = new GroupHistory[CLASSES.length + 1];
    private final GroupHistory unknown;

    /** Guarded by itself. */
    private final Map<String, DeviceHistory> away = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, DeviceHistory> eldest) {
            return size() > MOST_AWAY;
        }
    };

    public HistoryStore(Ticker ticker) {
        this.ticker = ticker;
        long now = ticker.nanoTime();
        for (int i = 0; i < byRoundTrip.length; i++) {
            byRoundTrip[i] = new GroupHistory(now);
        }
        this.unknown = new GroupHistory(now);
    }

    /** The history of a device that has just connected, at a stamp of its pacemaker. */
    public DeviceHistory begin(@Nullable String identity, @Nullable String group, int now) {
        DeviceHistory earlier = identity == null ? null : comeBack(identity);
        if (earlier == null) {
            return new DeviceHistory(now);
        }
        int wait = earlier.mistake(ticker.nanoTime(), SOON);
        DeviceHistory device = new DeviceHistory(now, earlier);
        if (wait > 0) {
            answered(device, group, wait);
        }
        return device;
    }

    private @Nullable DeviceHistory comeBack(String identity) {
        synchronized (away) {
            return away.remove(identity);
        }
    }

    /** An identified device is gone, or its connection is. */
    public void keep(String identity, DeviceHistory device) {
        synchronized (away) {
            away.remove(identity);
            away.put(identity, device);
        }
    }

    /** A device has been reaped after so long a wait, in stamps. */
    public void reaped(DeviceHistory device, int waited) {
        device.reaped(waited, ticker.nanoTime());
    }

    /** A live peer took so many stamps to answer a ping. */
    public void answered(DeviceHistory device, @Nullable String group, int wait) {
        device.answered(wait);
        group(device, group).answered(wait);
    }

    /** A live peer has been watched up to a stamp. */
    public void watched(DeviceHistory device, @Nullable String group, int now) {
        float more = device.watchedUntil(now);
        group(device, group).watched(more, ticker.nanoTime());
    }

    /** Whom a device is compared with: its group if the application names one, else those with similar round trips. */
    GroupHistory group(DeviceHistory device, @Nullable String group) {
        return Optional.ofNullable(group).map(this::group).orElseGet(() -> byRoundTrip(device.shortestRoundTrip()));
    }

    private @Nullable GroupHistory group(String group) {
        GroupHistory known = groups.get(group);
        if (known != null || groups.size() >= MOST_GROUPS) {
            return known;
        }
        return groups.computeIfAbsent(group, key -> new GroupHistory(ticker.nanoTime()));
    }

    private GroupHistory byRoundTrip(int roundTrip) {
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
