package dev.heartbeat.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.Hindrance;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.ContinuationWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A silence that our own side explains is no evidence, up to the cap of the policy. */
@ExtendWith(NoLeaks.class)
class HindranceTest {

    private static final Duration DETECTION = VirtualTimeChannel.POLICY.detectionTime();

    private final SlowChannel slow = new SlowChannel();
    private final VirtualTimeChannel peer = VirtualTimeChannel.server(slow);

    @AfterEach
    void close() {
        peer.close();
    }

    @Test
    void sparesAPeerWhileReadingIsPausedAndHearsItAfterwards() {
        serve(new Collector());
        peer.channel.config().setAutoRead(false);

        peer.mute().advance(Duration.ofSeconds(40));
        assertThat(peer.channel.isOpen()).isTrue();
        assertThat(peer.eventNames()).isEmpty();

        peer.channel.config().setAutoRead(true);
        peer.send(new TextWebSocketFrame("sent long ago"));
        peer.advance(Duration.ofSeconds(5));

        assertThat(peer.eventNames()).isEmpty();
    }

    @Test
    void reapsAtTheCapAlthoughReadingIsPaused() {
        serve(new Collector());
        peer.channel.config().setAutoRead(false);

        peer.mute()
                .advance(
                        DETECTION.plus(VirtualTimeChannel.POLICY.hindranceCap()).plusSeconds(1));

        assertThat(peer.eventNames()).containsExactly("timeout", "reap");
        assertThat(peer.reap().evidence().hindrances()).containsExactly(Hindrance.READING_PAUSED);
    }

    @Test
    void waitsForWhatArrivedDuringAPauseThatIsJustOver() {
        serve(new Collector());
        peer.mute().advance(Duration.ofSeconds(10));
        assertThat(peer.peer().pings()).hasSize(1);

        // Paused and resumed by the application between two looks at it, in the middle of an unanswered ping.
        peer.channel.config().setAutoRead(false);
        peer.channel.config().setAutoRead(true);

        assertThat(handler().hindrance()).isEqualTo(Hindrance.READING_PAUSED);
        assertThat(handler().hindrance()).isEqualTo(Hindrance.NONE);
    }

    @Test
    void aMessageIsIncompleteFromItsFirstFragmentToItsLast() {
        serve(new Collector());
        assertThat(handler().hindrance()).isEqualTo(Hindrance.NONE);

        peer.send(new TextWebSocketFrame(false, 0, "half"));
        assertThat(handler().hindrance()).isEqualTo(Hindrance.MESSAGE_INCOMPLETE);

        peer.send(new ContinuationWebSocketFrame(true, 0, " done"));
        assertThat(handler().hindrance()).isEqualTo(Hindrance.NONE);
    }

    @Test
    void aFrameIsIncompleteFromItsFirstBytesToItsLast() {
        serve(new Collector());
        byte[] frame = peer.bytes(new BinaryWebSocketFrame(Unpooled.wrappedBuffer(new byte[1_000])));

        for (int from = 0; from < 900; from += 300) {
            peer.sendBytes(Arrays.copyOfRange(frame, from, from + 300));
            assertThat(handler().hindrance()).isEqualTo(Hindrance.MESSAGE_INCOMPLETE);
        }

        peer.sendBytes(Arrays.copyOfRange(frame, 900, frame.length));
        assertThat(handler().hindrance()).isEqualTo(Hindrance.NONE);
    }

    @Test
    void aPauseInTheMiddleOfAFrameIsSeen() {
        serve(new Collector());
        peer.sendBytes(new byte[] {(byte) 0x82, (byte) 0xFE});

        peer.channel.config().setAutoRead(false);
        assertThat(handler().hindrance()).isEqualTo(Hindrance.READING_PAUSED);
        peer.channel.config().setAutoRead(true);
        assertThat(handler().hindrance()).isEqualTo(Hindrance.READING_PAUSED);
        assertThat(handler().hindrance()).isEqualTo(Hindrance.MESSAGE_INCOMPLETE);

        peer.channel.config().setAutoRead(false);
        peer.channel.config().setAutoRead(true);
        assertThat(handler().hindrance()).isEqualTo(Hindrance.READING_PAUSED);
    }

