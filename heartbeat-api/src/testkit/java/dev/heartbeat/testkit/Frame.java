package dev.heartbeat.testkit;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * One WebSocket frame, as RFC 6455 section 5.2 has it, read and written by hand.
 *
 * @param fin whether it is the last of its message
 * @param opcode its kind
 * @param payload what it carries, not masked
 */
public record Frame(boolean fin, int opcode, byte[] payload) {

    /** Another part of a message. */
    public static final int CONTINUATION = 0;
    /** A text message, or its first part. */
    public static final int TEXT = 1;
    /** A binary message, or its first part. */
    public static final int BINARY = 2;
    /** Half of the closing handshake. */
    public static final int CLOSE = 8;
    /** A question to be answered by a pong. */
    public static final int PING = 9;
    /** An answer to a ping, or a sign of life that nobody asked for. */
    public static final int PONG = 10;

    private static final byte[] MASK = {1, 2, 3, 4};

    /**
     * A text message in one frame.
     *
     * @param text what it says
     * @return the frame
     */
    public static Frame text(String text) {
        return new Frame(true, TEXT, text.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * A pong.
     *
     * @param payload that of the ping which it answers, if it answers one
     * @return the frame
     */
    public static Frame pong(byte[] payload) {
        return new Frame(true, PONG, payload);
    }

    /**
     * A close frame without a reason.
     *
     * @param code its code, such as 1000
     * @return the frame
     */
    public static Frame close(int code) {
        return new Frame(true, CLOSE, new byte[] {(byte) (code >> 8), (byte) code});
    }

    /**
     * The payload as text.
     *
     * @return the payload, decoded as UTF-8
     */
    public String text() {
        return new String(payload, StandardCharsets.UTF_8);
    }

    /**
     * The code of a close frame.
     *
     * @return the code, or 1005 for a frame that has none
     */
    public int closeCode() {
        return payload.length < 2 ? 1005 : ByteBuffer.wrap(payload).getShort() & 0xffff;
    }

    /**
     * Reads a frame.
     *
     * @param in where from
     * @return the frame, whose payload is no longer masked
     * @throws IOException if the stream fails, or ends before the frame does
     */
    public static Frame read(DataInputStream in) throws IOException {
        int first = in.readUnsignedByte();
        int second = in.readUnsignedByte();
        int shortLength = second & 0x7f;
        long length = shortLength == 126 ? in.readUnsignedShort() : shortLength == 127 ? in.readLong() : shortLength;
        byte[] mask = new byte[(second & 0x80) == 0 ? 0 : 4];
        in.readFully(mask);
        byte[] payload = new byte[Math.toIntExact(length)];
        in.readFully(payload);
        for (int i = 0; mask.length > 0 && i < payload.length; i++) {
            payload[i] ^= mask[i & 3];
        }
        return new Frame((first & 0x80) != 0, first & 0xf, payload);
    }

    /**
     * Writes the frame and flushes.
     *
     * @param out where to
     * @param masked whether to mask it, as a client must and a server must not
     * @throws IOException if the stream fails
     */
    public void write(OutputStream out, boolean masked) throws IOException {
        out.write(header(masked));
        byte[] bytes = payload.clone();
        for (int i = 0; masked && i < bytes.length; i++) {
            bytes[i] ^= MASK[i & 3];
        }
        out.write(bytes);
        out.flush();
    }

    /**
     * What comes before the payload, whose length may be announced long before the payload is sent.
     *
     * @param masked whether the payload that follows is masked
     * @return the header, with the mask if there is one
     */
    public byte[] header(boolean masked) {
        ByteBuffer header = ByteBuffer.allocate(14);
        int maskBit = masked ? 0x80 : 0;
        header.put((byte) ((fin ? 0x80 : 0) | opcode));
        if (payload.length < 126) {
            header.put((byte) (maskBit | payload.length));
        } else if (payload.length < 65_536) {
            header.put((byte) (maskBit | 126)).putShort((short) payload.length);
        } else {
            header.put((byte) (maskBit | 127)).putLong(payload.length);
        }
        if (masked) {
            header.put(MASK);
        }
        return Arrays.copyOf(header.array(), header.position());
    }
}
