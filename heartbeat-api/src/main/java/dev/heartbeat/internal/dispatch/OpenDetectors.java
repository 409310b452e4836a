package dev.heartbeat.internal.dispatch;

import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;

/**
 * How many detectors are open that have threads of their own, so that an application is told which makes one for each session. A
 * number, which keeps none of them alive. Any thread.
 */
public final class OpenDetectors {

    /** Those made by this copy of the library, in whatever class loader it is. */
    public static final OpenDetectors HERE = new OpenDetectors();

    /** More than one application has a use for. */
    private static final int MOST = 16;

    private static final Logger log = DetectorLog.LOG;

    private final AtomicInteger open = new AtomicInteger();
    private final AtomicInteger warnings = new AtomicInteger();

    /** None yet. */
    public OpenDetectors() {
        // all there is to it are the fields
    }

    /** One that has threads of its own is made. */
    public void opened() {
        int number = open.incrementAndGet();
        if (number > MOST && warnings.compareAndSet(0, 1)) {
            log.warn(
                    "{} detectors are open at the same time, each with threads of its own. Make one for the application, share it"
                            + " between all endpoints, and close it when the application stops; a field of an endpoint, of which"
                            + " there is one for each session, has to be static",
                    number);
        }
    }

    /** One that had counted is closed. */
    public void closed() {
        open.decrementAndGet();
    }

    /** How many are open. */
    public int count() {
        return open.get();
    }

    /** How many warnings there were: one at most. */
    public int warnings() {
        return warnings.get();
    }
}
