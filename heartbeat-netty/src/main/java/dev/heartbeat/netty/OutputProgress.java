package dev.heartbeat.netty;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;
import org.jspecify.annotations.Nullable;

/**
 * How much output of a channel waits for the kernel, and how far it has come, as seen from one look to the next. What is
 * waiting and what moves is told in numbers; whether that is fast enough, the detector decides.
 */
interface OutputProgress {

    /** The bytes that wait, 0 if none do. */
    long waiting();

    /** How often output was seen to have moved on since the look before. */
    long moves();

    /**
     * The progress of a channel. To be called on its event loop.
     *
     * @param before the result of the previous call
     * @return null if the channel does not tell
     */
    static @Nullable OutputProgress of(Channel channel, @Nullable OutputProgress before) {
        ChannelOutboundBuffer output = channel.unsafe().outboundBuffer();
        if (output != null) {
            return BufferedOutput.of(channel, output, before);
        }
        // Without an outbound buffer it is a stream of a multiplexed connection, or closed.
        return isHttp2Stream(channel) && channel.isOpen() ? Http2Output.of(channel, before) : null;
    }

    private static boolean isHttp2Stream(Channel channel) {
        try {
            return Http2Output.isStream(channel);
        } catch (NoClassDefFoundError noHttp2) {
            return false;
        }
    }

    /** Nothing waits; what has waited before has been written, which is a move. */
    static OutputProgress idle(@Nullable OutputProgress before) {
        if (before == null) {
            return Idle.SINCE_EVER;
        }
        return before.waiting() == 0 ? before : new Idle(before.moves() + 1);
    }

    /**
     * Of a channel without pending output.
     *
     * @param moves as ever
     */
    record Idle(long moves) implements OutputProgress {

        private static final Idle SINCE_EVER = new Idle(0);

        @Override
        public long waiting() {
            return 0;
        }
    }
}
