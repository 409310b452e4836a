package dev.heartbeat;

import dev.heartbeat.testkit.Frame;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;

/** A connection in as few lines as it takes: blocking I/O, and one lock for whatever is sent. */
final class PlainSocketConnection implements Connection {

    private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    private final Socket socket;
    private final DataInputStream in;
    private final CountedOutput out;
    private final InetSocketAddress local;
    private final InetSocketAddress remote;
    private final String id;
    private final AtomicInteger framesWaiting = new AtomicInteger();
    private volatile boolean pingWaits;
    private volatile Runnable handler = () -> {};

    /** Fair, or a ping would never get between the parts of a download. */
    private final Lock sending = new ReentrantLock(true);

    PlainSocketConnection(Socket socket) throws IOException {
        this.socket = socket;
        this.in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
        this.out = new CountedOutput(socket.getOutputStream());
        this.local = (InetSocketAddress) socket.getLocalSocketAddress();
        this.remote = (InetSocketAddress) socket.getRemoteSocketAddress();
        this.id = "plain-" + socket.getPort();
    }

    void shakeHands() throws IOException {
        String key = "";
        for (String line = readLine(); !line.isEmpty(); line = readLine()) {
            key = line.startsWith("Sec-WebSocket-Key: ") ? line.substring(line.indexOf(' ') + 1) : key;
        }
        String head = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + "Sec-WebSocket-Accept: " + accept(key) + "\r\n\r\n";
        socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
    }

    /** What the application does about a message, on the thread that reads. */
    void handledBy(Runnable onMessage) {
        handler = onMessage;
    }

    void watchedBy(ZombieDetector detector) {
        Heartbeat heartbeat = detector.watch(this);
        PlainSocketServer.daemon(id + "-reader", () -> read(heartbeat));
    }

    private void read(Heartbeat heartbeat) {
        try {
            for (Frame frame = Frame.read(in); frame.opcode() != Frame.CLOSE; frame = Frame.read(in)) {
                if (frame.opcode() == Frame.PONG) {
                    heartbeat.pongReceived(ByteBuffer.wrap(frame.payload()));
                } else {
                    heartbeat.dataReceived();
                    handler.run();
                }
            }
        } catch (IOException ended) {
            // The peer has gone, or we have.
        } finally {
            closeQuietly();
        }
        heartbeat.closed();
    }

    private void closeQuietly() {
        try {
            socket.close();
        } catch (IOException closed) {
            // It is closed all the same.
        }
    }

    /** Sends messages one behind the other, without waiting for the peer to take them. */
    void push(int messages, int bytes) {
        PlainSocketServer.daemon(id + "-sender", () -> {
            try {
                for (int i = 0; i < messages; i++) {
                    send(new Frame(true, Frame.BINARY, new byte[bytes]));
                }
            } catch (IOException terminated) {
                // Nobody waits for it.
            }
        });
    }

    private void send(Frame frame) throws IOException {
        framesWaiting.incrementAndGet();
        sending.lock();
        try {
            frame.write(out, false);
        } finally {
            sending.unlock();
            framesWaiting.decrementAndGet();
        }
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public boolean isOpen() {
        return !socket.isClosed();
    }

    @Override
    public void ping(ByteBuffer payload) throws IOException {
        byte[] bytes = new byte[payload.remaining()];
        payload.get(bytes);
        pingWaits = true;
        send(new Frame(true, Frame.PING, bytes));
        pingWaits = false;
    }

    @Override
    public TransportFacts facts() {
        return TransportFacts.NONE
                .withSent(out.count())
                .withOutput(framesWaiting.get(), out.count())
                .withPingWaiting(pingWaits)
                .withAddresses(local, remote);
    }

    @Override
    public void close(int code) throws IOException {
        send(Frame.close(code));
    }

    /** A reset, which neither waits for what is unsent nor leaves it to the kernel. */
    @Override
    public Termination terminate(ReapReason reason) throws IOException {
        if (!socket.isClosed()) {
            socket.setSoLinger(true, 0);
            socket.close();
        }
        return Termination.freed("reset");
    }

    private String readLine() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.readUnsignedByte(); c != '\n'; c = in.readUnsignedByte()) {
            line.append((char) c);
        }
        return line.toString().strip();
    }

    private static String accept(String key) throws IOException {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-1").digest((key + GUID).getBytes(StandardCharsets.US_ASCII));
            return Base64.getEncoder().encodeToString(digest);
        } catch (NoSuchAlgorithmException missing) {
            throw new IOException(missing);
        }
    }
}
