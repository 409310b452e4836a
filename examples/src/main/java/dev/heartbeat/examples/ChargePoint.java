package dev.heartbeat.examples;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ProtocolException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/** A simulated device: one socket, driven by the thread of {@link ChargePoints}; its state may be read from any thread. */
final class ChargePoint {

    enum State {
        OFF,
        DIALLING,
        ONLINE,
        IN_TUNNEL,
        CUT_OFF
    }

    private static final int BUFFER = 4096;
    private static final short NORMAL_CLOSURE = 1000;

    private final String id;
    private final long pace;
    private final ByteBuffer in = ByteBuffer.allocate(BUFFER);
    private final ByteBuffer out = ByteBuffer.allocate(BUFFER);
    private volatile State state = State.OFF;
    private @Nullable SocketChannel channel;
    private @Nullable SelectionKey key;
    private boolean upgraded;
    private int messages;
    private long lastSent;

    /**
     * Makes a device that is switched off.
     *
     * @param pace nanoseconds from one message to the next
     */
    ChargePoint(String id, long pace) {
        this.id = id;
        this.pace = pace;
    }

    String id() {
        return id;
    }

    State state() {
        return state;
    }

    long pace() {
        return pace;
    }

    void dial(Selector selector, InetSocketAddress server) throws IOException {
        disconnect();
        state = State.DIALLING;
        upgraded = false;
        in.clear();
        out.clear().put(Wire.handshake("/ocpp/" + id, server.getPort()));
        channel = SocketChannel.open();
        channel.configureBlocking(false);
        key = channel.register(selector, SelectionKey.OP_CONNECT, this);
        if (channel.connect(server)) {
            flush();
        }
    }

    /** Does what the selector says can be done. */
    void onReady() throws IOException {
        if (key == null || channel == null) {
            return;
        }
        if (key.isConnectable() && channel.finishConnect()) {
            flush();
        } else if (key.isReadable()) {
            read(channel);
        } else if (key.isWritable()) {
            flush();
        }
    }

    void sendTelemetry() throws IOException {
        if (messages % 4 == 0) {
            call("Heartbeat", "{}");
        } else {
            call(
                    "MeterValues",
                    "{\"evseId\":1,\"meterValue\":[{\"sampledValue\":[{\"value\":" + (messages * 7) + "}]}]}");
        }
    }

    /** Leaves the socket open and neither reads nor writes any more. Returns when the last byte was sent. */
    long enterTunnel() {
        state = State.IN_TUNNEL;
        if (key != null) {
            key.interestOps(0);
        }
        return lastSent;
    }

    /** Says goodbye and closes the socket. */
    void switchOff() throws IOException {
        if (state == State.ONLINE) {
            send(Wire.CLOSE, ByteBuffer.allocate(Short.BYTES).putShort(0, NORMAL_CLOSURE));
        }
        state = State.OFF;
        disconnect();
    }

    void cutOff() throws IOException {
        state = State.CUT_OFF;
        disconnect();
    }

    private void disconnect() throws IOException {
        if (channel != null) {
            channel.close();
            channel = null;
            key = null;
        }
    }

    private void read(SocketChannel from) throws IOException {
        if (from.read(in) < 0) {
            throw new EOFException("the server hung up");
        }
        in.flip();
        if (!upgraded) {
            upgrade();
        }
        while (upgraded) {
            Wire.Frame frame = Wire.takeFrame(in);
            if (frame == null) {
                break;
            }
            received(frame);
        }
        in.compact();
    }

    private void upgrade() throws IOException {
        String head = Wire.takeHead(in);
        if (head == null) {
            return;
        }
        if (!head.startsWith("HTTP/1.1 101 ")) {
            throw new ProtocolException(head.lines().findFirst().orElse("no status line"));
        }
        upgraded = true;
        call(
                "BootNotification",
                "{\"reason\":\"PowerUp\",\"chargingStation\":{\"model\":\"T1\",\"vendorName\":\"Acme\"}}");
    }

    private void received(Wire.Frame frame) throws IOException {
        switch (frame.opcode()) {
            case Wire.TEXT -> state = State.ONLINE; // the first answer is the one to the boot notification
            case Wire.PING -> send(Wire.PONG, frame.payload());
            case Wire.CLOSE -> throw new EOFException("the server closed the connection");
            default -> throw new ProtocolException("unexpected opcode " + frame.opcode());
        }
    }

    private void call(String action, String payload) throws IOException {
        messages++;
        send(
                Wire.TEXT,
                ByteBuffer.wrap(("[2,\"" + messages + "\",\"" + action + "\"," + payload + "]").getBytes(US_ASCII)));
    }

    private void send(int opcode, ByteBuffer payload) throws IOException {
        if (out.remaining() < Wire.HEADER + payload.remaining()) {
            throw new IOException("the server does not read");
        }
        Wire.putFrame(out, opcode, payload);
        flush();
    }

    private void flush() throws IOException {
        if (key == null || channel == null) {
            return;
        }
        out.flip();
        if (channel.write(out) > 0) {
            lastSent = System.nanoTime();
        }
        key.interestOps(out.hasRemaining() ? SelectionKey.OP_READ | SelectionKey.OP_WRITE : SelectionKey.OP_READ);
        out.compact();
    }
}
