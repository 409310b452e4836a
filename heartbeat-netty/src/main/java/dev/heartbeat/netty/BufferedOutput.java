package dev.heartbeat.netty;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import org.jspecify.annotations.Nullable;

/**
 * The progress of what waits in a channel's outbound buffer. It is read off the message at the front, since the number of
 * pending bytes stays the same until a large message has been written completely.
 *
 * @param waiting the bytes that wait, never 0
 * @param moves how often output was seen to have moved on
 * @param message the identity hash code of the message at the front, so that the message is not kept alive
 * @param sent the bytes of that message that the kernel has accepted
 * @param marker done when all output that was pending when the marker was queued has been written. Until then the same
 *     object at the front is the same message; later it may be a recycled buffer
 */
record BufferedOutput(long waiting, long moves, int message, long sent, ChannelPromise marker)
        implements OutputProgress {

    /** What Netty adds to the size of each message for the memory that it costs. */
    private static final long PER_MESSAGE =
            Integer.getInteger("io.netty.transport.outboundBufferEntrySizeOverhead", 96);

    static OutputProgress of(Channel channel, ChannelOutboundBuffer output, @Nullable OutputProgress before) {
        Object front = output.current();
        if (front == null) {
            return OutputProgress.idle(before);
        }
        long waiting = Math.max(1, pending(output));
        int message = System.identityHashCode(front);
        long sent = output.currentProgress();
        if (!(before instanceof BufferedOutput last)) {
            long moves = before == null ? 0 : before.moves();
            return new BufferedOutput(waiting, moves, message, sent, queueMarker(output, channel));
        }
        boolean markerPassed = last.marker.isDone();
        ChannelPromise marker = markerPassed ? queueMarker(output, channel) : last.marker;
        boolean moved = markerPassed || message != last.message || sent != last.sent;
        return new BufferedOutput(waiting, moved ? last.moves + 1 : last.moves, message, sent, marker);
    }

    /** The bytes that the kernel has not taken, flushed or not; some more where many messages are not flushed. */
    static long pending(ChannelOutboundBuffer output) {
        long bytes = output.totalPendingWriteBytes() - output.size() * PER_MESSAGE - output.currentProgress();
        return Math.max(0, bytes);
    }

    /** Queues an empty buffer behind all pending output. */
    private static ChannelPromise queueMarker(ChannelOutboundBuffer output, Channel channel) {
        ChannelPromise marker = channel.newPromise();
        output.addMessage(Unpooled.EMPTY_BUFFER, 0, marker);
        return marker;
    }
}
