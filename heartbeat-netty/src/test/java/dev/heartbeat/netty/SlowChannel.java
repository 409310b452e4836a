package dev.heartbeat.netty;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.embedded.EmbeddedChannel;

/** A channel whose kernel takes only so many bytes with each flush, and goes on from there with the next. */
final class SlowChannel extends EmbeddedChannel {

    private int perFlush = Integer.MAX_VALUE;

    void takesPerFlush(int bytes) {
        perFlush = bytes;
    }

    @Override
    protected void doWrite(ChannelOutboundBuffer output) throws Exception {
        if (perFlush == Integer.MAX_VALUE) {
            super.doWrite(output);
            return;
        }
        int left = perFlush;
        while (left > 0 && output.current() instanceof ByteBuf bytes) {
            int taken = Math.min(left, bytes.readableBytes());
            outboundMessages().add(bytes.readRetainedSlice(taken));
            output.progress(taken);
            left -= taken;
            if (!bytes.isReadable()) {
                output.remove();
            }
        }
    }
}