    @Test
    void aReadThatAHandlerAskedForIsNotPausedBeforeAWholeFrameHasCome() {
        serve(new Collector());
        peer.channel.config().setAutoRead(false);
        peer.channel.read();
        assertThat(handler().hindrance()).isEqualTo(Hindrance.READING_PAUSED);
        byte[] frame = peer.bytes(new BinaryWebSocketFrame(Unpooled.wrappedBuffer(new byte[1_000])));

        peer.sendBytes(Arrays.copyOf(frame, 300));
        assertThat(handler().hindrance()).isEqualTo(Hindrance.MESSAGE_INCOMPLETE);
        // As an application does that asks whenever something has been read.
        peer.channel.read();
        assertThat(handler().hindrance()).isEqualTo(Hindrance.MESSAGE_INCOMPLETE);

        peer.sendBytes(Arrays.copyOfRange(frame, 300, frame.length));
        assertThat(handler().hindrance()).isEqualTo(Hindrance.READING_PAUSED);
    }

    @Test
    void whatWasBeingReadIsForgottenWhenTheHandlerIsRemoved() {
        serve(new Collector());
        peer.send(new TextWebSocketFrame(false, 0, "half"));
        HeartbeatHandler handler = handler();

        peer.channel.pipeline().remove(handler);
        peer.send(new ContinuationWebSocketFrame(true, 0, " done"));
        peer.channel.pipeline().addLast(handler);

        assertThat(handler.hindrance()).isEqualTo(Hindrance.NONE);
        peer.send(new TextWebSocketFrame("whole"));
        assertThat(handler.hindrance()).isEqualTo(Hindrance.NONE);
    }

    @Test
    void anApplicationThatAsksForEachReadIsNoHindrance() {
        serve(new ReaderByHand());
        peer.channel.config().setAutoRead(false);
        peer.channel.read();
        peer.send(new TextWebSocketFrame("one"));
        peer.send(new TextWebSocketFrame("two"));

        peer.mute().advance(DETECTION);

        assertThat(peer.eventNames()).containsExactly("timeout", "reap");
    }

    @Test
    void anAnswerThatIsKeptBackDoesNotUseUpTheReadThatTheApplicationAskedFor() {
        serve(new ReaderByHand());
        peer.channel.config().setAutoRead(false);
        peer.channel.read();

        peer.advance(Duration.ofSeconds(30));

        assertThat(peer.eventNames()).contains("pong");
        assertThat(handler().hindrance()).isEqualTo(Hindrance.NONE);
    }

    @Test
    void sparesAPeerThatIsStillTakingALargeMessage() {
        serve(new Collector());
        slow.takesPerFlush(16 << 10);
        peer.channel.writeAndFlush(new BinaryWebSocketFrame(Unpooled.wrappedBuffer(new byte[1 << 20])));

        peer.mute()
                .advance(Duration.ofSeconds(50), second -> peer.channel.unsafe().flush());

        assertThat(peer.channel.isOpen()).isTrue();
        assertThat(peer.eventNames()).isEmpty();
    }

    /** A kernel with a full buffer takes nothing until a third of it is free: 36 s on a link of 40 kB/s (measured). */
    @Test
    void sparesAPeerToWhichALargeMessageGoesInLumps() {
        serve(new Collector());
        slow.takesPerFlush(64 << 10);
        peer.channel.writeAndFlush(new BinaryWebSocketFrame(Unpooled.wrappedBuffer(new byte[4 << 20])));

        peer.mute().advance(Duration.ofSeconds(50), second -> {
            if (second % 6 == 0) {
                peer.channel.unsafe().flush();
            }
        });

        assertThat(peer.channel.isOpen()).isTrue();
        assertThat(peer.eventNames()).doesNotContain("reap");
    }

