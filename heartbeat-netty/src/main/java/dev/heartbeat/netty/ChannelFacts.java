package dev.heartbeat.netty;

import dev.heartbeat.TransportFacts;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ServerChannel;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** What a channel knows of its connection, as numbers for the detector. */
final class ChannelFacts {

    private ChannelFacts() {}

    /**
     * The facts of a channel. To be called on its event loop.
     *
     * @param output its output as seen now, null if it does not tell
     * @param written the bytes written to it so far
     */
    static TransportFacts of(Channel channel, @Nullable OutputProgress output, long written, boolean pingWaits) {
        TransportFacts facts = TransportFacts.NONE
                .withSent(Math.max(0, written - pending(channel, output)))
                .withPingWaiting(pingWaits);
        if (output != null) {
            facts = facts.withOutput(output.waiting(), output.moves());
        }
        boolean owns = ownsSocket(channel);
        if (channel.localAddress() instanceof InetSocketAddress near
                && channel.remoteAddress() instanceof InetSocketAddress far) {
            facts = owns ? facts.withAddresses(near, far) : facts.withSharedAddresses(near, far);
        } else if (!owns) {
            facts = shared(facts);
        }
        return !owns
                ? facts
                : LatestArrival.ago(channel).map(facts::withSinceArrival).orElse(facts);
    }

    /** The facts of a stream whose connection has no addresses that the kernel would be asked by, as of a domain socket. */
    private static TransportFacts shared(TransportFacts facts) {
        return new TransportFacts(
                facts.sent(),
                facts.isSentExact(),
                facts.waiting(),
                facts.progress(),
                facts.received(),
                facts.pingWaits(),
                facts.sinceArrival(),
                facts.local(),
                facts.remote(),
                true);
    }

    /** A stream of a multiplexed connection tells the addresses of its parent, whose socket carries its siblings as well. */
    static boolean ownsSocket(Channel channel) {
        Channel parent = channel.parent();
        return parent == null || parent instanceof ServerChannel;
    }

    /** Also what is written and not flushed, which nobody waits for yet. */
    private static long pending(Channel channel, @Nullable OutputProgress output) {
        ChannelOutboundBuffer buffer = channel.unsafe().outboundBuffer();
        if (buffer != null) {
            return BufferedOutput.pending(buffer);
        }
        return output == null ? 0 : output.waiting();
    }
}
