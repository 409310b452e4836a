package dev.heartbeat.netty;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The progress of a channel's pending output, as seen from one call to the next. It is read off the message at the
 * front of the outbound buffer, since the number of pending bytes stays the same until a large message has been written
 * completely.
 *
 * @param message the identity hash code of the message at the front, so that the message is not kept alive
 * @param sent the bytes of that message that the kernel has accepted
 * @param marker done when all output that was pending when the marker was queued has been written. Until then the same
 *     object at the front is the same message; later it may be a recycled buffer
 * @param hasMoved whether output was ever seen to move
 * @param movedAt when output was last seen to move, or first seen
 */
record OutputProgress(int message, long sent, ChannelPromise marker, boolean hasMoved, long movedAt) {

    /**
     * The progress of a channel. To be called on its event loop.
     *
     * @param before the result of the previous call
     * @return null if no output is pending
     */
    static @Nullable OutputProgress of(Channel channel, @Nullable OutputProgress before, long now) {
        ChannelOutboundBuffer output = channel.unsafe().outboundBuffer();
        Object front = output == null ? null : output.current();
        if (output == null || front == null) {
            return null;
        }
        int message = System.identityHashCode(front);
        long sent = output.currentProgress();
        if (before == null) {
            return new OutputProgress(message, sent, queueMarker(output, channel), false, now);
        }
        boolean markerPassed = before.marker.isDone();
        ChannelPromise marker = markerPassed ? queueMarker(output, channel) : before.marker;
        boolean moves = markerPassed || message != before.message || sent != before.sent;
        return new OutputProgress(message, sent, marker, moves || before.hasMoved, moves ? now : before.movedAt);
    }

    /**
     * Whether output was seen to move within the patience. A shorter time would not do: a kernel whose buffer is full
     * accepts nothing until the peer has taken a third of it, which on a slow link is half a minute and more.
     */
    boolean moves(long now, Duration patience) {
        return hasMoved && now - movedAt < patience.toNanos();
    }

    /** Queues an empty buffer behind all pending output. */
    private static ChannelPromise queueMarker(ChannelOutboundBuffer output, Channel channel) {
        ChannelPromise marker = channel.newPromise();
        output.addMessage(Unpooled.EMPTY_BUFFER, 0, marker);
        return marker;
    }
}
