package dev.heartbeat.examples;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WireTest {

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 5, 125, 126, 300})
    void masksAFrameSoThatTheServerCanRead(int length) {
        byte[] payload = "x".repeat(length).getBytes(US_ASCII);
        ByteBuffer out = ByteBuffer.allocate(Wire.HEADER + length);

        Wire.putFrame(out, Wire.PONG, ByteBuffer.wrap(payload));

        out.flip();
        assertThat(out.get()).isEqualTo((byte) 0x8A);
        int lengthBits = out.get() & 0xFF;
        assertThat(lengthBits).isEqualTo(0x80 | Math.min(length, 126));
        assertThat(length < 126 ? lengthBits & 0x7F : out.getShort()).isEqualTo(length);
        byte[] mask = new byte[4];
        out.get(mask);
        byte[] masked = new byte[length];
        out.get(masked);
        for (int i = 0; i < length; i++) {
            masked[i] ^= mask[i % 4];
        }
        assertThat(masked).isEqualTo(payload);
        assertThat(out.hasRemaining()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 200})
    void takesAFrameOnlyWhenItIsComplete(int length) {
        ByteBuffer in = ByteBuffer.allocate(1024).put((byte) 0x89);
        if (length < 126) {
            in.put((byte) length);
        } else {
            in.put((byte) 126).putShort((short) length);
        }
        in.put(new byte[length]).flip();
        int complete = in.limit();

        for (int arrived = 0; arrived < complete; arrived++) {
            in.limit(arrived);
            assertThat(Wire.takeFrame(in)).isNull();
            assertThat(in.position()).isZero();
        }
        in.limit(complete);
        Wire.Frame frame = Wire.takeFrame(in);

        assertThat(frame.opcode()).isEqualTo(Wire.PING);
        assertThat(frame.payload().remaining()).isEqualTo(length);
        assertThat(in.hasRemaining()).isFalse();
    }

    @Test
    void leavesWhatFollowsTheHeadOfTheHandshake() {
        String head = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n";
        ByteBuffer in = ByteBuffer.wrap((head + "next").getBytes(US_ASCII));

        assertThat(Wire.takeHead(in.duplicate().limit(head.length() - 1))).isNull();
        assertThat(Wire.takeHead(in)).isEqualTo(head);
        assertThat(in.remaining()).isEqualTo("next".length());
    }
}
