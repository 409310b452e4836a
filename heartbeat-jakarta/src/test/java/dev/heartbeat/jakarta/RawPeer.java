package dev.heartbeat.jakarta;

import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * A peer made of a socket: shakes hands and from then on does only what it is told to. A real WebSocket client answers
 * every ping by itself and can never be a zombie.
 */
final class RawPeer implements Closeable {

    private static final Function<byte[], Frame> NO_ANSWER = ping -> null;

    private final Socket socket;
    private DataInputStream in;
    private final BlockingQueue<Frame> received = new LinkedBlockingQueue<>();
    private volatile Function<byte[], Frame> answer = NO_ANSWER;
    private volatile boolean ended;

    private RawPeer(Socket socket) throws IOException {
        this.socket = socket;
        this.in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
    }

    /** Connects and shakes hands; reads nothing afterwards until told to. */
    static RawPeer connect(URI uri, String... headers) throws IOException {
        return shakeHands(socket(uri), uri, headers);
    }

    /** The same, but takes bytes in at a rate, as over a slow link. */
    static RawPeer connectSlowly(URI uri, int bytesPerSecond) throws IOException {
        RawPeer peer = shakeHands(socket(uri), uri);
        peer.in = new DataInputStream(new SlowStream(peer.in, bytesPerSecond));
        return peer;
    }

    private static Socket socket(URI uri) throws IOException {
        try {
            Socket socket = uri.getScheme().equals("wss") ? Tls.client().createSocket() : new Socket();
            socket.setReceiveBufferSize(16 * 1024);
            return socket;
        } catch (GeneralSecurityException failed) {
            throw new IOException(failed);
        }
    }

    private static RawPeer shakeHands(Socket socket, URI uri, String... headers) throws IOException {
        try {
            socket.connect(new InetSocketAddress(uri.getHost(), uri.getPort()), 30_000);
            socket.setTcpNoDelay(true);
            RawPeer peer = new RawPeer(socket);
            String request = "GET " + uri.getRawPath() + " HTTP/1.1\r\nHost: " + uri.getHost() + ":" + uri.getPort()
                    + "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                    + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                    + String.join("", headers) + "\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            String status = peer.readLine();
            if (!status.contains(" 101")) {
                throw new IOException("no handshake: " + status);
            }
            while (!peer.readLine().isEmpty()) {}
            return peer;
        } catch (IOException | RuntimeException failed) {
            socket.close();
            throw failed;
        }
    }

    /** Reads everything from now on, and answers no ping. */
    RawPeer reading() {
        Thread reader = new Thread(this::read, "raw-peer-" + localPort());
        reader.setDaemon(true);
        reader.start();
        return this;
    }

    /** Reads everything from now on, and answers each ping with what the function makes of its payload, null for nothing. */
    RawPeer answering(Function<byte[], Frame> how) {
        answer = how;
        return reading();
    }

    /** Reads everything from now on, and answers pings as the RFC has it. */
    RawPeer live() {
        return answering(Frame::pong);
    }

    /** Changes the answers, while reading. */
    void answer(Function<byte[], Frame> how) {
        answer = how;
    }

    /** Stops answering, while reading. */
    void fallSilent() {
        answer = NO_ANSWER;
    }

    synchronized void send(Frame frame) throws IOException {
        frame.write(socket.getOutputStream());
    }

    /** Does something while no other frame goes out, an answer to a ping neither. */
    synchronized void atOnce(Sending sending) throws IOException {
        sending.send();
    }

    /** Sends something. */
    interface Sending {
        void send() throws IOException;
    }

    synchronized void sendRaw(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        socket.getOutputStream().flush();
    }

    /** The next frame of a kind; others before it are passed over. Fails after a generous time. */
    Frame await(int opcode) throws InterruptedException {
        return await(frame -> frame.opcode() == opcode);
    }

    /** The next frame of a message. */
    Frame awaitData() throws InterruptedException {
        return await(frame -> frame.opcode() < Frame.CLOSE);
    }

    private Frame await(Predicate<Frame> wanted) throws InterruptedException {
        long deadline = System.nanoTime() + Await.GENEROUS.toNanos();
        while (System.nanoTime() - deadline < 0) {
            Frame frame = received.poll(100, TimeUnit.MILLISECONDS);
            if (frame != null && wanted.test(frame)) {
                return frame;
            }
        }
        throw new AssertionError("no such frame within a minute");
    }

    /** Whether the stream from the server has ended, for a peer that reads. */
    boolean hasEnded() {
        return ended;
    }

    int localPort() {
        return socket.getLocalPort();
    }

    int remotePort() {
        return socket.getPort();
    }

    private void read() {
        try {
            while (true) {
                Frame frame = Frame.read(in);
                Frame reply = frame.opcode() == Frame.PING ? answer.apply(frame.payload()) : null;
                if (reply != null) {
                    send(reply);
                }
                received.add(frame);
            }
        } catch (IOException | RuntimeException end) {
            ended = true;
        }
    }

    private String readLine() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.readUnsignedByte(); c != '\n'; c = in.readUnsignedByte()) {
            line.append((char) c);
        }
        return line.toString().strip();
    }

    private static final class SlowStream extends FilterInputStream {

        private final int bytesPerSecond;
        private final long start = System.nanoTime();
        private long taken;

        SlowStream(InputStream in, int bytesPerSecond) {
            super(in);
            this.bytesPerSecond = bytesPerSecond;
        }

        @Override
        public int read() throws IOException {
            pace(1);
            return super.read();
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            int some = super.read(bytes, offset, Math.min(length, 8 * 1024));
            pace(Math.max(0, some));
            return some;
        }

        private void pace(int more) {
            taken += more;
            long due = start + taken * 1_000_000_000L / bytesPerSecond;
            for (long early = due - System.nanoTime(); early > 0; early = due - System.nanoTime()) {
                LockSupport.parkNanos(early);
            }
        }
    }

    /** Resets or ends the connection without a close frame. */
    @Override
    public void close() throws IOException {
        socket.close();
    }
}
