package dev.heartbeat.sim;

import static dev.heartbeat.sim.VirtualLoop.SECOND;

import dev.heartbeat.sim.Assumptions.Link;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;

/** What happened in one run, by link, from a moment on. */
final class Tally {

    private final VirtualLoop loop;
    private final long from;
    private final Map<Link, Sums> byLink = new EnumMap<>(Link.class);
    private final Peak pings = new Peak();
    private final Peak closes = new Peak();

    Tally(VirtualLoop loop, long from) {
        this.loop = loop;
        this.from = from;
        Arrays.stream(Link.values()).forEach(link -> byLink.put(link, new Sums()));
    }

    void pinged(Device device) {
        if (loop.now() >= from) {
            pings.add(loop.now());
            if (!device.isGone()) {
                byLink.get(device.link).pings++;
            }
        }
    }

    void suspected(Device device) {
        if (loop.now() >= from && !device.isGone()) {
            byLink.get(device.link).falseSuspicions++;
        }
    }

    void closed(Device device, long connectedAt, Session session) {
        Sums sums = byLink.get(device.link);
        long now = loop.now();
        long suspect = Math.min(session.suspectSince(), now);
        long lived = Math.min(now, device.fate.endsAt()) - Math.max(connectedAt, from);
        sums.hours += Math.max(0, lived) / (3600.0 * SECOND);
        if (now < from) {
            return;
        }
        closes.add(now);
        long endedAt = device.fate.endsAt();
        if (now >= endedAt) {
            sums.detections.add(seconds(now - endedAt));
            sums.suspicions.add(seconds(Math.max(0, suspect - endedAt)));
        } else {
            sums.falseReaps++;
            sums.falseSuspicions += session.suspectSince() == Air.NEVER ? 1 : 0;
        }
    }

    /** The run is over, and the server has not noticed that the device is gone. */
    void missed(Device device) {
        byLink.get(device.link).missed++;
    }

    Sums of(Link link) {
        return byLink.get(link);
    }

    Sums ofAll() {
        Sums all = new Sums();
        byLink.values().forEach(all::add);
        return all;
    }

    int mostPingsInASecond() {
        return pings.most;
    }

    int mostClosesInASecond() {
        return closes.most;
    }

    private static double seconds(long nanos) {
        return (double) nanos / SECOND;
    }

    /** The sums of one link, or of all. */
    static final class Sums {
        final Samples detections = new Samples();
        final Samples suspicions = new Samples();
        double hours;
        long pings;
        long falseReaps;
        long missed;
        long falseSuspicions;

        void add(Sums other) {
            detections.addAll(other.detections);
            suspicions.addAll(other.suspicions);
            hours += other.hours;
            pings += other.pings;
            falseReaps += other.falseReaps;
            missed += other.missed;
            falseSuspicions += other.falseSuspicions;
        }
    }

    /** The busiest second. */
    private static final class Peak {
        private final Map<Long, Integer> current = new HashMap<>();
        private int most;

        void add(long time) {
            long second = time / SECOND;
            if (!current.containsKey(second)) {
                current.clear();
            }
            most = Math.max(most, current.merge(second, 1, Integer::sum));
        }
    }
}
