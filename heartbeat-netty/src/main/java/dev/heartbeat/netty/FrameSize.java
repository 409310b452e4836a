package dev.heartbeat.netty;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufHolder;
import io.netty.channel.FileRegion;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;

/** The bytes that a message is on the wire, as near as can be told before it is encoded. */
final class FrameSize {

    private static final int SHORT_HEADER = 2;
    private static final int HEADER_WITH_16_BITS = 4;
    private static final int HEADER_WITH_64_BITS = 10;
    private static final int MASK = 4;

    private FrameSize() {}

    /** The size of a message that has not been released; 0 if it is nothing that has one. */
    static long of(Object message, boolean isMasked) {
        if (message instanceof WebSocketFrame frame) {
            return framed(frame.content().readableBytes()) + (isMasked ? MASK : 0);
        }
        if (message instanceof ByteBuf bytes) {
            return bytes.readableBytes();
        }
        if (message instanceof ByteBufHolder holder) {
            return holder.content().readableBytes();
        }
        return message instanceof FileRegion file ? file.count() : 0;
    }

    private static long framed(long payload) {
        if (payload < 126) {
            return SHORT_HEADER + payload;
        }
        return payload + (payload < 1 << 16 ? HEADER_WITH_16_BITS : HEADER_WITH_64_BITS);
    }
}
