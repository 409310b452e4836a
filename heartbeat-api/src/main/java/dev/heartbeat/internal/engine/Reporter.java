package dev.heartbeat.internal.engine;

import dev.heartbeat.Connection;
import dev.heartbeat.Hindrance;
import dev.heartbeat.LivenessEvent.Closed;
import dev.heartbeat.LivenessEvent.Evidence;
import dev.heartbeat.LivenessEvent.Hold;
import dev.heartbeat.LivenessEvent.Lag;
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
import dev.heartbeat.Quirk;
import dev.heartbeat.ReapReason;
import dev.heartbeat.internal.dispatch.Callback;
import dev.heartbeat.internal.dispatch.DetectorLog;
import dev.heartbeat.internal.dispatch.Listeners;
import dev.heartbeat.internal.dispatch.SafeCalls;
import dev.heartbeat.internal.dispatch.SerialQueue;
import dev.heartbeat.internal.storm.StormGuard;
import dev.heartbeat.internal.text.LogText;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/** Tells the application: makes an event only if somebody listens, and queues it behind its connection's earlier ones. Any thread. */
final class Reporter {

    private static final Logger log = DetectorLog.LOG;

    private final Listeners listeners;
    private final Executor executor;
    private final DryRun dryRun;

    /** For what concerns no single connection. */
    private final SerialQueue common = new SerialQueue();

    Reporter(Listeners listeners, DryRun dryRun, Executor executor) {
        this.dryRun = dryRun;
        this.listeners = listeners;
        this.executor = executor;
    }

    void pong(HeartbeatHandle heartbeat, long roundTripNanos) {
        refute(heartbeat);
        tell(heartbeat, Callback.PONG, c -> new Pong(c, Duration.ofNanos(roundTripNanos)));
    }

    /**
     * Takes the step that makes a peer suspect and tells of it, in one: the recovery, on whatever thread, is told behind it.
     *
     * @param step false if it is not taken after all
     */
    void timeout(HeartbeatHandle heartbeat, BooleanSupplier step, Supplier<Evidence> evidence) {
        Connection connection = heartbeat.connection();
        ConnectionDetails details =
                connection != null && listeners.hear(Callback.TIMEOUT, connection) ? heartbeat.details() : null;
        if (details == null) {
            var unused = step.getAsBoolean();
            return;
        }
        Timeout event = new Timeout(details.connection, evidence.get());
        details.events.addAfter(step, () -> listeners.tell(Callback.TIMEOUT, event), executor);
    }

    void recovery(HeartbeatHandle heartbeat, long sincePingNanos) {
        refute(heartbeat);
        tell(heartbeat, Callback.RECOVERY, c -> new Recovery(c, Duration.ofNanos(sincePingNanos)));
    }

    /** Tells of a habit of ours, which costs certainty about the peer; once for each connection. */
    void unread(Connection connection, Hindrance hindrance, long bytes) {
        String id = SafeCalls.id(connection);
        if (hindrance == Hindrance.READING_PAUSED) {
            log.warn(
                    "{} is not read: its reading is paused, and {} lie unread, maybe pongs. It is taken as alive for as "
                            + "long as more comes; read, be it only now and then, to see it at once",
                    id,
                    LogText.count(bytes, "byte"));
        } else {
            log.warn(
                    "{} is not read: {} lie unread, maybe pongs, behind a handler that runs or for want of a thread. It "
                            + "is taken as alive for as long as more comes; let handlers return, or give them more threads",
                    id,
                    LogText.count(bytes, "byte"));
        }
    }

    void stale(HeartbeatHandle heartbeat, Duration silence) {
        tell(heartbeat, Callback.STALE, c -> new Stale(c, silence));
    }

    void takeover(HeartbeatHandle heartbeat, String identity, Connection superseded, int lately) {
        tell(heartbeat, Callback.TAKEOVER, c -> new Takeover(c, identity, superseded, lately));
    }

