package dev.heartbeat.sim;

import dev.heartbeat.SocketState;
import dev.heartbeat.internal.kernel.FoundSocket;
import dev.heartbeat.internal.kernel.SocketAddresses;
import dev.heartbeat.internal.kernel.SocketTable;
import dev.heartbeat.internal.kernel.TableContents;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/** The server's kernel, as far as its table of sockets goes. */
final class VirtualKernel implements SocketTable {

    private static final int SERVER_PORT = 443;
    private static final int FIRST_PORT = 1024;
    private static final int PORTS = 0x10000 - FIRST_PORT;

    private final Map<SocketAddresses, Supplier<SocketState>> sockets = new HashMap<>();
    private int accepted;
    private long looks;

    /** A device has connected. */
    Ends accept(int device, Supplier<SocketState> state) {
        InetSocketAddress local = new InetSocketAddress(address(0), SERVER_PORT);
        InetSocketAddress remote = new InetSocketAddress(address(device + 1), FIRST_PORT + accepted++ % PORTS);
        Ends ends = new Ends(local, remote);
        sockets.put(ends.key(), state);
        return ends;
    }

    /** The server has closed a connection. */
    void closed(Ends ends) {
        sockets.remove(ends.key());
    }

    /** How often it was asked about one socket. */
    long looks() {
        return looks;
    }

    @Override
    public TableContents read(Set<SocketAddresses> wanted) {
        looks += wanted.size();
        Map<SocketAddresses, FoundSocket> found = new HashMap<>();
        for (SocketAddresses socket : wanted) {
            Supplier<SocketState> state = sockets.get(socket);
            if (state != null) {
                found.put(socket, new FoundSocket(state.get(), 1 + socket.remotePort()));
            }
        }
        return new TableContents(found, sockets.size());
    }

    private static InetAddress address(int host) {
        try {
            return InetAddress.getByAddress(new byte[] {10, (byte) (host >> 16), (byte) (host >> 8), (byte) host});
        } catch (UnknownHostException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** Where a connection begins and ends. */
    record Ends(InetSocketAddress local, InetSocketAddress remote) {
        private SocketAddresses key() {
            return new SocketAddresses(local.getPort(), remote.getAddress(), remote.getPort());
        }
    }
}
