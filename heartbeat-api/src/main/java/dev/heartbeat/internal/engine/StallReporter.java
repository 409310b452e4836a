package dev.heartbeat.internal.engine;

import dev.heartbeat.LivenessEvent;
import dev.heartbeat.internal.dispatch.DetectorLog;
import dev.heartbeat.internal.text.LogText;
import dev.heartbeat.internal.time.Stalls;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import org.slf4j.Logger;

/** Tells of time in which a pacemaker did not listen, once for all the pacemakers of a detector. */
final class StallReporter {

    private static final long WORTH_A_WARNING = TimeUnit.SECONDS.toNanos(1);
    private static final Logger log = DetectorLog.LOG;

    private final Stalls stalls;
    private final Reporter reporter;

    StallReporter(Stalls stalls, Reporter reporter) {
        this.stalls = stalls;
        this.reporter = reporter;
    }

    /**
     * A tick came at a reading of the ticker.
     *
     * @param lost the nanoseconds in which nobody listened before it
     * @param pingsOut counts the unanswered pings, if it is asked
     */
    void ticked(long reading, long lost, IntSupplier pingsOut) {
        if (lost >= WORTH_A_WARNING) {
            stalls.notice(reading, lost, pingsOut.getAsInt());
        }
        tell(reading, false);
    }

    /**
     * Tells of a stall that others notice no more.
     *
     * @param last whether this pacemaker will not tick again
     */
    void tell(long reading, boolean last) {
        Stalls.Stall stall = stalls.settle(reading, last);
        if (stall != null) {
            Duration lost = Duration.ofNanos(stall.lostNanos());
            log.warn(
                    "Did not listen for {}; no peer is charged for it, verdicts are put off; pings unanswered: {}",
                    LogText.of(lost),
                    stall.pingsOut());
            reporter.stall(new LivenessEvent.Stall(lost, stall.pingsOut()));
        }
    }
}
