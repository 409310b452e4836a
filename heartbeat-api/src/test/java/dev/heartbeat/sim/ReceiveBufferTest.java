package dev.heartbeat.sim;

import static dev.heartbeat.sim.VirtualLoop.nanos;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReceiveBufferTest {

    private final VirtualLoop loop = new VirtualLoop();
    private final List<Object> messages = new ArrayList<>();
    private final ReceiveBuffer buffer = new ReceiveBuffer(loop, messages::add);

    @Test
    void readsAtOnce() {
        buffer.arrived("pong", 16);
        assertThat(messages).containsExactly("pong");
        assertThat(buffer.read()).isEqualTo(16);
        assertThat(buffer.unread()).isZero();
    }

    @Test
    void keepsWhatArrivesWhileReadingIsPausedAndReadsItInOrderAfterwards() {
        buffer.pause();
        buffer.arrived("telemetry", 200);
        buffer.arrived("pong", 16);
        assertThat(messages).isEmpty();
        assertThat(buffer.unread()).isEqualTo(216);
        buffer.resume();
        assertThat(messages).containsExactly("telemetry", "pong");
        assertThat(buffer.read()).isEqualTo(216);
        assertThat(buffer.unread()).isZero();
    }

    @Test
    void aFrozenProcessReadsWhenItThaws() {
        loop.freeze(nanos(10), false);
        buffer.arrived("pong", 16);
        assertThat(messages).isEmpty();
        loop.run(nanos(10));
        assertThat(messages).containsExactly("pong");
    }
}
