package dev.heartbeat.micrometer;

import static java.util.Objects.requireNonNull;

import dev.heartbeat.LivenessEvent;
import dev.heartbeat.LivenessListener;
import dev.heartbeat.ZombieDetector;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A listener that counts what it is told of in a Micrometer registry: {@code ZombieDetector.create(policy, new
 * HeartbeatMetrics(registry))}. No meter is tagged by connection or device, so their number stays small.
 *
 * <table>
 * <caption>The meters</caption>
 * <tr><th>Meter<th>Type<th>Tags<th>Counts
 * <tr><td>{@code heartbeat.roundtrip}<td>timer<td><td>pongs that echo a ping, and how long they took
 * <tr><td>{@code heartbeat.timeouts}<td>counter<td><td>peers that became suspect
 * <tr><td>{@code heartbeat.recoveries}<td>timer<td><td>suspects that lived, and how long after the ping: near misses
 * <tr><td>{@code heartbeat.reaps}<td>counter<td>{@code reason}<td>zombies
 * <tr><td>{@code heartbeat.terminations}<td>counter<td>{@code freed}<td>terminated connections; {@code false} deserves an alarm,
 * but in a dry run, which terminates none
 * <tr><td>{@code heartbeat.closes}<td>counter<td><td>connections that were closed by either side
 * <tr><td>{@code heartbeat.stale}<td>counter<td><td>applications that fell silent behind a live connection
 * <tr><td>{@code heartbeat.quirks}<td>counter<td>{@code quirk}<td>peers with a quirk
 * <tr><td>{@code heartbeat.takeovers}<td>counter<td>{@code contested}<td>identities taken over
 * <tr><td>{@code heartbeat.mistakes}<td>counter<td><td>verdicts of a dry run that were wrong
 * <tr><td>{@code heartbeat.stalls}<td>timer<td><td>times in which this process did not listen
 * <tr><td>{@code heartbeat.lags}<td>counter<td><td>minutes in which this process was late again and again
 * <tr><td>{@code heartbeat.holds}<td>timer<td><td>holds that are over
 * <tr><td>{@code heartbeat.holding}<td>gauge<td><td>1 while verdicts are held
 * <tr><td>{@code heartbeat.watched}<td>gauge<td><td>connections, once a detector is {@linkplain #monitor monitored}
 * <tr><td>{@code heartbeat.suspects}<td>gauge<td><td>suspect peers among them
 * </table>
 *
 * <p>A {@code reason} is a {@link dev.heartbeat.ReapReason} in lower case with hyphens. Where the kernel can be asked, most silent peers
 * come as {@code not-answered} (hung, or nobody is left behind the proxy), {@code not-acknowledged} (network or power gone) or {@code
 * ping-stuck} (takes no more bytes); {@code no-answer} is left for where it cannot: alerts on silent peers sum up the four.
 *
 * <p>One for each registry, and one detector: Micrometer keeps the gauges of the first and leaves out those of a second one.
 *
 * <p>Thread-safe, and never blocks.
 */
public final class HeartbeatMetrics implements LivenessListener {

    private final MeterRegistry registry;
    private final Timer roundTrip;
    private final Counter timeouts;
    private final Timer recoveries;
    private final Counter closes;
    private final Counter stale;
    private final Counter mistakes;
    private final Timer stalls;
    private final Counter lags;
    private final Timer holds;
    private final AtomicInteger holding = new AtomicInteger();

    /**
     * Registers the meters.
     *
     * @param registry where
     * @throws NullPointerException if it is null
     */
    @SuppressWarnings("exports") // requiring Micrometer transitively would make modules need it that have no meters
    public HeartbeatMetrics(MeterRegistry registry) {
        this.registry = requireNonNull(registry, "registry");
        this.roundTrip = timer("roundtrip", "from a ping to the pong that echoes it");
        this.timeouts = counter("timeouts", "peers that became suspect");
        this.recoveries = timer("recoveries", "from the ping that made a peer suspect to its sign of life");
        this.closes = counter("closes", "connections closed by either side");
        this.stale = counter("stale", "applications that fell silent behind a live connection");
        this.mistakes = counter("mistakes", "verdicts of a dry run that were wrong");
        this.stalls = timer("stalls", "times in which this process did not listen");
        this.lags = counter("lags", "minutes in which this process was late again and again");
        this.holds = timer("holds", "times in which verdicts were held");
        Gauge.builder("heartbeat.holding", holding, AtomicInteger::get)
                .description("whether verdicts are held because many peers are silent at once")
                .register(registry);
    }

    /**
     * Adds the gauges of the detector that this listens to.
     *
     * @param detector the detector; the registry does not keep it alive
     * @return the same detector
     * @throws NullPointerException if it is null
     */
    public ZombieDetector monitor(ZombieDetector detector) {
        Gauge.builder("heartbeat.watched", requireNonNull(detector, "detector"), ZombieDetector::watched)
                .description("connections that are watched")
                .register(registry);
        Gauge.builder("heartbeat.suspects", detector, ZombieDetector::suspects)
                .description("peers that are suspect")
                .register(registry);
        return detector;
    }

    @Override
    public void onPong(LivenessEvent.Pong event) {
        roundTrip.record(event.roundTrip());
    }

    @Override
    public void onTimeout(LivenessEvent.Timeout event) {
        timeouts.increment();
    }

    @Override
    public void onRecovery(LivenessEvent.Recovery event) {
        recoveries.record(event.sincePing());
    }

    @Override
    public void onReap(LivenessEvent.Reap event) {
        registry.counter("heartbeat.reaps", "reason", tag(event.reason())).increment();
        event.termination()
                .thenAccept(termination -> registry.counter(
                                "heartbeat.terminations", "freed", Boolean.toString(termination.freed()))
                        .increment());
    }

    @Override
    public void onClose(LivenessEvent.Closed event) {
        closes.increment();
    }

    @Override
    public void onStale(LivenessEvent.Stale event) {
        stale.increment();
    }

    @Override
    public void onQuirk(LivenessEvent.Quirky event) {
        registry.counter("heartbeat.quirks", "quirk", tag(event.quirk())).increment();
    }

    @Override
    public void onTakeover(LivenessEvent.Takeover event) {
        registry.counter("heartbeat.takeovers", "contested", Boolean.toString(event.isContested()))
                .increment();
    }

    @Override
    public void onMistake(LivenessEvent.Mistake event) {
        mistakes.increment();
    }

    @Override
    public void onStall(LivenessEvent.Stall event) {
        stalls.record(event.lost());
    }

    @Override
    public void onLag(LivenessEvent.Lag event) {
        lags.increment();
    }

    @Override
    public void onHold(LivenessEvent.Hold event) {
        holding.set(event.over() ? 0 : 1);
        if (event.over()) {
            holds.record(event.lasted());
        }
    }

    private Counter counter(String name, String description) {
        return Counter.builder("heartbeat." + name).description(description).register(registry);
    }

    private Timer timer(String name, String description) {
        return Timer.builder("heartbeat." + name)
                .description(description)
                .minimumExpectedValue(Duration.ofMillis(1))
                .maximumExpectedValue(Duration.ofMinutes(5))
                .register(registry);
    }

    private static String tag(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
