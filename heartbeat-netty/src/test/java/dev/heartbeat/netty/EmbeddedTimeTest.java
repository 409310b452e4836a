package dev.heartbeat.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.HeartbeatPolicy;
import dev.heartbeat.LivenessEvent;
import dev.heartbeat.ZombieDetector;
import dev.heartbeat.testkit.ExecutorTime;
import dev.heartbeat.testkit.RecordingListener;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameEncoder;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A frozen channel and a detector of the kit's agree on the time. */
@ExtendWith(NoLeaks.class)
class EmbeddedTimeTest {

    private static final HeartbeatPolicy POLICY = HeartbeatPolicy.defaults();

    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final ExecutorTime time = new ExecutorTime(channel.eventLoop(), step -> {
        channel.advanceTimeBy(step.toNanos(), TimeUnit.NANOSECONDS);
        channel.runPendingTasks();
    });
    private final RecordingListener heard = new RecordingListener();
    private final ZombieDetector detector = time.detector(POLICY, heard);

    @BeforeEach
    void freeze() {
        channel.freezeTime();
        channel.pipeline()
                .addLast(new WebSocket13FrameEncoder(false))
                .addLast(new WebSocket13FrameDecoder(
                        WebSocketDecoderConfig.newBuilder().build()))
                .addLast(new HeartbeatHandler(detector));
    }

    @AfterEach
    void close() {
        detector.close();
        channel.finishAndReleaseAll();
    }

    @Test
    void timeIsWhatTheChannelSaysItIs() {
        long before = time.nanoTime();

        channel.advanceTimeBy(7, TimeUnit.SECONDS);

        assertThat(Duration.ofNanos(time.nanoTime() - before)).isEqualTo(Duration.ofSeconds(7));
    }

    @Test
    void aRoundTripIsAsLongAsTheTestMakesIt() {
        ByteBuf ping = channel.readOutbound();
        while (ping == null) {
            time.advance(Duration.ofMillis(10));
            ping = channel.readOutbound();
        }

        time.advance(Duration.ofMillis(80));
        channel.writeInbound(pong(ping));
        time.advance(Duration.ofMillis(10));

        assertThat(heard.of(LivenessEvent.Pong.class))
                .singleElement()
                .satisfies(
                        pong -> assertThat(pong.roundTrip()).isBetween(Duration.ofMillis(80), Duration.ofMillis(90)));
    }

    @Test
    void aZombieIsReapedWithoutAPauseBeingSeen() {
        time.advance(POLICY.detectionTime());

        assertThat(heard.of(LivenessEvent.Reap.class)).hasSize(1);
        assertThat(heard.of(LivenessEvent.Stall.class)).isEmpty();
        assertThat(channel.isOpen()).isFalse();
    }

    /** The same payload in a client's frame, whose mask changes nothing. */
    private static ByteBuf pong(ByteBuf ping) {
        int length = ping.skipBytes(1).readUnsignedByte();
        ByteBuf pong = Unpooled.buffer()
                .writeByte(0x8A)
                .writeByte(0x80 | length)
                .writeInt(0)
                .writeBytes(ping);
        ping.release();
        return pong;
    }
}
