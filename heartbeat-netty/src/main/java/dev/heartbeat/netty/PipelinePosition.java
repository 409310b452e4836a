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
 * The position of the heartbeat's handler in a pipeline. Right behind the frame codec it sees every frame: protocol
 * handlers further on swallow pings, pongs and close frames, aggregators hide fragments, and a compressor may refuse a
 * ping between two fragments. Where there is no such codec, the position is the head, where it sees all bytes, but no
 * frames.
 */
final class PipelinePosition {

    private final ChannelPipeline pipeline;
    private final @Nullable ChannelHandlerContext decoder;
    private final @Nullable ChannelHandlerContext encoder;

    private PipelinePosition(ChannelPipeline pipeline) {
        this.pipeline = pipeline;
        this.decoder = pipeline.context(WebSocketFrameDecoder.class);
        this.encoder = pipeline.context(WebSocketFrameEncoder.class);
    }

    /**
     * The position in a pipeline with its present handlers.
     *
     * @param isWebSocket whether the opening handshake is known to be complete
     * @return null if a codec may still be added
     */
    static @Nullable PipelinePosition of(ChannelPipeline pipeline, boolean isWebSocket) {
        PipelinePosition position = new PipelinePosition(pipeline);
        return isWebSocket || (position.decoder != null && position.encoder != null) ? position : null;
    }

    /** Whether the protocol has pings: all versions but hixie-76, a draft from before RFC 6455. */
    boolean supportsPings() {
        return decoder == null || !(decoder.handler() instanceof WebSocket00FrameDecoder);
    }

    /** Whether the position is behind a codec, which has to be one on the channel's event loop. */
    boolean seesFrames() {
        return runsOnEventLoop(decoder) && runsOnEventLoop(encoder);
    }

    /** Whether the codec is a client's, as Netty's handshakers add it: its encoder is the one nearer to the tail. */
    boolean masksFrames() {
        List<String> names = pipeline.names();
        return decoder != null && encoder != null && names.indexOf(decoder.name()) < names.indexOf(encoder.name());
    }

    boolean isOccupiedBy(ChannelHandlerContext ctx) {
        return runsOnEventLoop(ctx) && pipeline.names().indexOf(ctx.name()) == index();
    }

    /** Moves a handler to this position, and from an executor of its own to the event loop. */
    void moveHere(ChannelHandlerContext ctx, ChannelHandler handler) {
        pipeline.remove(ctx.name());
        int index = index();
        if (index == 0) {
            pipeline.addFirst(ctx.name(), handler);
        } else {
            pipeline.addAfter(pipeline.names().get(index - 1), ctx.name(), handler);
        }
    }

    /** Behind the decoder and the encoder; on a client the encoder is the one nearer to the tail. */
    private int index() {
        if (decoder == null || encoder == null || !seesFrames()) {
            return 0;
        }
        List<String> names = pipeline.names();
        return 1 + Math.max(names.indexOf(decoder.name()), names.indexOf(encoder.name()));
    }

    private boolean runsOnEventLoop(@Nullable ChannelHandlerContext ctx) {
        return ctx != null && ctx.executor() == pipeline.channel().eventLoop();
    }
}
