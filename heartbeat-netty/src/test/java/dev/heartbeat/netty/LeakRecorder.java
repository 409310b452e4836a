package dev.heartbeat.netty;

import io.netty.buffer.PooledByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Remembers leaked buffers, so that a test can fail by them. Netty makes it by name: see {@code
 * io.netty.customResourceLeakDetector} in the POM.
 */
public final class LeakRecorder<T> extends ResourceLeakDetector<T> {

    private static final List<String> LEAKS = new CopyOnWriteArrayList<>();

    public LeakRecorder(Class<?> resource, int samplingInterval) {
        super(resource, samplingInterval);
    }

    @SuppressWarnings("deprecation") // Netty complains at length where it is missing
    public LeakRecorder(Class<?> resource, int samplingInterval, long maxActive) {
        super(resource, samplingInterval, maxActive);
    }

    /** The leaks found so far, after a collection. */
    static List<String> leaks() {
        for (int i = 0; i < 3; i++) {
            System.gc();
            // A leak is reported when the next buffer is made.
            PooledByteBufAllocator.DEFAULT.buffer().release();
        }
        return LEAKS;
    }

    @Override
    protected void reportTracedLeak(String resourceType, String records) {
        LEAKS.add(resourceType + records);
    }

    @Override
    protected void reportUntracedLeak(String resourceType) {
        LEAKS.add(resourceType);
    }
}
