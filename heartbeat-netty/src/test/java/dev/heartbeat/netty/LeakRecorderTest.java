package dev.heartbeat.netty;

import static dev.heartbeat.netty.LiveServer.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.PooledByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import org.junit.jupiter.api.Test;

/** The other tests' leak check can fail. */
class LeakRecorderTest {

    @Test
    void findsABufferThatNobodyReleases() {
        assertThat(ResourceLeakDetector.getLevel()).isEqualTo(ResourceLeakDetector.Level.PARANOID);
        assertThat(LeakRecorder.leaks()).isEmpty();

        forgetABuffer();

        try {
            await().until(() -> LeakRecorder.leaks().size() == 1);
        } finally {
            LeakRecorder.leaks().clear();
        }
    }

    private static void forgetABuffer() {
        PooledByteBufAllocator.DEFAULT.buffer();
    }
}
