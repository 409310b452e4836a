package dev.heartbeat.internal.engine;

import dev.heartbeat.LivenessEvent;
import dev.heartbeat.internal.dispatch.DetectorLog;
import dev.heartbeat.internal.text.LogText;
import dev.heartbeat.internal.time.Lags;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/** Tells of lateness that lasts, once a minute for all the pacemakers of a detector. */
final class LagReporter {

    private static final Logger log = DetectorLog.LOG;

    private final Lags lags;
    private final Reporter reporter;

    LagReporter(Lags lags, Reporter reporter) {
        this.lags = lags;
        this.reporter = reporter;
    }

    /** A tick came, and has ended a minute of lateness unless that is null. */
    void ticked(Lags.@Nullable Lag noticed) {
        Lags.Lag lag = noticed == null ? null : lags.notice(noticed);
        if (lag == null) {
            return;
        }
        Duration length = Duration.ofNanos(lag.nanos());
        log.warn(
                "Listened for {} % of the last {} only, since ticks come late: pings and verdicts take {} times as long as"
                        + " promised. Shorten what else runs on the event loop or scheduler that ticks, or give the machine more time",
                Math.round(100 * lag.factor()),
                LogText.of(length),
                lag.factor() > 0 ? LogText.number(1 / lag.factor()) : "many");
        reporter.lag(new LivenessEvent.Lag(lag.factor(), length));
    }
}
