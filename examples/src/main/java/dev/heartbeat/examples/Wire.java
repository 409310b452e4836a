package dev.heartbeat.examples;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.nio.ByteBuffer;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** As much of RFC 6455 as a charge point speaks: the opening handshake, and small frames, masked as a client's must be. */
final class Wire {

    static final int TEXT = 0x1;
    static final int CLOSE = 0x8;
    static final int PING = 0x9;
    static final int PONG = 0xA;

    /** The longest header of a frame up to 64 KiB: two bytes, the length, the mask. */
    static final int HEADER = 8;

    private static final int FIN = 0x80;
    private static final int MASKED = 0x80;
    private static final int LENGTH = 0x7F;
    private static final int TWO_BYTE_LENGTH = 126;
    private static final byte[] END_OF_HEADERS = {'\r', '\n', '\r', '\n'};

    private Wire() {}

    /** A frame from the server; its payload lies in the buffer it was taken off. */
    record Frame(int opcode, ByteBuffer payload) {}

    static byte[] handshake(String path, int port) {
        return ("GET " + path + " HTTP/1.1\r\n"
                        + "Host: 127.0.0.1:" + port + "\r\n"
                        + "Upgrade: websocket\r\n"
                        + "Connection: Upgrade\r\n"
                        + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                        + "Sec-WebSocket-Version: 13\r\n"
                        + "Sec-WebSocket-Protocol: ocpp2.0.1\r\n\r\n")
                .getBytes(US_ASCII);
    }

    /** Takes the head of the server's answer off the buffer; null as long as it is incomplete. */
    static @Nullable String takeHead(ByteBuffer in) {
        for (int end = in.position() + END_OF_HEADERS.length; end <= in.limit(); end++) {
            if (in.slice(end - END_OF_HEADERS.length, END_OF_HEADERS.length).equals(ByteBuffer.wrap(END_OF_HEADERS))) {
                byte[] head = new byte[end - in.position()];
                in.get(head);
                return new String(head, US_ASCII);
            }
        }
        return null;
    }

    /** Takes a frame off the buffer; null as long as it is incomplete. */
    static @Nullable Frame takeFrame(ByteBuffer in) {
        if (in.remaining() < 2) {
            return null;
        }
        int start = in.position();
        int opcode = in.get() & 0xF;
        int length = in.get() & LENGTH;
        if (length == TWO_BYTE_LENGTH) {
            length = in.remaining() < Short.BYTES ? Integer.MAX_VALUE : Short.toUnsignedInt(in.getShort());
        }
        if (in.remaining() < length) {
            in.position(start);
            return null;
        }
        Frame frame = new Frame(opcode, in.slice(in.position(), length));
        in.position(in.position() + length);
        return frame;
    }

    /** Puts a frame of up to 64 KiB, for which there must be room. */
    static void putFrame(ByteBuffer out, int opcode, ByteBuffer payload) {
        int mask = ThreadLocalRandom.current().nextInt();
        out.put((byte) (FIN | opcode));
        int length = payload.remaining();
        if (length < TWO_BYTE_LENGTH) {
            out.put((byte) (MASKED | length));
        } else {
            out.put((byte) (MASKED | TWO_BYTE_LENGTH)).putShort((short) length);
        }
        out.putInt(mask);
        for (int i = 0; i < length; i++) {
            out.put((byte) (payload.get() ^ (mask >>> (24 - (8 * (i % 4))))));
        }
    }
}
