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
    private final Channel channel;
    private final int code;
    private @Nullable Future<?> patience;
    private boolean hasArrived;
    private long writtenBefore;

    CloseCall(ChannelConnection connection, int code) {
        this.connection = connection;
        this.channel = connection.channel();
        this.code = code;
    }

    void send() {
        writtenBefore = connection.written();
        var unused = channel.writeAndFlush(this).addListener(passed -> arrive());
        if (!hasArrived) {
            lookLater();
        }
    }

    /** It has come through, or nothing more is waited for. Any thread, since a handler may run on an executor of its own. */
    void arrive() {
        if (!channel.eventLoop().inEventLoop()) {
            channel.eventLoop().execute(this::arrive);
            return;
        }
        if (hasArrived) {
            return;
        }
        hasArrived = true;
        if (patience != null) {
            patience.cancel(false);
        }
        connection.sendCloseFrame(code);
    }

    private void lookLater() {
        patience = channel.eventLoop().schedule(this::look, PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    private void look() {
        if (connection.written() == writtenBefore) {
            arrive();
        } else {
            writtenBefore = connection.written();
            lookLater();
        }
    }
}
