package dev.heartbeat.internal.engine;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;

/** The warnings that have been issued for a detector, so that each is issued once. Any thread. */
final class IssuedWarnings {

    /** More than all adapters together have; whoever puts something variable into a warning is not to fill the memory. */
    private static final int MOST = 1_000;

    private final Set<String> issued = ConcurrentHashMap.newKeySet();
    private final Semaphore room = new Semaphore(MOST);

    boolean isFirst(String warning) {
        if (issued.contains(warning) || !room.tryAcquire()) {
            return false;
        }
        boolean added = issued.add(warning);
        if (!added) {
            room.release();
        }
        return added;
    }
}