    /** Tells of a verdict that is not carried out. */
    void verdict(ConnectionDetails details, Reap event) {
        dryRun.reached();
        if (log.isInfoEnabled()) {
            log.info("Dry run, would have reaped {}: {}", SafeCalls.id(details.connection), event.explain());
        }
        if (listeners.hear(Callback.REAP, details.connection)) {
            details.events.add(() -> listeners.tell(Callback.REAP, event), executor);
        }
    }

    /** Tells of a sign of life after a verdict that was not carried out. */
    private void refute(HeartbeatHandle heartbeat) {
        ConnectionDetails details = heartbeat.detailsIfAny();
        long verdict = details == null ? 0 : details.refuteVerdict();
        if (details != null && verdict != 0) {
            Duration after = Duration.ofNanos(heartbeat.binding().pacemaker.nanosSince(verdict));
            Mistake event = dryRun.mistake(details.connection, after);
            tell(heartbeat, Callback.MISTAKE, c -> event);
        }
    }

    /** Tells of a quirk, the first time. */
    void quirk(HeartbeatHandle heartbeat, Quirk quirk) {
        ConnectionDetails details = heartbeat.details();
        if (details == null || !details.noteQuirk(quirk)) {
            return;
        }
        if (log.isDebugEnabled()) {
            log.debug("{}: {}", SafeCalls.id(details.connection), quirk.phrase());
        }
        tell(heartbeat, Callback.QUIRK, c -> new Quirky(c, quirk));
    }

    void stall(Stall event) {
        if (listeners.hear(Callback.STALL)) {
            common.addExpendable(() -> listeners.tellAll(Callback.STALL, event), executor);
        }
    }

    void lag(Lag event) {
        if (listeners.hear(Callback.LAG)) {
            common.addExpendable(() -> listeners.tellAll(Callback.LAG, event), executor);
        }
    }

    /** Tells that verdicts are held, or no longer, by a storm of a kind. */
    void hold(StormGuard storm, ReapReason kind, boolean over) {
        int count = storm.count(kind);
        log.warn(
                "Verdicts are held{}: {} of {} peers are {}{}",
                over ? " no longer" : "",
                count,
                storm.watched(),
                storm.word(kind),
                over ? "" : " at once");
        if (listeners.hear(Callback.HOLD)) {
            Hold event = new Hold(over, count, storm.watched(), Duration.ofNanos(storm.lastedNanos(kind)));
            common.addExpendable(() -> listeners.tellAll(Callback.HOLD, event), executor);
        }
    }

    /** The last event of a connection that the transport closed. */
    void closed(ConnectionDetails details) {
        if (listeners.hear(Callback.CLOSE, details.connection)) {
            Closed event = new Closed(details.connection);
            details.events.addLast(() -> listeners.tell(Callback.CLOSE, event), executor);
        } else {
            details.events.finish();
        }
    }

    /** The last event of a zombie; begins its termination when the listeners have had it, or at once if there are none. */
    void reap(ConnectionDetails details, Reaping reaping) {
        boolean told = listeners.hear(Callback.REAP, details.connection)
                && details.events.addLast(
                        () -> {
                            listeners.tell(Callback.REAP, reaping.event);
                            reaping.begin();
                        },
                        executor);
        if (!told) {
            details.events.finish();
            reaping.begin();
        }
    }

    private void tell(HeartbeatHandle heartbeat, Callback callback, Function<Connection, OfConnection> event) {
        Connection connection = heartbeat.connection();
        if (connection == null || !listeners.hear(callback, connection)) {
            return;
        }
        @Nullable ConnectionDetails details = heartbeat.details();
        if (details != null) {
            OfConnection made = event.apply(connection);
            Runnable telling = () -> listeners.tell(callback, made);
            if (callback == Callback.PONG) {
                details.events.addExpendable(telling, executor);
            } else {
                details.events.add(telling, executor);
            }
        }
    }
}