    @Test
    void sparesAPeerToWhichMessageAfterMessageGoesInOneRecycledBuffer() {
        serve(new Collector());
        ByteBuf recycled = peer.channel.alloc().buffer(1 << 10);
        slow.takesPerFlush(0);
        refill(recycled);

        peer.mute().advance(Duration.ofSeconds(50), second -> {
            slow.takesPerFlush(2 << 10);
            peer.channel.unsafe().flush();
            slow.takesPerFlush(0);
            refill(recycled);
        });

        assertThat(peer.channel.isOpen()).isTrue();
        recycled.release();
    }

    /** Sends what a pool makes of a buffer that has been sent: the same object, with the next binary message in it. */
    private void refill(ByteBuf recycled) {
        recycled.clear().writeByte(0x82).writeByte(126).writeShort(1020).writeZero(1020);
        peer.channel.writeAndFlush(recycled.retain());
    }

    @Test
    void reapsAPeerThatTakesNoMoreOfALargeMessage() {
        serve(new Collector());
        slow.takesPerFlush(16 << 10);
        peer.channel.writeAndFlush(new BinaryWebSocketFrame(Unpooled.wrappedBuffer(new byte[1 << 20])));

        peer.mute().advance(DETECTION, second -> {
            slow.takesPerFlush(0);
            peer.channel.unsafe().flush();
        });

        assertThat(peer.eventNames()).containsExactly("timeout", "reap");
    }

    @Test
    void sparesAPeerBeyondTheCapAsLongAsItTakesALargeMessage() {
        serve(new Collector());
        slow.takesPerFlush(1 << 10);
        peer.channel.writeAndFlush(new BinaryWebSocketFrame(Unpooled.wrappedBuffer(new byte[1 << 20])));

        peer.mute()
                .advance(
                        DETECTION.plus(VirtualTimeChannel.POLICY.hindranceCap().multipliedBy(2)),
                        second -> peer.channel.unsafe().flush());

        assertThat(peer.channel.isOpen()).isTrue();
        assertThat(peer.eventNames()).doesNotContain("reap");
        assertThat(handler().hindrance()).isEqualTo(Hindrance.NONE);
    }

    @Test
    void sparesEverybodyAfterTheProcessWasStoppedInTheMiddleOfAPing() {
        serve(new Collector());
        peer.mute().advance(Duration.ofSeconds(10));
        String payload = peer.peer().pings().get(0);

        peer.stall(Duration.ofSeconds(600));
        peer.channel.runScheduledPendingTasks();
        peer.advance(Duration.ofMillis(200));
        peer.send(new PongWebSocketFrame(Unpooled.copiedBuffer(payload, StandardCharsets.US_ASCII)));
        peer.advance(Duration.ofSeconds(5));

        assertThat(peer.eventNames()).contains("stall", "pong").doesNotContain("timeout", "reap");
    }

    @Test
    void reapsAZombieWithinTheBoundAfterTheProcessWasStopped() {
        serve(new Collector());
        peer.mute().advance(Duration.ofSeconds(10));

        peer.stall(Duration.ofSeconds(600));
        peer.advance(DETECTION);

        assertThat(peer.eventNames()).containsExactly("stall", "timeout", "reap");
    }

    private HeartbeatHandler handler() {
        return peer.channel.pipeline().get(HeartbeatHandler.class);
    }

    private void serve(ChannelInboundHandlerAdapter application) {
        peer.with(Pipelines.serverHttp());
        peer.with(Pipelines.serverProtocol(), peer.heartbeatHandler(), application);
        peer.shakeHands();
    }

    /** Asks for the next message when it is done with one. */
    private static final class ReaderByHand extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            ReferenceCountUtil.release(message);
            ctx.read();
        }
    }
}
