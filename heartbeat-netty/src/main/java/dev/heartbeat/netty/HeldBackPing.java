package dev.heartbeat.netty;

import io.netty.channel.Channel;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A ping that a handler lets out no more than it fails it, which keeps its peer from being judged for as long as it does. */
final class HeldBackPing {

    private HeldBackPing() {}

    /**
     * Looks at a ping that has not left at once.
     *
     * @param sent completes when it has left, or failed
     * @param time how long that may take before a warning is logged
     * @return the look that is to come, unless the event loop shuts down
     */
    static @Nullable Future<?> lookLater(Future<?> sent, ChannelConnection connection, Duration time) {
        Channel channel = connection.channel();
        if (channel.eventLoop().isShuttingDown()) {
            return null;
        }
        Future<?> look =
                channel.eventLoop().schedule(() -> tell(sent, connection, time), time.toNanos(), TimeUnit.NANOSECONDS);
        sent.addListener(done -> look.cancel(false));
        return look;
    }

    private static void tell(Future<?> sent, ChannelConnection connection, Duration time) {
        if (!sent.isDone() && connection.facts().waiting() <= 0) {
            Channel channel = connection.channel();
            Warnings.log(
                    channel,
                    "a ping is held back by a handler, and nobody is judged whose ping is: let control frames out, or fail them",
                    ", for " + time.toSeconds() + " s now. The handlers are "
                            + channel.pipeline().names());
        }
    }
}
