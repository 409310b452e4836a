package dev.heartbeat.netty;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.handler.ssl.SslHandler;
import org.jspecify.annotations.Nullable;

/**
 * Counts what is written below an {@link SslHandler}. A tiny frame is several times as long when it is encrypted, so that a
 * count of frames falls behind what the kernel has of them, however fast the peer takes it.
 */
final class EncryptedOutput extends ChannelOutboundHandlerAdapter {

    private long bytes;

    private EncryptedOutput(long pending) {
        bytes = pending;
    }

    /** Counts from now on, at the head of a pipeline and under a name of Netty's making; null if nothing is encrypted there. */
    static @Nullable EncryptedOutput of(Channel channel) {
        ChannelPipeline pipeline = channel.pipeline();
        if (pipeline.get(SslHandler.class) == null) {
            return null;
        }
        // What waits already will be subtracted from the count, as will be all that waits.
        ChannelOutboundBuffer output = channel.unsafe().outboundBuffer();
        EncryptedOutput counter = new EncryptedOutput(output == null ? 0 : BufferedOutput.pending(output));
        pipeline.addFirst(counter);
        return counter;
    }

    /** Everything so far, also what is in the outbound buffer. */
    long bytes() {
        return bytes;
    }

    void remove(ChannelPipeline pipeline) {
        if (pipeline.context(this) != null) {
            pipeline.remove(this);
        }
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
        if (message instanceof ByteBuf encrypted) {
            bytes += encrypted.readableBytes();
        }
        var unused = ctx.write(message, promise);
    }
}
