package dev.heartbeat.netty;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameListener;
import io.netty.handler.codec.http2.Http2FrameListenerDecorator;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.util.Attribute;
import io.netty.util.AttributeKey;

/**
 * Counts how often a peer has opened the windows of an HTTP/2 connection and of its streams. The windows themselves do not
 * tell: what a slow peer opens is used up at once, so that they are closed whenever one looks. Loaded only where the HTTP/2
 * codec is present, and added to a connection when the output of one of its streams is first seen to wait.
 */
final class Http2WindowUpdates extends Http2FrameListenerDecorator {

    private static final AttributeKey<Http2WindowUpdates> COUNTER =
            AttributeKey.valueOf(Http2WindowUpdates.class, "COUNTER");

    private final Http2Connection connection;
    private final Http2Connection.PropertyKey count;

    private Http2WindowUpdates(Http2FrameListener listener, Http2Connection connection) {
        super(listener);
        this.connection = connection;
        this.count = connection.newKey();
    }

    /** The counter of a connection. To be called on its event loop. */
    static Http2WindowUpdates of(Channel channel, Http2ConnectionHandler codec) {
        Attribute<Http2WindowUpdates> attribute = channel.attr(COUNTER);
        Http2WindowUpdates counter = attribute.get();
        if (counter == null) {
            counter = new Http2WindowUpdates(codec.decoder().frameListener(), codec.connection());
            codec.decoder().frameListener(counter);
            attribute.set(counter);
        }
        return counter;
    }

    /** How often its window was opened so far. */
    long of(Http2Stream stream) {
        Long updates = stream.getProperty(count);
        return updates == null ? 0 : updates;
    }

    @Override
    public void onWindowUpdateRead(ChannelHandlerContext ctx, int streamId, int increment) throws Http2Exception {
        Http2Stream stream = connection.stream(streamId);
        if (stream != null) {
            stream.setProperty(count, of(stream) + 1);
        }
        super.onWindowUpdateRead(ctx, streamId, increment);
    }
}
