package dev.heartbeat.netty;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;

/** A client that shakes hands and then does nothing by itself: it reads nothing, answers nothing, closes nothing. */
final class RawPeer implements AutoCloseable {

    private final Socket socket;
    private final AtomicInteger answered = new AtomicInteger();

    private RawPeer(Socket socket) {
        this.socket = socket;
    }

    /** Connects over TCP. */
    static RawPeer connect(InetSocketAddress address) throws IOException {
        return connect(address, "/chat");
    }

    /** Connects over TCP to what a server has elsewhere. */
    static RawPeer connect(InetSocketAddress address, String path) throws IOException {
        return over(socket(address), path);
    }

    /** Connects to a server that speaks WebSocket from the first byte. */
    static RawPeer connectWithoutHandshake(InetSocketAddress address) throws IOException {
        return new RawPeer(socket(address));
    }

    /** Shakes hands over a socket that is connected. */
    static RawPeer over(Socket socket) throws IOException {
        return over(socket, "/chat");
    }

    private static RawPeer over(Socket socket, String path) throws IOException {
        OutputStream out = socket.getOutputStream();
        out.write(("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                        + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII));
        out.flush();
        readHead(socket.getInputStream());
        return new RawPeer(socket);
    }

    /** Answers every ping until the connection ends. */
    void answerPings() throws IOException {
        InputStream in = socket.getInputStream();
        while (true) {
            int first = in.read();
            if (first < 0) {
                return;
            }
            byte[] payload = in.readNBytes(length(in));
            if ((first & 0x0F) == 9) {
                byte[] pong = new byte[6 + payload.length];
                pong[0] = (byte) 0x8A;
                pong[1] = (byte) (0x80 | payload.length);
                System.arraycopy(payload, 0, pong, 6, payload.length);
                socket.getOutputStream().write(pong);
                answered.incrementAndGet();
            }
        }
    }

    /** Answers every ping until the connection ends, on a thread of its own. */
    void answerPingsMeanwhile() {
        Thread thread = new Thread(
                () -> {
                    try {
                        answerPings();
                    } catch (IOException closed) {
                        // as every connection is in the end
                    }
                },
                "peer");
        thread.setDaemon(true);
        thread.start();
    }

    /** How many pings have been answered. */
    int answered() {
        return answered.get();
    }

    /** Reads until the end of the stream, or the reset that a reaped peer sees. */
    boolean isReset() throws IOException {
        try {
            while (socket.getInputStream().read() >= 0) {
                // what was sent before
            }
            return false;
        } catch (IOException reset) {
            return true;
        }
    }

    /** Reads all that comes until the other side has closed in good order. */
    byte[] readsUntilTheEnd() throws IOException {
        return socket.getInputStream().readAllBytes();
    }

    int localPort() {
        return socket.getLocalPort();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    private static Socket socket(InetSocketAddress address) throws IOException {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(8 << 10);
        socket.connect(address);
        return socket;
    }

    private static int length(InputStream in) throws IOException {
        int length = in.read() & 0x7F;
        if (length < 126) {
            return length;
        }
        long extended = 0;
        for (byte digit : in.readNBytes(length == 126 ? 2 : 8)) {
            extended = extended << 8 | digit & 0xFF;
        }
        return Math.toIntExact(extended);
    }

    private static void readHead(InputStream in) throws IOException {
        byte[] end = {0, 0, 0, 0};
        while (!Arrays.equals(end, new byte[] {'\r', '\n', '\r', '\n'})) {
            System.arraycopy(end, 1, end, 0, 3);
            int next = in.read();
            if (next < 0) {
                throw new IOException("no handshake");
            }
            end[3] = (byte) next;
        }
    }
}
