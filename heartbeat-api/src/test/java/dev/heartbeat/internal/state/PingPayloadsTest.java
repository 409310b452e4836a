package dev.heartbeat.internal.state;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PingPayloadsTest {

    private static final long SENT = 123_456_789;

    private final PingPayloads payloads = new PingPayloads();

    @Test
    void aPayloadIsTwelveLettersAndDigits() {
        for (long sent = 0; sent < 10_000; sent++) {
            assertThat(text(payloads.payload(sent))).matches("[0-9a-z]{12}");
        }
    }

    @Test
    void eachPingHasItsOwn() {
        Set<String> seen = new HashSet<>();
        for (long sent = 0; sent < 100_000; sent++) {
            seen.add(text(payloads.payload(sent)));
        }
        assertThat(seen).hasSize(100_000);
    }

    @Test
    void neighbouringPingsShareNothingThatTheirPeerCouldGuessFrom() {
        int differing = 0;
        for (long sent = 0; sent < 1_000; sent++) {
            String one = text(payloads.payload(sent));
            String next = text(payloads.payload(sent + 1));
            for (int i = 0; i < one.length(); i++) {
                differing += one.charAt(i) == next.charAt(i) ? 0 : 1;
            }
        }
        assertThat(differing / 12_000.0).as("31 of 32 characters differ").isBetween(0.95, 0.99);
    }

    @Test
    void anEchoTellsWhenItsPingWasSent() {
        for (long sent = 1; sent < 1L << 42; sent = sent * 3 + 1) {
            assertThat(payloads.sentOf(payloads.payload(sent))).isEqualTo(sent);
        }
    }

    @Test
    void aPongThatEchoesNothingTellsNoMoment() {
        int taken = 0;
        for (int i = 0; i < 100_000; i++) {
            taken += payloads.sentOf(ByteBuffer.wrap(String.format("%012d", i).getBytes())) < 0 ? 0 : 1;
        }
        assertThat(taken).as("one in 262 144").isLessThan(10);
        for (String other :
                List.of("", "0123456789a", "0123456789abc", "0123456789AB", "z23456789abc", "0123456789\u00e9a")) {
            assertThat(payloads.sentOf(ByteBuffer.wrap(other.getBytes(StandardCharsets.ISO_8859_1))))
                    .as(other)
                    .isNegative();
        }
    }

    @Test
    void anotherDetectorHasOthers() {
        ByteBuffer foreign = new PingPayloads().payload(SENT);

        assertThat(payloads.echoes(foreign, SENT)).isFalse();
    }

    @Test
    void everyBufferIsFreshAndMayBeKept() {
        ByteBuffer one = payloads.payload(SENT);
        one.put(0, (byte) '!').position(5);

        ByteBuffer other = payloads.payload(SENT);

        assertThat(other.remaining()).isEqualTo(12);
        assertThat(payloads.echoes(other, SENT)).isTrue();
    }

    @Test
    void anEchoIsRecognisedInAnyKindOfBufferAndLeftAsItWas() {
        byte[] echo = new byte[12];
        payloads.payload(SENT).get(echo);
        ByteBuffer direct =
                ByteBuffer.allocateDirect(20).position(3).put(echo).flip().position(3);
        ByteBuffer offset =
                ByteBuffer.wrap(new byte[40], 9, 12).put(echo).flip().position(9);
        ByteBuffer slice = ByteBuffer.wrap(offset.array(), 9, 12).slice();

        for (ByteBuffer pong : new ByteBuffer[] {direct, offset, slice, offset.asReadOnlyBuffer()}) {
            int position = pong.position();
            int limit = pong.limit();
            assertThat(payloads.echoes(pong, SENT)).as("%s", pong).isTrue();
            assertThat(pong.position()).isEqualTo(position);
            assertThat(pong.limit()).isEqualTo(limit);
        }
    }

    @Test
    void nothingButTheWholePayloadIsAnEcho() {
        byte[] echo = new byte[12];
        payloads.payload(SENT).get(echo);

        assertThat(payloads.echoes(ByteBuffer.allocate(0), SENT)).isFalse();
        assertThat(payloads.echoes(ByteBuffer.allocate(12), SENT)).isFalse();
        assertThat(payloads.echoes(ByteBuffer.wrap(echo, 0, 11), SENT)).isFalse();
        assertThat(payloads.echoes(ByteBuffer.wrap(echo, 1, 11), SENT)).isFalse();
        assertThat(payloads.echoes(ByteBuffer.allocate(125).put(echo).rewind(), SENT))
                .isFalse();
        assertThat(payloads.echoes(ByteBuffer.wrap(echo), SENT + 1)).isFalse();
        for (int i = 0; i < echo.length; i++) {
            byte[] forged = echo.clone();
            forged[i] ^= 1;
            assertThat(payloads.echoes(ByteBuffer.wrap(forged), SENT))
                    .as("character %s", i)
                    .isFalse();
        }
    }

    private static String text(ByteBuffer payload) {
        StringBuilder text = new StringBuilder();
        while (payload.hasRemaining()) {
            text.append((char) payload.get());
        }
        return text.toString();
    }
}
