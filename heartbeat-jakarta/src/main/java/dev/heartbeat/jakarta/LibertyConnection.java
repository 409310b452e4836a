package dev.heartbeat.jakarta;

import dev.heartbeat.Descriptor;
import jakarta.websocket.Session;
import java.io.IOException;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The socket of an Open Liberty session. A close waits 30 s for the peer, and for all that is unsent. Nothing is counted, but
 * the kernel tells of what waits by the two ends.
 */
final class LibertyConnection implements TransportConnection {

    private final Object link;
    private final SocketChannel channel;

    private LibertyConnection(Object link, SocketChannel channel) {
        this.link = link;
        this.channel = channel;
    }

    static Optional<TransportConnection> find(Session session) {
        Object context = Reflection.field(session, "impl", "connLink", "tcpConnection");
        if (context == null) {
            return Optional.empty();
        }
        // TLS is a link of its own.
        @Nullable Object below = Reflection.invoke(context, "getDeviceLink");
        Object link = Reflection.field(below == null ? context : below, "socketIOChannel");
        return link != null && Reflection.field(link, "channel") instanceof SocketChannel channel
                ? Optional.of(new LibertyConnection(link, channel))
                : Optional.empty();
    }

    /** A closed channel holds its descriptor until the selectors that it is registered with have let go of it. */
    @Override
    public Descriptor descriptor() {
        return channel.isOpen() || channel.isRegistered() ? Descriptor.HELD : Descriptor.FREE;
    }

    @Override
    public void forceClose() throws IOException {
        Object reading = Reflection.field(link, "channelSelectorRead", "selector");
        Object writing = Reflection.field(link, "channelSelectorWrite", "selector");
        Reflection.invoke(link, "close");
        channel.close();
        wakeUp(reading);
        wakeUp(writing);
    }

    private static void wakeUp(@Nullable Object selector) {
        if (selector instanceof Selector registered) {
            registered.wakeup();
        }
    }

    @Override
    public Optional<Addresses> addresses() {
        return Addresses.ofChannel(channel);
    }

    @Override
    public String means() {
        return "closing the channel below Liberty";
    }
}
