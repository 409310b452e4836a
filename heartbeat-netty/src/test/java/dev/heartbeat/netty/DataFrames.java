package dev.heartbeat.netty;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.util.ReferenceCountUtil;

/** The bytes of a WebSocket as an HTTP/2 stream carries them, RFC 8441; on a server it accepts the request. */
final class DataFrames extends ChannelDuplexHandler {

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (message instanceof Http2DataFrame data) {
            ctx.fireChannelRead(data.content());
        } else {
            boolean isRequest = message instanceof Http2HeadersFrame headers
                    && headers.headers().method() != null;
            ReferenceCountUtil.release(message);
            if (isRequest) {
                ctx.write(new DefaultHttp2HeadersFrame(new DefaultHttp2Headers().status("200")));
            }
        }
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
        ChannelFuture unused = message instanceof ByteBuf bytes
                ? ctx.write(new DefaultHttp2DataFrame(bytes), promise)
                : ctx.write(message, promise);
    }
}
