package dev.heartbeat.netty;

import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.websocketx.WebSocket00FrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocketFrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocketFrameEncoder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where in a pipeline the heartbeat is. Right behind the frame codec every frame can be seen: protocol handlers further on
 * swallow pings, pongs and close frames, aggregators hide fragments, and a compressor may refuse a ping between two
 * fragments. The head, the other place, sees nothing but bytes, and those come by whatever else there is.
 */
final class Place {

    private final ChannelPipeline pipeline;
    private final @Nullable ChannelHandlerContext decoder;
    private final @Nullable ChannelHandlerContext encoder;

    private Place(ChannelPipeline pipeline) {
        this.pipeline = pipeline;
        this.decoder = pipeline.context(WebSocketFrameDecoder.class);
        this.encoder = pipeline.context(WebSocketFrameEncoder.class);
    }

    /**
     * The place in a pipeline as it is now.
     *
     * @param isWebSocket whether the opening handshake is known to be over
     * @return null while there may be a codec to wait for
     */
    static @Nullable Place in(ChannelPipeline pipeline, boolean isWebSocket) {
        Place place = new Place(pipeline);
        return isWebSocket || (place.decoder != null && place.encoder != null) ? place : null;
    }

    /** Whether the protocol has pings: all but the draft that came before RFC 6455, hixie-76. */
    boolean knowsPings() {
        return decoder == null || !(decoder.handler() instanceof WebSocket00FrameDecoder);
    }

    /** Whether it is behind the codec: there has to be one, on the channel's event loop. */
    boolean seesFrames() {
        return isOnLoop(decoder) && isOnLoop(encoder);
    }

    boolean isTakenBy(ChannelHandlerContext ctx) {
        return isOnLoop(ctx) && pipeline.names().indexOf(ctx.name()) == index();
    }

    /** Puts a handler here that is somewhere else in the pipeline; without an executor, so that it runs on the loop. */
    void move(ChannelHandlerContext ctx, ChannelHandler handler) {
        pipeline.remove(ctx.name());
        int index = index();
        if (index == 0) {
            pipeline.addFirst(ctx.name(), handler);
        } else {
            pipeline.addAfter(pipeline.names().get(index - 1), ctx.name(), handler);
        }
    }

    /** Behind decoder and encoder: on a client the encoder is the one further from the wire. */
    private int index() {
        if (decoder == null || encoder == null || !seesFrames()) {
            return 0;
        }
        List<String> names = pipeline.names();
        return 1 + Math.max(names.indexOf(decoder.name()), names.indexOf(encoder.name()));
    }

    private boolean isOnLoop(@Nullable ChannelHandlerContext ctx) {
        return ctx != null && ctx.executor() == pipeline.channel().eventLoop();
    }
}
