package dev.heartbeat.sim;

import static dev.heartbeat.sim.VirtualLoop.nanos;

import dev.heartbeat.sim.Assumptions.Link;
import java.util.ArrayDeque;

/** What becomes of a packet between the server and one device: how long it takes, whether it is lost. In order each way. */
final class Air {

    /** The arrival of what is lost. */
    static final long NEVER = Long.MAX_VALUE;

    /** The arrival of what waits until the device has been paged. */
    static final long WAITS = -1;

    private static final int UP = 1;
    private static final int DOWN = -1;

    private final VirtualLoop loop;
    private final int device;
    private final Uplink uplink;
    private final long diesAt;
    private final Chance packets;
    private final Radio radio;
    private final Windows outages;
    private final Windows bursts;
    private final double burstDelay;
    private final double steady;
    private final double jitter;

    private final ArrayDeque<Runnable> waiting = new ArrayDeque<>(2);
    private long wakesAt = NEVER;
    private long lastUp;
    private long lastDown;

    Air(VirtualLoop loop, Uplink uplink, Link link, long seed, int device, long diesAt) {
        this(loop, uplink, link, seed, device, diesAt, true);
    }

    Air(VirtualLoop loop, Uplink uplink, Link link, long seed, int device, long diesAt, boolean hasWeather) {
        this.loop = loop;
        this.device = device;
        this.uplink = uplink;
        this.diesAt = diesAt;
        this.packets = new Chance(seed, device, Chance.Purpose.PACKETS);
        this.radio = new Radio(link, packets);
        Chance weather = new Chance(seed, device, Chance.Purpose.OUTAGES);
        double half = link.roundTrip * weather.logNormal(Assumptions.ROUND_TRIP_SIGMA) / 2;
        this.steady = half * Assumptions.STEADY_SHARE;
        this.jitter = half * Assumptions.JITTER_SHARE;
        double sigma = Assumptions.OUTAGE_RATE_SIGMA;
        double unlucky = weather.logNormal(sigma) * Math.exp(-sigma * sigma / 2);
        this.outages = new Windows(
                hasWeather ? link.outagesPerHour * unlucky : 0,
                weather,
                () -> Math.min(
                        Assumptions.LONGEST_OUTAGE,
                        Math.max(
                                Assumptions.SHORTEST_OUTAGE,
                                link.outageMedian * weather.logNormal(Assumptions.OUTAGE_LENGTH_SIGMA))));
        Chance delays = new Chance(seed, device, Chance.Purpose.BURSTS);
        this.bursts =
                new Windows(hasWeather ? link.burstsPerHour : 0, delays, () -> delays.exponential(link.burstLength));
        this.burstDelay = link.burstDelay;
    }

    /** The round trip of a packet that meets no trouble. */
    long calmRoundTrip() {
        return nanos(2 * (steady + jitter));
    }

    /** When the device has a signal and a way to the server: now, or after the outage. */
    long backAt(long now) {
        long time = now;
        for (long end = outageEnd(time); end != 0; end = outageEnd(time)) {
            time = end;
        }
        return time;
    }

    /** The device sends a packet. */
    long up(long now) {
        long onAir = radio.onAir(now);
        if (isLost(onAir)) {
            return NEVER;
        }
        radio.used(onAir);
        if (!waiting.isEmpty() && onAir < wakesAt) {
            wakeAt(onAir);
        }
        lastUp = Math.max(lastUp, onAir + delay(onAir, UP));
        return uplink.isCut(device, lastUp) ? NEVER : lastUp;
    }

    /**
     * The server sends a packet.
     *
     * @param again called when a packet that {@link #WAITS} may be sent after all
     */
    long down(long now, Runnable again) {
        if (uplink.isCut(device, now)) {
            return NEVER;
        }
        if (!radio.isConnected(now)) {
            waiting.add(again);
            if (wakesAt == NEVER) {
                wakeAt(radio.paged(now));
            }
            return WAITS;
        }
        return onDown(radio.onAir(now));
    }

    /** Sends what has waited for the page. */
    long downAtLast(long now) {
        return onDown(now);
    }

    /** The device acknowledges what has just arrived there. */
    long ackUp(long now) {
        if (isLost(now)) {
            return NEVER;
        }
        radio.used(now);
        long arrival = now + delay(now, UP);
        return uplink.isCut(device, arrival) ? NEVER : arrival;
    }

    /** The server acknowledges what has just arrived there. */
    long ackDown(long now) {
        return isLost(now) || uplink.isCut(device, now) ? NEVER : now + delay(now, DOWN);
    }

    private long onDown(long onAir) {
        if (isLost(onAir)) {
            return NEVER;
        }
        radio.used(onAir);
        lastDown = Math.max(lastDown, onAir + delay(onAir, DOWN));
        return lastDown;
    }

    private void wakeAt(long time) {
        wakesAt = time;
        loop.at(time, this::wake);
    }

    private void wake() {
        if (loop.now() == wakesAt) {
            wakesAt = NEVER;
            for (Runnable again = waiting.poll(); again != null; again = waiting.poll()) {
                again.run();
            }
        }
    }

    private boolean isLost(long onAir) {
        return onAir >= diesAt || outages.endAt(onAir) != 0;
    }

    private long outageEnd(long time) {
        return Math.max(outages.endAt(time), uplink.endAt(device, time));
    }

    private long delay(long onAir, int way) {
        double seconds = steady + packets.exponential(jitter);
        long burst = bursts.endAt(onAir);
        if (burst != 0) {
            seconds += new Chance(way * burst, device, Chance.Purpose.BURSTS).exponential(burstDelay);
        }
        return nanos(seconds);
    }
}
