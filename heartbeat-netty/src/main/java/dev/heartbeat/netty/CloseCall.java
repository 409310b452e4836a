package dev.heartbeat.netty;

import io.netty.channel.Channel;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Goes through the pipeline like a message, behind all that the application has written and its handlers hold, chunks or shaped
 * traffic; when it reaches the heartbeat's handler, the close frame is due. Handlers pass on what they do not know; where one fails it,
 * or keeps it although nothing else comes, the close frame goes out without it. On the event loop.
 */
final class CloseCall {

    /** Netty's traffic shaping lets a message wait for 15 s. */
    private static final long PATIENCE_SECONDS = 16;

    private final ChannelConnection connection;
    private final int code;
    private @Nullable Future<?> patience;
    private boolean hasArrived;
    private long writtenBefore;

    CloseCall(ChannelConnection connection, int code) {
        this.connection = connection;
        this.code = code;
    }

    void send(Channel channel) {
        writtenBefore = connection.written();
        var unused = channel.writeAndFlush(this).addListener(passed -> arrive());
        if (!hasArrived) {
            wait(channel);
        }
    }

    /** It has come through, or nothing more is waited for. */
    void arrive() {
        if (hasArrived) {
            return;
        }
        hasArrived = true;
        if (patience != null) {
            patience.cancel(false);
        }
        connection.sendCloseFrame(code);
    }

    private void wait(Channel channel) {
        patience = channel.eventLoop().schedule(() -> look(channel), PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    private void look(Channel channel) {
        if (connection.written() == writtenBefore) {
            arrive();
        } else {
            writtenBefore = connection.written();
            wait(channel);
        }
    }
}
