package dev.heartbeat.testkit;

import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;

/** The socket of a peer, what goes out of it and how it ends. */
abstract class PeerSocket implements Closeable {

    /** The kernel takes little for a peer that does not read, so that a sender soon notices. */
    static final int RECEIVE_BUFFER = 16 * 1024;

    private static final int CONNECT_MILLIS = 30_000;

    final PeerStream stream;
    final DataInputStream in;
    final OutputStream out;

    private final Socket socket;
    private final boolean isClient;

    PeerSocket(Socket socket, boolean isClient) throws IOException {
        this.socket = socket;
        this.isClient = isClient;
        this.stream = new PeerStream(socket.getInputStream());
        this.in = new DataInputStream(new BufferedInputStream(stream));
        this.out = socket.getOutputStream();
    }

    static Socket open(URI uri) throws IOException {
        Socket socket = "wss".equals(uri.getScheme())
                ? TlsMaterial.trusting().getSocketFactory().createSocket()
                : new Socket();
        try {
            socket.setReceiveBufferSize(RECEIVE_BUFFER);
            socket.connect(new InetSocketAddress(uri.getHost(), uri.getPort()), CONNECT_MILLIS);
            socket.setTcpNoDelay(true);
            return socket;
        } catch (IOException | RuntimeException failed) {
            socket.close();
            throw failed;
        }
    }

    /**
     * Sends a frame.
     *
     * @param frame the frame; masked if this is a client
     * @throws IOException if the connection fails
     */
    public synchronized void send(Frame frame) throws IOException {
        frame.write(out, isClient);
    }

    /**
     * Sends bytes that need not be a frame.
     *
     * @param bytes what goes out as it is
     * @throws IOException if the connection fails
     */
    public synchronized void sendRaw(byte[] bytes) throws IOException {
        out.write(bytes);
        out.flush();
    }

    /**
     * Sends something while no other frame goes out, an answer to a ping neither.
     *
     * @param sending what to do meanwhile
     * @throws IOException if the connection fails
     */
    public synchronized void atOnce(RawPeer.Sending sending) throws IOException {
        sending.send();
    }

    /**
     * Counts the bytes that have come and are not read yet, as far as the kernel tells; behind TLS it tells nothing.
     *
     * @return how many at least
     * @throws IOException if the connection has failed
     */
    public int unread() throws IOException {
        return stream.available();
    }

    /**
     * Counts the bytes that it has read so far, those of the handshake too; behind TLS as they are decrypted.
     *
     * @return how many since it connected
     */
    public long taken() {
        return stream.taken();
    }

    /**
     * The port on this side.
     *
     * @return its number
     */
    public int localPort() {
        return socket.getLocalPort();
    }

    /**
     * The port on the other side.
     *
     * @return its number
     */
    public int remotePort() {
        return socket.getPort();
    }

    /**
     * Ends the connection by a reset, as a device does that has restarted.
     *
     * @throws IOException if that fails
     */
    public void reset() throws IOException {
        socket.setSoLinger(true, 0);
        close();
    }

    /** Ends the connection without a close frame, but in good order as far as TCP goes. */
    @Override
    public void close() throws IOException {
        stream.freeze(false);
        socket.close();
    }
}
