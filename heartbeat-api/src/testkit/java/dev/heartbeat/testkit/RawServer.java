package dev.heartbeat.testkit;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A server for tests of clients: shakes hands with whoever comes, on a daemon thread of its own, and leaves the rest to the
 * {@link RawPeer} that stands for its side of each connection. Without a word to them its peers are silent for ever.
 */
public final class RawServer implements Closeable {

    private final ServerSocket socket;
    private final Queue<Socket> accepted = new ConcurrentLinkedQueue<>();
    private final BlockingQueue<RawPeer> peers = new LinkedBlockingQueue<>();

    private RawServer(ServerSocket socket) {
        this.socket = socket;
    }

    /**
     * Starts a server on a free port of the loopback interface.
     *
     * @return a server that accepts
     * @throws IOException if there is no port
     */
    public static RawServer start() throws IOException {
        ServerSocket socket = new ServerSocket(0, 50, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}));
        socket.setReceiveBufferSize(PeerSocket.RECEIVE_BUFFER);
        RawServer server = new RawServer(socket);
        Thread thread = new Thread(server::accept, "raw-server-" + server.port());
        thread.setDaemon(true);
        thread.start();
        return server;
    }

    /**
     * The port.
     *
     * @return its number
     */
    public int port() {
        return socket.getLocalPort();
    }

    /**
     * The address for a client.
     *
     * @return a {@code ws} address; any path will do
     */
    public URI uri() {
        return URI.create("ws://127.0.0.1:" + port() + "/");
    }

    /**
     * Waits for the next connection.
     *
     * @return this server's side of it, which reads nothing until it is told to
     * @throws InterruptedException if interrupted
     * @throws AssertionError if nobody came within two minutes
     */
    public RawPeer next() throws InterruptedException {
        RawPeer peer = peers.poll(RawPeer.LIMIT.toSeconds(), TimeUnit.SECONDS);
        if (peer == null) {
            throw new AssertionError("nobody came within " + RawPeer.LIMIT);
        }
        return peer;
    }

    private void accept() {
        while (!socket.isClosed()) {
            try {
                Socket peer = socket.accept();
                accepted.add(peer);
                peers.add(RawPeer.accepted(peer));
            } catch (IOException goneOrClosed) {
                // whoever breaks off the handshake is no peer
            }
        }
    }

    /** Stops accepting, and ends all connections without a close frame. */
    @Override
    public void close() throws IOException {
        socket.close();
        for (Socket peer : accepted) {
            peer.close();
        }
    }
}
