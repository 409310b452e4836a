package dev.heartbeat.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameEncoder;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import io.netty.util.ReferenceCountUtil;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A handler that neither lets a ping out nor fails it keeps its peer from being judged, and is told of. */
@ExtendWith(NoLeaks.class)
class SwallowedPingTest {

    private static final Duration CAP = VirtualTimeChannel.POLICY.hindranceCap();

    @RegisterExtension
    final LogCapture log = new LogCapture();

    private final SlowChannel slow = new SlowChannel();
    private final VirtualTimeChannel peer = VirtualTimeChannel.server(slow);

    @AfterEach
    void close() {
        peer.close();
    }

    @Test
    void isToldOfOnceAfterTheHindranceCap() {
        serve(new Swallower());

        peer.mute().advance(CAP);
        assertThat(log.text()).doesNotContain("held back");
        peer.advance(CAP.multipliedBy(3));

        assertThat(peer.channel.isOpen()).isTrue();
        assertThat(log.text()).containsOnlyOnce("held back by a handler");
    }

    @Test
    void aPingBehindOutputThatMovesSlowlyIsNotSwallowed() {
        serve(new ChannelDuplexHandler());
        peer.advance(Duration.ofSeconds(11));
        slow.takesPerFlush(1 << 10);
        slow.writeAndFlush(new BinaryWebSocketFrame(Unpooled.wrappedBuffer(new byte[120 << 10])));

        peer.advance(CAP.plusSeconds(30), second -> slow.unsafe().flush());

        assertThat(log.text()).doesNotContain("held back");
    }

    private void serve(ChannelDuplexHandler nearest) {
        peer.with(
                nearest,
                new WebSocket13FrameEncoder(false),
                new WebSocket13FrameDecoder(WebSocketDecoderConfig.newBuilder().build()),
                peer.heartbeatHandler(),
                new Collector());
    }

    private static final class Swallower extends ChannelDuplexHandler {
        @Override
        public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
            ReferenceCountUtil.release(message);
        }
    }
}
