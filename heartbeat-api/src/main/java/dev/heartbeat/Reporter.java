package dev.heartbeat;

import dev.heartbeat.LivenessEvent.Closed;
import dev.heartbeat.LivenessEvent.Evidence;
import dev.heartbeat.LivenessEvent.Hold;
import dev.heartbeat.LivenessEvent.Mistake;
import dev.heartbeat.LivenessEvent.OfConnection;
import dev.heartbeat.LivenessEvent.Pong;
import dev.heartbeat.LivenessEvent.Quirky;
import dev.heartbeat.LivenessEvent.Reap;
import dev.heartbeat.LivenessEvent.Recovery;
import dev.heartbeat.LivenessEvent.Stale;
import dev.heartbeat.LivenessEvent.Stall;
import dev.heartbeat.LivenessEvent.Takeover;
import dev.heartbeat.LivenessEvent.Timeout;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells the application: makes an event only if somebody listens, and queues it in its connection's lane. Any thread. */
final class Reporter {

    private static final Logger log = LoggerFactory.getLogger(ZombieDetector.class);

    private final Listeners listeners;
    private final Executor executor;
    private final DryRun dryRun;

    /** For what concerns no single connection. */
    private final Lane common = new Lane();

    Reporter(Listeners listeners, DryRun dryRun, Executor executor) {
        this.dryRun = dryRun;
        this.listeners = listeners;
        this.executor = executor;
    }

    void pong(Heartbeat heartbeat, long roundTripNanos) {
        pardon(heartbeat);
        tell(heartbeat, Callback.PONG, c -> new Pong(c, Duration.ofNanos(roundTripNanos)));
    }

    /** Makes a peer suspect and tells of it, in one step: the recovery, on whatever thread, is told behind it. */
    void timeout(Heartbeat heartbeat, long word, Supplier<Evidence> evidence) {
        BooleanSupplier step = () -> heartbeat.advance(word, Pulse.suspected(word));
        Connection connection = heartbeat.connection();
        Chart chart = connection != null && listeners.hear(Callback.TIMEOUT, connection) ? heartbeat.chart() : null;
        if (chart == null) {
            var unused = step.getAsBoolean();
            return;
        }
        Timeout event = new Timeout(chart.connection, evidence.get());
        chart.lane.addAfter(step, () -> listeners.tell(Callback.TIMEOUT, event), executor);
    }

    void recovery(Heartbeat heartbeat, long sincePingNanos) {
        pardon(heartbeat);
        tell(heartbeat, Callback.RECOVERY, c -> new Recovery(c, Duration.ofNanos(sincePingNanos)));
    }

    void stale(Heartbeat heartbeat, Duration silence) {
        tell(heartbeat, Callback.STALE, c -> new Stale(c, silence));
    }

    void takeover(Heartbeat heartbeat, String identity, Connection superseded, int lately) {
        tell(heartbeat, Callback.TAKEOVER, c -> new Takeover(c, identity, superseded, lately));
    }

    /** Tells of a verdict that is not carried out. */
    void condemned(Chart chart, Reap event) {
        dryRun.reached();
        if (log.isInfoEnabled()) {
            log.info("Dry run, would have reaped {}: {}", Ask.id(chart.connection), event.explain());
        }
        if (listeners.hear(Callback.REAP, chart.connection)) {
            chart.lane.add(() -> listeners.tell(Callback.REAP, event), executor);
        }
    }

    /** Tells of a sign of life after a verdict that was not carried out. */
    private void pardon(Heartbeat heartbeat) {
        Chart chart = heartbeat.chartIfAny();
        long condemned = chart == null ? 0 : chart.pardon();
        if (chart != null && condemned != 0) {
            Duration after = Duration.ofNanos(heartbeat.rhythm().pacemaker.nanosSince(condemned));
            Mistake event = dryRun.mistake(chart.connection, after);
            tell(heartbeat, Callback.MISTAKE, c -> event);
        }
    }

    /** Tells of a quirk, the first time. */
    void quirk(Heartbeat heartbeat, Quirk quirk) {
        Chart chart = heartbeat.chart();
        if (chart == null || !chart.learns(quirk)) {
            return;
        }
        if (log.isDebugEnabled()) {
            log.debug("{}: {}", Ask.id(chart.connection), quirk.phrase());
        }
        tell(heartbeat, Callback.QUIRK, c -> new Quirky(c, quirk));
    }

    void stall(Stall event) {
        if (listeners.hear(Callback.STALL)) {
            common.addExpendable(() -> listeners.tellAll(Callback.STALL, event), executor);
        }
    }

    void hold(Storm storm, boolean over) {
        if (listeners.hear(Callback.HOLD)) {
            Hold event = new Hold(over, storm.suspects(), storm.watched(), Duration.ofNanos(storm.lastedNanos()));
            common.addExpendable(() -> listeners.tellAll(Callback.HOLD, event), executor);
        }
    }

    /** The last event of a connection that the transport closed. */
    void closed(Chart chart) {
        if (listeners.hear(Callback.CLOSE, chart.connection)) {
            Closed event = new Closed(chart.connection);
            chart.lane.addLast(() -> listeners.tell(Callback.CLOSE, event), executor);
        } else {
            chart.lane.finish();
        }
    }

    /** The last event of a zombie; begins its termination when the listeners have had it, or at once if there are none. */
    void reap(Chart chart, Reaping reaping) {
        boolean told = listeners.hear(Callback.REAP, chart.connection)
                && chart.lane.addLast(
                        () -> {
                            listeners.tell(Callback.REAP, reaping.event);
                            reaping.begin();
                        },
                        executor);
        if (!told) {
            chart.lane.finish();
            reaping.begin();
        }
    }

    private void tell(Heartbeat heartbeat, Callback callback, Function<Connection, OfConnection> event) {
        Connection connection = heartbeat.connection();
        if (connection == null || !listeners.hear(callback, connection)) {
            return;
        }
        @Nullable Chart chart = heartbeat.chart();
        if (chart != null) {
            OfConnection made = event.apply(connection);
            Runnable telling = () -> listeners.tell(callback, made);
            if (callback == Callback.PONG) {
                chart.lane.addExpendable(telling, executor);
            } else {
                chart.lane.add(telling, executor);
            }
        }
    }
}
