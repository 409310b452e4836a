package dev.heartbeat.sim;

import static dev.heartbeat.sim.VirtualLoop.SECOND;
import static dev.heartbeat.sim.VirtualLoop.nanos;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.heartbeat.sim.Assumptions.Link;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SendBufferTest {

    private static final double RATE = Link.GSM.rate;
    private static final int MESSAGE = 1_000_000;
    private static final int PING = 16;

    private final VirtualLoop loop = new VirtualLoop();
    private final List<Object> messages = new ArrayList<>();
    private double latestAt;
    private long diesAt = Air.NEVER;
    private boolean frozen;
    private final TcpStream link = new TcpStream(loop, new Wire(), nanos(.1), this::arrived);
    private SendBuffer buffer = buffer(false);

    @Test
    void drainsAtTheRateOfTheLink() {
        buffer.send("message", MESSAGE);
        loop.run(nanos(50));
        assertThat(buffer.unacknowledged()).isBetween((long) (MESSAGE - 51 * RATE), (long) (MESSAGE - 47 * RATE));
        loop.run(nanos(200));
        assertThat(latestAt).isEqualTo(MESSAGE / RATE, within(3.0));
        assertThat(buffer.unacknowledged()).isZero();
    }

    @Test
    void aPingQueuesBehindAMessage() {
        buffer.send("message", MESSAGE);
        buffer.send("ping", PING);
        loop.run(nanos(MESSAGE / RATE - 5));
        assertThat(messages).isEmpty();
        loop.run(nanos(200));
        assertThat(messages).containsExactly("message", "ping");
    }

    @Test
    void whatTheKernelDoesNotTakeWaitsInTheTransportAndTheRestOfItBehind() {
        buffer.send("message", Assumptions.SEND_BUFFER + MESSAGE);
        buffer.send("ping", PING);
        assertThat(buffer.holdsBack("ping")).isTrue();
        assertThat(buffer.waiting()).isCloseTo((long) MESSAGE + PING, within(1L << 16));
        assertThat(buffer.unacknowledged()).isCloseTo((long) Assumptions.SEND_BUFFER, within(1L << 16));
        loop.run(nanos((MESSAGE + 100_000) / RATE));
        assertThat(buffer.holdsBack("ping")).isFalse();
        assertThat(buffer.waiting()).isZero();
    }

    @Test
    void aProxyAcknowledgesWhatTheDeviceHasNotGot() {
        buffer = buffer(true);
        buffer.send("message", MESSAGE);
        buffer.send("ping", PING);
        loop.run(nanos(1));
        assertThat(buffer.unacknowledged()).isZero();
        assertThat(messages).isEmpty();
        loop.run(nanos(200));
        assertThat(messages).containsExactly("message", "ping");
    }

    @Test
    void whatAProxyCannotHoldStandsInTheKernel() {
        buffer = buffer(true);
        buffer.send("message", Assumptions.PROXY_BUFFERS + MESSAGE);
        assertThat(buffer.unacknowledged()).isCloseTo((long) MESSAGE, within(1L << 16));
        loop.run(nanos(10));
        assertThat(buffer.unacknowledged()).isCloseTo((long) (MESSAGE - 10 * RATE), within(1L << 16));
    }

    @Test
    void aVanishedDeviceLeavesTheRestStandingAndIsSentToAgainAndAgain() {
        diesAt = nanos(20);
        buffer.send("message", MESSAGE);
        loop.run(nanos(25));
        long standing = buffer.unacknowledged();
        loop.run(nanos(100));
        assertThat(buffer.unacknowledged()).isEqualTo(standing).isPositive();
        assertThat(buffer.retransmissions()).isBetween(3, 10);
        assertThat(buffer.isWindowClosed()).isFalse();
    }

    @Test
    void aFrozenDevicesKernelAcknowledgesUntilItsBufferIsFull() {
        frozen = true;
        buffer.send("message", MESSAGE);
        loop.run(nanos(200));
        assertThat(buffer.unacknowledged()).isCloseTo((long) MESSAGE - Assumptions.DEVICE_BUFFER, within(1L << 13));
        assertThat(buffer.retransmissions()).isZero();
        assertThat(buffer.isWindowClosed()).isTrue();
    }

    private SendBuffer buffer(boolean proxied) {
        SendBuffer made = new SendBuffer(link, Piece.Size.on(RATE), proxied);
        link.onAcknowledged(made::acknowledged);
        return made;
    }

    private void arrived(Object arrived) {
        Piece piece = (Piece) arrived;
        if (frozen) {
            buffer.stuff(piece.bytes());
        } else if (piece.payload() != Piece.PART) {
            messages.add(piece.payload());
            latestAt = (double) loop.now() / SECOND;
        }
    }

    /** A tenth of a second there and back, without losses, until the device dies. */
    private final class Wire implements TcpPath {
        private final Bottleneck bottleneck = new Bottleneck(RATE, nanos(.1));

        @Override
        public long data(int bytes, Runnable again) {
            return loop.now() >= diesAt ? Air.NEVER : bottleneck.pass(loop.now() + nanos(.05), bytes);
        }

        @Override
        public long dataAtLast(int bytes) {
            throw new IllegalStateException("nothing waits");
        }

        @Override
        public long acknowledgement() {
            return loop.now() >= diesAt ? Air.NEVER : loop.now() + nanos(.05);
        }

        @Override
        public long timeoutNotBefore() {
            return Math.max(loop.kernelRunsAt(), bottleneck.acknowledgedAt());
        }
    }
}
