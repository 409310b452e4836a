package dev.heartbeat.internal.engine;

import dev.heartbeat.Connection;
import dev.heartbeat.LivenessEvent.Mistake;
import dev.heartbeat.internal.dispatch.DetectorLog;
import dev.heartbeat.internal.dispatch.SafeCalls;
import dev.heartbeat.internal.text.LogText;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;

/** Whether a detector carries its verdicts out, and if it does not, how many of them have been refuted. Any thread. */
final class DryRun {

    private static final Logger log = DetectorLog.LOG;

    private final boolean isOn;
    private final AtomicLong verdicts = new AtomicLong();
    private final AtomicLong mistakes = new AtomicLong();

    DryRun(boolean isOn) {
        this.isOn = isOn;
    }

    boolean isOn() {
        return isOn;
    }

    /** A verdict has been reached. */
    void reached() {
        verdicts.incrementAndGet();
    }

    /** A verdict has been refuted. */
    Mistake mistake(Connection connection, Duration after) {
        Mistake event = new Mistake(connection, after, mistakes.incrementAndGet(), verdicts.get());
        if (log.isInfoEnabled()) {
            log.info(
                    "Dry run, {} lives: heard {} after the verdict; {} of {} verdicts would have killed live peers",
                    SafeCalls.id(connection),
                    LogText.of(after),
                    event.mistakes(),
                    event.verdicts());
        }
        return event;
    }
}
