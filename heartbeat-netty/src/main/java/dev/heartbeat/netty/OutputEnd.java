package dev.heartbeat.netty;

import io.netty.channel.Channel;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;

/** Ends what a channel sends: its peer reads the end behind everything that was sent before, and can still be read from. */
final class OutputEnd {

    private OutputEnd() {}

    /** To be called on the event loop, when all output has been written; does nothing where the transport has no such end. */
    static void send(Channel channel) {
        if (!ChannelFacts.ownsSocket(channel)) {
            sendOnStream(channel);
        } else if (channel instanceof DuplexChannel duplex && channel.pipeline().get(SslHandler.class) == null) {
            // With TLS an end without a close_notify is an attack, and before TLS 1.3 a close_notify ends the input
            // too.
            var unused = duplex.shutdownOutput();
        }
    }

    private static void sendOnStream(Channel channel) {
        try {
            Http2OutputEnd.send(channel);
        } catch (NoClassDefFoundError noHttp2) {
            // a stream of another protocol, which is closed by its peer or at the end of the drain
        }
    }
}
