package dev.heartbeat.examples.load;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Many WebSocket clients on one thread, as small as can be: they shake hands, answer pings, and say a word now and then if
 * asked to. They dial from several loopback addresses, because one has ports for 28 000.
 */
final class RawClients implements AutoCloseable {

    private static final int ADDRESSES = 8;
    private static final int AT_ONCE = 64;
    private static final long ROUND_MILLIS = 10;
    private static final int TEXT = 0x81;
    private static final int CLOSE = 0x88;
    private static final int PING = 0x89;
    private static final int PONG = 0x8A;
    private static final int MASKED = 0x80;
    private static final byte[] END_OF_HEAD = "\r\n\r\n".getBytes(US_ASCII);
    private static final ByteBuffer WORD = ByteBuffer.wrap("alive".getBytes(US_ASCII));

    private final Selector selector = Selector.open();
    private final ByteBuffer in = ByteBuffer.allocate(4096);
    private final ByteBuffer out = ByteBuffer.allocate(256);
    private final List<Client> clients = new ArrayList<>();
    private int upgraded;
    private long spoken;

    /** One connection. */
    private static final class Client {
        final SelectionKey key;
        int headSeen;
        boolean upgraded;
        boolean mute;
        boolean closed;

        Client(SelectionKey key) {
            this.key = key;
        }

        SocketChannel channel() {
            return (SocketChannel) key.channel();
        }
    }

    RawClients() throws IOException {}

    /** Opens so many connections, some at a time; returns when all are upgraded. */
    void open(int count, int port) throws IOException {
        byte[] request = ("GET /load HTTP/1.1\r\nHost: 127.0.0.1:" + port
                        + "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                        + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n")
                .getBytes(US_ASCII);
        long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(5);
        while (upgraded < count) {
            while (clients.size() < count && clients.size() - upgraded < AT_ONCE) {
                clients.add(dial(clients.size(), port, request));
            }
            select(ROUND_MILLIS);
            if (lostAlive() > 0 || System.nanoTime() - deadline > 0) {
                throw new IOException("only " + upgraded + " of " + count + " connections could be opened");
            }
        }
    }

    private Client dial(int number, int port, byte[] request) throws IOException {
        SocketChannel channel = SocketChannel.open();
        channel.bind(new InetSocketAddress(InetAddress.getByName("127.0.0." + (2 + number % ADDRESSES)), 0));
        channel.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        channel.configureBlocking(false);
        channel.write(ByteBuffer.wrap(request));
        SelectionKey key = channel.register(selector, SelectionKey.OP_READ);
        Client client = new Client(key);
        key.attach(client);
        return client;
    }

    /** Answers what comes in, for so long. */
    void serve(Duration time) throws IOException {
        long end = System.nanoTime() + time.toNanos();
        for (long left = time.toNanos(); left > 0; left = end - System.nanoTime()) {
            select(Math.max(1, left / 1_000_000));
        }
    }

    /** The same, while each says a word so often. */
    void speak(Duration time, Duration wordEvery) throws IOException {
        long start = System.nanoTime();
        double each = (double) wordEvery.toNanos() / clients.size();
        spoken = 0;
        for (long passed = 0; passed < time.toNanos(); passed = System.nanoTime() - start) {
            for (; spoken < passed / each; spoken++) {
                Client client = clients.get((int) (spoken % clients.size()));
                if (!client.mute && !client.closed) {
                    write(client, TEXT, WORD.duplicate());
                }
            }
            select(ROUND_MILLIS);
        }
    }

    /**
     * Makes every other client deaf and dumb, its socket open.
     *
     * @return how many
     */
    int muteHalf() {
        int muted = 0;
        for (int i = 0; i < clients.size(); i += 2) {
            clients.get(i).mute = true;
            clients.get(i).key.interestOps(0);
            muted++;
        }
        return muted;
    }

    /** Connections that the server has closed although their clients live. */
    long lostAlive() {
        return clients.stream().filter(client -> client.closed).count();
    }

    @Override
    public void close() {
        try {
            for (Client client : clients) {
                client.channel().close();
            }
            selector.close();
        } catch (IOException unlikely) {
            throw new UncheckedIOException(unlikely);
        }
    }

    private void select(long millis) throws IOException {
        selector.select(millis);
        for (SelectionKey key : selector.selectedKeys()) {
            read((Client) key.attachment());
        }
        selector.selectedKeys().clear();
    }

    private void read(Client client) throws IOException {
        in.clear();
        int read;
        try {
            read = client.channel().read(in);
        } catch (IOException reset) {
            read = -1;
        }
        if (read < 0) {
            client.closed = true;
            client.channel().close();
            return;
        }
        in.flip();
        while (!client.upgraded && in.hasRemaining()) {
            byte next = in.get();
            client.headSeen = next == END_OF_HEAD[client.headSeen] ? client.headSeen + 1 : next == '\r' ? 1 : 0;
            if (client.headSeen == END_OF_HEAD.length) {
                client.upgraded = true;
                upgraded++;
            }
        }
        // The server sends control frames only; they are short and come whole.
        while (in.remaining() >= 2) {
            int opcode = in.get() & 0xFF;
            int length = Math.min(in.get() & 0x7F, in.remaining());
            ByteBuffer payload = in.slice(in.position(), length);
            in.position(in.position() + length);
            if (opcode == PING) {
                write(client, PONG, payload);
            } else if (opcode == CLOSE) {
                write(client, CLOSE, payload);
            }
        }
    }

    /** Writes a frame with an all-zero mask, which leaves the payload as it is. */
    private void write(Client client, int opcode, ByteBuffer payload) {
        out.clear();
        out.put((byte) opcode)
                .put((byte) (MASKED | payload.remaining()))
                .putInt(0)
                .put(payload)
                .flip();
        try {
            client.channel().write(out);
        } catch (IOException closedByServer) {
            client.closed = true;
        }
    }
}
