package dev.heartbeat.netty;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How far the message at the front of the outbound buffer has got. For one large message the bytes pending stay the
 * same until it is through; only this moves.
 *
 * @param message the identity of the message, which is not kept alive
 * @param sent the bytes of it that the kernel has taken
 * @param end done when all that waited together with it is out. Until then no other message at the front can be the
 *     same object, as a buffer is that comes back from its pool
 * @param hasMoved whether any of it has been seen to move
 * @param movedAt when that was seen last
 */
record WaitingOutput(int message, long sent, ChannelPromise end, boolean hasMoved, long movedAt) {

    /**
     * What waits in a channel, if anything does. On the event loop.
     *
     * @param before what this returned when it was asked last
     */
    static @Nullable WaitingOutput in(Channel channel, @Nullable WaitingOutput before, long now) {
        ChannelOutboundBuffer output = channel.unsafe().outboundBuffer();
        Object front = output == null ? null : output.current();
        if (output == null || front == null) {
            return null;
        }
        int message = System.identityHashCode(front);
        long sent = output.currentProgress();
        if (before == null) {
            return new WaitingOutput(message, sent, endOf(output, channel), false, now);
        }
        boolean goesOn = !before.end.isDone();
        ChannelPromise end = goesOn ? before.end : endOf(output, channel);
        boolean moves = !goesOn || message != before.message || sent != before.sent;
        return new WaitingOutput(message, sent, end, moves || before.hasMoved, moves ? now : before.movedAt);
    }

    /**
     * Whether it moves, as far as can be seen: a kernel whose buffer is full takes nothing for as long as the peer
     * needs for a third of it, half a minute and more on a slow link.
     */
    boolean moves(long now, Duration patience) {
        return hasMoved && now - movedAt < patience.toNanos();
    }

    /** Queues nothing, behind everything that waits. */
    private static ChannelPromise endOf(ChannelOutboundBuffer output, Channel channel) {
        ChannelPromise end = channel.newPromise();
        output.addMessage(Unpooled.EMPTY_BUFFER, 0, end);
        return end;
    }
}
