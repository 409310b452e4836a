package dev.heartbeat.netty;

import io.netty.channel.Channel;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2LocalFlowController;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.handler.codec.http2.Http2StreamChannel;

/**
 * What the peer of an HTTP/2 stream may still send. Its pongs are data of the stream, so that flow control holds them back when
 * nobody reads, be it what its siblings sent. Loaded only where the HTTP/2 codec is present.
 */
final class Http2Input {

    /** Enough for a pong, whatever it carries. */
    private static final int PONG = 2 + 4 + 125;

    private Http2Input() {}

    /** Whether the pipeline is that of an HTTP/2 connection, whose channels are its streams. */
    static boolean isConnection(ChannelPipeline pipeline) {
        return pipeline.context(Http2ConnectionHandler.class) != null;
    }

    /** Whether the channel is a stream that a pong can not come on before more is read. To be called on its event loop. */
    static boolean isFull(Channel channel) {
        if (!(channel instanceof Http2StreamChannel streamChannel)) {
            return false;
        }
        Http2ConnectionHandler codec = channel.parent().pipeline().get(Http2ConnectionHandler.class);
        if (codec == null) {
            return false;
        }
        Http2Connection connection = codec.connection();
        Http2Stream stream = connection.stream(streamChannel.stream().id());
        Http2LocalFlowController input = connection.local().flowController();
        return input.windowSize(connection.connectionStream()) < PONG
                || (stream != null && input.windowSize(stream) < PONG);
    }
}
