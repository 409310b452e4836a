package dev.heartbeat.jakarta;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Buffers of a container that another thread may be using: what is read of them is a number, and may be out of date. */
final class Buffers {

    private Buffers() {}

    /** How much is left of all of them. */
    static long remaining(@Nullable Object buffers) {
        long bytes = 0;
        if (buffers instanceof ByteBuffer[] array) {
            for (ByteBuffer buffer : array) {
                bytes += buffer == null ? 0 : buffer.remaining();
            }
        }
        return bytes;
    }
}
