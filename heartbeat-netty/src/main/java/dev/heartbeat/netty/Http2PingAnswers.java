package dev.heartbeat.netty;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameListener;
import io.netty.handler.codec.http2.Http2FrameListenerDecorator;
import io.netty.util.concurrent.Future;

/**
 * Sends HTTP/2 PINGs, and keeps the answers to them from the application, which has not asked. Loaded only where the HTTP/2 codec
 * is present.
 */
final class Http2PingAnswers extends Http2FrameListenerDecorator {

    private final Http2ConnectionHandler codec;
    private long latest;
    private boolean hasAsked;

    private Http2PingAnswers(Http2FrameListener listener, Http2ConnectionHandler codec) {
        super(listener);
        this.codec = codec;
    }

    /** Listens to a codec for as long as that lives. */
    static Http2PingAnswers of(Http2ConnectionHandler codec) {
        Http2PingAnswers answers = new Http2PingAnswers(codec.decoder().frameListener(), codec);
        codec.decoder().frameListener(answers);
        return answers;
    }

    /** Sends a PING; fails if the codec has left the pipeline. */
    Future<?> ask(Channel connection, long data) {
        ChannelHandlerContext here = connection.pipeline().context(codec);
        if (here == null) {
            return connection.newFailedFuture(new IllegalStateException("the HTTP/2 codec has been removed"));
        }
        latest = data;
        hasAsked = true;
        ChannelPromise sent = here.newPromise();
        var unused = codec.encoder().writePing(here, false, data, sent);
        here.flush();
        return sent;
    }

    @Override
    public void onPingAckRead(ChannelHandlerContext ctx, long data) throws Http2Exception {
        if (!hasAsked || data != latest) {
            super.onPingAckRead(ctx, data);
        }
    }
}
