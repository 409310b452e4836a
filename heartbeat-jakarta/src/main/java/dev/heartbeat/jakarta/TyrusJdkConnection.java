package dev.heartbeat.jakarta;

import dev.heartbeat.Descriptor;
import jakarta.websocket.Session;
import java.nio.channels.AsynchronousSocketChannel;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The channel of a session of Tyrus' client on the JDK's channels. What waits to be written is out of reach, but the kernel
 * tells of it by the two ends.
 */
final class TyrusJdkConnection implements TransportConnection {

    private final TyrusProtocol protocol;
    private final Object transport;
    private final AsynchronousSocketChannel channel;

    private TyrusJdkConnection(TyrusProtocol protocol, Object transport, AsynchronousSocketChannel channel) {
        this.protocol = protocol;
        this.transport = transport;
        this.channel = channel;
    }

    static Optional<TransportConnection> find(Session session) {
        return TyrusProtocol.of(session).flatMap(TyrusJdkConnection::below);
    }

    /** The last of the filters below the queue has the channel; TLS is another. */
    private static Optional<TransportConnection> below(TyrusProtocol protocol) {
        @Nullable Object filter = protocol.below("downstreamFilter");
        while (filter != null) {
            if (Reflection.field(filter, "socketChannel") instanceof AsynchronousSocketChannel channel) {
                return Optional.of(new TyrusJdkConnection(protocol, filter, channel));
            }
            filter = Reflection.field(filter, "downstreamFilter");
        }
        return Optional.empty();
    }

    @Override
    public Descriptor descriptor() {
        return channel.isOpen() ? Descriptor.HELD : Descriptor.FREE;
    }

    /** By the filter if it can be called, since it counts the channels that share its threads. */
    @Override
    public void forceClose() throws Exception {
        Reflection.invokeHidden(transport, "close");
        channel.close();
    }

    @Override
    public Optional<Addresses> addresses() {
        return Addresses.ofChannel(channel);
    }

    @Override
    public Optional<Boolean> isMessageIncomplete() {
        return protocol.isMessageIncomplete();
    }

    @Override
    public String means() {
        return "closing the channel below Tyrus";
    }
}
