package dev.heartbeat.netty;

import io.netty.channel.Channel;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpObjectDecoder;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Looks for what a channel has become in which there is no frame codec of Netty's: a WebSocket all the same if HTTP has left the
 * pipeline, which it never does but for an upgrade; or nothing that the handler could watch. On the channel's event loop.
 */
final class UpgradeSearch {

    private boolean hadHttp;
    private boolean wasGone;
    private boolean hasRead;
    private @Nullable Future<?> look;

    /**
     * Bytes or messages have come.
     *
     * @return whether HTTP was gone before, so that they are its successor's
     */
    boolean read(ChannelPipeline pipeline) {
        boolean wasGoneBefore = wasGone;
        hasRead = true;
        wasGone = isUpgraded(pipeline);
        return wasGone && wasGoneBefore;
    }

    /** Whether HTTP was in the pipeline at an earlier look, and something else has taken its place. */
    boolean isUpgraded(ChannelPipeline pipeline) {
        boolean hasHttp = hasHttp(pipeline);
        hadHttp |= hasHttp;
        return hadHttp && !hasHttp && !isHttp2(pipeline);
    }

    /**
     * Has it looked when a ping interval has passed; and again, at growing intervals, for as long as there is HTTP, since nothing
     * tells of an upgrade whose peer is silent after it.
     */
    void lookLater(Channel channel, Duration interval, Runnable whenUpgraded) {
        try {
            look = channel.eventLoop()
                    .schedule(() -> look(channel, interval, whenUpgraded), interval.toNanos(), TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException shutDown) {
            // A loop that has shut down has closed its channels.
        }
    }

    /** Lets go of the channel. */
    void end() {
        if (look != null) {
            look.cancel(false);
        }
    }

    private void look(Channel channel, Duration interval, Runnable whenUpgraded) {
        ChannelPipeline pipeline = channel.pipeline();
        if (isHttp2(pipeline)) {
            Warnings.log(
                    channel,
                    "not watched: this is an HTTP/2 connection, and the WebSockets are its streams: add a HeartbeatHandler"
                            + " to the pipeline of each stream, not to that of the connection",
                    "");
        } else if (isUpgraded(pipeline)) {
            whenUpgraded.run();
        } else if (hasHttp(pipeline)) {
            lookLater(channel, interval.multipliedBy(2), whenUpgraded);
        } else if (hasRead && !isShakingHands(pipeline)) {
            Warnings.log(
                    channel,
                    "not watched: no WebSocket frame codec has come, nor HTTP that could be upgraded; if the codec is not"
                            + " Netty's, fire ClientHandshakeStateEvent.HANDSHAKE_COMPLETE when the handshake is over",
                    ". Its handlers are " + pipeline.names());
        }
    }

    private static boolean hasHttp(ChannelPipeline pipeline) {
        return pipeline.context(HttpServerCodec.class) != null
                || pipeline.context(HttpClientCodec.class) != null
                || pipeline.context(HttpObjectDecoder.class) != null;
    }

    /** Whether TLS has yet to begin, and with it the choice of what comes above. */
    private static boolean isShakingHands(ChannelPipeline pipeline) {
        SslHandler tls = pipeline.get(SslHandler.class);
        return tls != null && !tls.handshakeFuture().isSuccess();
    }

    private static boolean isHttp2(ChannelPipeline pipeline) {
        try {
            return Http2Input.isConnection(pipeline);
        } catch (NoClassDefFoundError noHttp2) {
            return false;
        }
    }
}
