package dev.heartbeat.jakarta;

import dev.heartbeat.TransportFacts;
import jakarta.websocket.Session;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.channels.AsynchronousSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The two ends of the TCP connection that carries a session. */
record Addresses(InetSocketAddress local, InetSocketAddress remote) {

    /** Of an address only, never of a name, which would be asked of the network. */
    private static final Pattern LITERAL =
            Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}|[0-9a-fA-F.]*:[0-9a-fA-F:.]*(%.+)?");

    /** Whatever the container calls its two ends, if both are known. */
    static Optional<Addresses> of(@Nullable Object local, @Nullable Object remote) {
        return local instanceof InetSocketAddress near && remote instanceof InetSocketAddress far && !far.isUnresolved()
                ? Optional.of(new Addresses(near, far))
                : Optional.empty();
    }

    /** The two ends as some containers tell them, of the near one only the port. */
    static Optional<Addresses> of(
            @Nullable Object localPort, @Nullable Object remoteAddress, @Nullable Object remotePort) {
        if (localPort instanceof Integer near
                && remoteAddress instanceof String address
                && remotePort instanceof Integer far
                && isPort(near)
                && isPort(far)
                && LITERAL.matcher(address).matches()) {
            try {
                return of(new InetSocketAddress(near), new InetSocketAddress(InetAddress.getByName(address), far));
            } catch (UnknownHostException malformed) {
                return Optional.empty();
            }
        }
        return Optional.empty();
    }

    /** The two ends of a channel of the JDK's. */
    static Optional<Addresses> ofChannel(@Nullable Object channel) {
        try {
            if (channel instanceof AsynchronousSocketChannel socket) {
                return of(socket.getLocalAddress(), socket.getRemoteAddress());
            }
            return channel instanceof SocketChannel socket
                    ? of(socket.getLocalAddress(), socket.getRemoteAddress())
                    : Optional.empty();
        } catch (IOException closed) {
            return Optional.empty();
        }
    }

    /**
     * What a session tells by public methods of its own, in containers whose connections are out of reach: Tyrus in any
     * server, and servers whose session has a channel as those of Netty are.
     */
    static Optional<Addresses> told(Session session) {
        return of(
                        Reflection.invoke(session, "getLocalPort"),
                        Reflection.invoke(session, "getRemoteAddr"),
                        Reflection.invoke(session, "getRemotePort"))
                .or(() -> of(
                        Reflection.invoke(session, "getChannel", "localAddress"),
                        Reflection.invoke(session, "getChannel", "remoteAddress")))
                .or(() -> ofProperties(session.getUserProperties()));
    }

    /** Jetty puts the two ends into the properties, which a session that somebody else has wrapped gives away, too. */
    private static Optional<Addresses> ofProperties(Map<String, Object> properties) {
        return of(
                properties.get("jakarta.websocket.endpoint.localAddress"),
                properties.get("jakarta.websocket.endpoint.remoteAddress"));
    }

    TransportFacts addTo(TransportFacts facts) {
        return facts.withAddresses(local, remote);
    }

    private static boolean isPort(int port) {
        return port > 0 && port < 1 << 16;
    }
}
