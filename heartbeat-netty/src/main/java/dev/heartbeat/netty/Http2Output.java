package dev.heartbeat.netty;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.handler.codec.http2.Http2StreamChannel;
import org.jspecify.annotations.Nullable;

/**
 * The progress of what an HTTP/2 stream has under flow control. While the stream's own window is closed, only its peer can
 * move it; while it is open, the output waits for the connection, and what moves there moves it along. Loaded only where
 * the HTTP/2 codec is present.
 *
 * @param waiting the bytes that wait, never 0
 * @param moves how often output was seen to have moved on
 * @param window what the stream may send before its peer has taken more
 * @param updates the openings of the windows that it waits for, and the moves of the connection's output if it waits for that
 * @param connection the progress of that output
 */
record Http2Output(
        long waiting,
        long moves,
        int window,
        long updates,
        @Nullable OutputProgress connection) implements OutputProgress {

    static boolean isStream(Channel channel) {
        return channel instanceof Http2StreamChannel;
    }

    static OutputProgress of(Channel channel, @Nullable OutputProgress before) {
        long waiting = pending(channel);
        if (waiting == 0) {
            return OutputProgress.idle(before);
        }
        Http2Output last = before instanceof Http2Output stream ? stream : null;
        Channel parent = channel.parent();
        OutputProgress connection = buffered(parent, last == null ? null : last.connection);
        int window = 0;
        long updates = 0;
        Http2ConnectionHandler codec = parent.pipeline().get(Http2ConnectionHandler.class);
        Http2Stream stream = codec == null
                ? null
                : codec.connection().stream(
                        ((Http2StreamChannel) channel).stream().id());
        if (codec != null && stream != null) {
            window = codec.connection().remote().flowController().windowSize(stream);
            Http2WindowUpdates counter = Http2WindowUpdates.of(parent, codec);
            updates = counter.of(stream);
            if (window > 0) {
                updates += counter.of(codec.connection().connectionStream());
                updates += connection == null ? 0 : connection.moves();
            }
        }
        boolean moved = last != null && (waiting < last.waiting || window != last.window || updates != last.updates);
        long moves = (before == null ? 0 : before.moves()) + (moved ? 1 : 0);
        return new Http2Output(waiting, moves, window, updates, connection);
    }

    /** The bytes that the stream has been given and the connection has not written; Netty tells them no other way. */
    static long pending(Channel stream) {
        long untilUnwritable = stream.bytesBeforeUnwritable();
        return untilUnwritable > 0
                ? Math.max(0, stream.config().getWriteBufferHighWaterMark() + 1L - untilUnwritable)
                : Math.max(1, stream.config().getWriteBufferLowWaterMark() - 1L + stream.bytesBeforeWritable());
    }

    private static @Nullable OutputProgress buffered(Channel parent, @Nullable OutputProgress before) {
        ChannelOutboundBuffer output = parent.unsafe().outboundBuffer();
        return output == null ? null : BufferedOutput.of(parent, output, before);
    }
}
