package dev.heartbeat.internal.dispatch;

import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;

/**
 * Looks after a pool whose tasks call foreign code that may never return: a task that has held its thread for a second does not count
 * against the number of threads, so that the others go on, and when many do it is said which. Any thread.
 */
final class StuckPool {

    private static final long BLOCKED = TimeUnit.SECONDS.toNanos(1);
    private static final long BETWEEN_WARNINGS = TimeUnit.MINUTES.toNanos(1);
    private static final int MOST_THREADS = 1_024;
    private static final int WORTH_A_WARNING = 16;
    private static final int MOST_NAMED = 5;

    private static final Logger log = DetectorLog.LOG;

    private final String what;
    private final NamedTasksPool pool;
    private final int usual;

    // Guarded by this.
    private boolean warned;
    private long warnedAt;

    StuckPool(String what, NamedTasksPool pool) {
        this.what = what;
        this.pool = pool;
        this.usual = pool.getMaximumPoolSize();
    }

    /** Whether a task waits for a thread. */
    boolean hasWaiting() {
        return !pool.getQueue().isEmpty();
    }

    /** Lets as many tasks run as usual beside those that are blocked. */
    void tick(long now) {
        if (pool.running() >= WORTH_A_WARNING || pool.getMaximumPoolSize() > usual) {
            look(now);
        }
    }

    private synchronized void look(long now) {
        int blocked = pool.runningFor(BLOCKED);
        int most = Math.min(MOST_THREADS, usual + blocked);
        int more = most - pool.getMaximumPoolSize();
        pool.setMaximumPoolSize(most);
        if (more > 0) {
            pool.setCorePoolSize(most); // starts a thread for each that waits, be the pool shut down or not
            pool.setCorePoolSize(0);
        }
        if (blocked >= WORTH_A_WARNING && (!warned || now - warnedAt >= BETWEEN_WARNINGS)) {
            warned = true;
            warnedAt = now;
            log.warn(
                    "{} {} hold a thread each for more than a second, {} wait for one; longest of all {}",
                    blocked,
                    what,
                    pool.getQueue().size(),
                    String.join(", ", pool.oldest(MOST_NAMED)));
        }
    }
}
