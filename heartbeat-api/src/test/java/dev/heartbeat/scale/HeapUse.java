package dev.heartbeat.scale;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;

/** What lives on the heap. */
final class HeapUse {

    private static final int MOST_COLLECTIONS = 12;
    private static final int ENOUGH = 3;

    private HeapUse() {}

    /**
     * Bytes that survive collections: the smallest number of several, until it does not get smaller any more, for what
     * references and finalizers hold goes a collection later, and other threads allocate meanwhile. Unlike what is in use,
     * this leaves out the buffers in which threads are about to allocate.
     */
    static long surviving() {
        long least = Long.MAX_VALUE;
        int withoutGain = 0;
        for (int i = 0; i < MOST_COLLECTIONS && withoutGain < ENOUGH; i++) {
            System.gc();
            long now = afterCollection();
            withoutGain = now < least - 10_000 ? 0 : withoutGain + 1;
            least = Math.min(least, now);
        }
        return least;
    }

    private static long afterCollection() {
        return ManagementFactory.getMemoryPoolMXBeans().stream()
                .filter(pool -> pool.getType() == MemoryType.HEAP)
                .map(MemoryPoolMXBean::getCollectionUsage)
                .mapToLong(usage -> usage == null ? 0 : usage.getUsed())
                .sum();
    }
}
