package dev.heartbeat.netty;

import io.netty.channel.ChannelOutboundBuffer;
import org.jspecify.annotations.Nullable;

/**
 * How far the message at the front of the outbound buffer has got. For one large message the bytes pending stay the same
 * until it is through; only this moves.
 *
 * @param message the identity of the message, which is not kept alive
 * @param sent the bytes of it that the kernel has taken
 */
record WaitingOutput(int message, long sent) {

    /** What waits in a buffer, if anything does. On the event loop. */
    static @Nullable WaitingOutput in(ChannelOutboundBuffer output) {
        Object message = output.current();
        return message == null ? null : new WaitingOutput(System.identityHashCode(message), output.currentProgress());
    }
}
