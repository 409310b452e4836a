package dev.heartbeat.examples;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A WebSocket client that leaves to the test what it answers; it reads on a thread of its own. */
final class RawPeer implements AutoCloseable {

    private final BlockingQueue<String> texts = new LinkedBlockingQueue<>();
    private final AtomicInteger pings = new AtomicInteger();
    private final SocketChannel channel;
    private final boolean answersPings;

    private RawPeer(SocketChannel channel, boolean answersPings) {
        this.channel = channel;
        this.answersPings = answersPings;
    }

    static RawPeer dial(int port, String path, boolean answersPings) throws IOException {
        SocketChannel channel = SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        RawPeer peer = new RawPeer(channel, answersPings);
        channel.write(ByteBuffer.wrap(Wire.handshake(path, port)));
        Thread reader = new Thread(peer::read, "raw-peer");
        reader.setDaemon(true);
        reader.start();
        return peer;
    }

    void send(int opcode, String payload) throws IOException {
        send(opcode, UTF_8.encode(payload));
    }

    /** The next text; fails the test if none comes. */
    String text() throws InterruptedException {
        String text = texts.poll(60, TimeUnit.SECONDS);
        if (text == null) {
            throw new AssertionError("no text came");
        }
        return text;
    }

    int pings() {
        return pings.get();
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    private synchronized void send(int opcode, ByteBuffer payload) throws IOException {
        ByteBuffer frame = ByteBuffer.allocate(Wire.HEADER + payload.remaining());
        Wire.putFrame(frame, opcode, payload);
        channel.write(frame.flip());
    }

    private void read() {
        ByteBuffer in = ByteBuffer.allocate(4096);
        boolean upgraded = false;
        try {
            while (channel.read(in) >= 0) {
                in.flip();
                upgraded = upgraded || Wire.takeHead(in) != null;
                for (Wire.Frame frame = upgraded ? Wire.takeFrame(in) : null; frame != null; ) {
                    received(frame);
                    frame = Wire.takeFrame(in);
                }
                in.compact();
            }
        } catch (IOException closed) {
            // By either side: the test sees what came before.
        }
    }

    private void received(Wire.Frame frame) throws IOException {
        if (frame.opcode() == Wire.TEXT) {
            texts.add(UTF_8.decode(frame.payload()).toString());
        } else if (frame.opcode() == Wire.PING) {
            pings.incrementAndGet();
            if (answersPings) {
                send(Wire.PONG, frame.payload());
            }
        }
    }
}
