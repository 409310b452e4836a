package dev.heartbeat.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.CombinedChannelDuplexHandler;
import io.netty.handler.codec.EncoderException;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocket00FrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocket00FrameEncoder;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameEncoder;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import io.netty.util.ReferenceCountUtil;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Where pongs cannot be seen the handler says so, and reaps nobody for their absence. */
@ExtendWith(NoLeaks.class)
class UnseenPongsTest {

    @RegisterExtension
    final LogCapture log = new LogCapture();

    private final VirtualTimeChannel peer = VirtualTimeChannel.server();

    @AfterEach
    void close() {
        peer.close();
    }

    @Test
    void aPeerWhosePongsNobodyShowsLivesByItsBytes() {
        peer.with(ownCodec(), swallowsControlFrames(), peer.heartbeatHandler(), new Collector());
        peer.send(new TextWebSocketFrame("hello"));

        peer.advance(Duration.ofMinutes(2));

        assertThat(peer.channel.isOpen()).isTrue();
        assertThat(peer.peer().pings()).hasSizeGreaterThan(8);
        assertThat(peer.eventNames()).isEmpty();
        assertThat(log.text()).containsOnlyOnce("pongs cannot be seen");
    }

    @Test
    void aPeerThatSendsNoByteIsReapedAllTheSame() {
        peer.with(ownCodec(), swallowsControlFrames(), peer.heartbeatHandler(), new Collector());
        peer.send(new TextWebSocketFrame("hello"));

        peer.mute().advance(VirtualTimeChannel.POLICY.detectionTime());

        assertThat(peer.eventNames()).containsExactly("timeout", "reap");
        assertThat(peer.channel.isOpen()).isFalse();
    }

    @Test
    void aPeerThatHasLivedByItsBytesIsReapedAsSoonAsAnyOther() {
        peer.with(ownCodec(), swallowsControlFrames(), peer.heartbeatHandler(), new Collector());
        peer.send(new TextWebSocketFrame("hello"));
        peer.advance(Duration.ofMinutes(2));

        peer.mute().advance(VirtualTimeChannel.POLICY.detectionTime());

        assertThat(peer.eventNames()).containsExactly("timeout", "reap");
    }

    @Test
    void aTalkingPeerIsNotDeafWhenThePipelineBeginsToRefusePings() {
        PingRefuser refuser = new PingRefuser();
        refuser.refuses = false;
        peer.with(
                refuser,
                new WebSocket13FrameEncoder(false),
                new WebSocket13FrameDecoder(WebSocketDecoderConfig.newBuilder().build()),
                peer.heartbeatHandler(),
                new Collector());
        peer.advance(Duration.ofMinutes(1));
        assertThat(peer.heartbeat().lastRoundTrip()).isPresent();

        refuser.refuses = true;
        peer.advance(Duration.ofMinutes(30), second -> peer.send(new TextWebSocketFrame("telemetry")));

        assertThat(peer.channel.isOpen()).isTrue();
        assertThat(peer.eventNames()).containsOnly("pong");
    }

    @Test
    void nobodyIsReapedForAPingThatThePipelineRefuses() {
        peer.with(
                new PingRefuser(),
                new WebSocket13FrameEncoder(false),
                new WebSocket13FrameDecoder(WebSocketDecoderConfig.newBuilder().build()),
                peer.heartbeatHandler(),
                new Collector());

        peer.mute().advance(Duration.ofMinutes(5));

        assertThat(peer.channel.isOpen()).isTrue();
        assertThat(peer.eventNames()).isEmpty();
        assertThat(log.text()).containsOnlyOnce("pings do not get through");
    }

    @Test
    void saysAlsoWhereItCannotSeePongsThatNobodyIsReaped() {
        peer.with(new PingRefuser(), ownCodec(), peer.heartbeatHandler(), new Collector());
        peer.send(new TextWebSocketFrame("hello"));

        peer.mute().advance(Duration.ofMinutes(5));

        assertThat(peer.eventNames()).isEmpty();
        assertThat(log.text()).containsOnlyOnce("pongs cannot be seen").containsOnlyOnce("silent peers are not reaped");
    }

    @Test
    void aDraftWithoutPingsIsNotWatched() {
        peer.with(
                new WebSocket00FrameEncoder(), new WebSocket00FrameDecoder(), peer.heartbeatHandler(), new Collector());

        peer.mute().advance(Duration.ofMinutes(5));

        assertThat(peer.channel.isOpen()).isTrue();
        assertThat(peer.detector.watched()).isZero();
        assertThat(log.text()).containsOnlyOnce("has no pings");
    }

    private static ChannelHandler ownCodec() {
        return new CombinedChannelDuplexHandler<>(
                new WebSocket13FrameDecoder(WebSocketDecoderConfig.newBuilder().build()),
                new WebSocket13FrameEncoder(false));
    }

    private static ChannelHandler swallowsControlFrames() {
        return new ChannelDuplexHandler() {
            @Override
            public void channelRead(ChannelHandlerContext ctx, Object message) {
                if (message instanceof TextWebSocketFrame) {
                    ctx.fireChannelRead(message);
                } else {
                    ReferenceCountUtil.release(message);
                }
            }
        };
    }

    private static final class PingRefuser extends ChannelDuplexHandler {
        private boolean refuses = true;

        @Override
        public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
            if (refuses) {
                ReferenceCountUtil.release(message);
                promise.setFailure(new EncoderException("unknown message"));
            } else {
                ctx.write(message, promise);
            }
        }
    }
}
