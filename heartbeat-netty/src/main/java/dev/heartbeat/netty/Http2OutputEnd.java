package dev.heartbeat.netty;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.Http2StreamChannel;

/** Ends what an HTTP/2 stream sends, as the end of TCP does elsewhere (RFC 8441 section 5). Loaded only where the HTTP/2 codec is present. */
final class Http2OutputEnd {

    private Http2OutputEnd() {}

    /** Sends END_STREAM past all handlers; the multiplexer closes the channel when that of the peer has come. */
    static void send(Channel channel) {
        ChannelHandlerContext first = channel.pipeline().firstContext();
        if (channel instanceof Http2StreamChannel && first != null) {
            var unused = first.writeAndFlush(new DefaultHttp2DataFrame(true));
        }
    }
}
