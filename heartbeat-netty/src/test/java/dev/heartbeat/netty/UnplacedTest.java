package dev.heartbeat.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.UnsupportedMessageTypeException;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A handler that finds no frame codec says so, or watches by bytes, and does neither where plain HTTP may still be upgraded. */
@ExtendWith(NoLeaks.class)
class UnplacedTest {

    private static final Duration INTERVAL = VirtualTimeChannel.POLICY.pingInterval();

    @RegisterExtension
    final LogCapture log = new LogCapture();

    private final VirtualTimeChannel peer = VirtualTimeChannel.server();

    @AfterEach
    void close() {
        peer.close();
    }

    /** As Ktor's engine does it: its handlers are before the application's, and what they write passes none of those. */
    @Test
    void watchesByItsBytesAChannelWhoseCodecTookHttpsPlace() {
        peer.with(new HttpServerCodec(), new HttpObjectAggregator(65_536), new OwnHandshake(), peer.heartbeatHandler());
        peer.shakeHands();
        assertThat(peer.detector.watched()).isZero();

        peer.send(new TextWebSocketFrame("hello"));

        assertThat(peer.detector.watched()).isEqualTo(1);
        assertThat(peer.channel.pipeline().first()).isInstanceOf(HeartbeatHandler.class);
        assertThat(log.text()).containsOnlyOnce("pongs cannot be seen");
    }

    @Test
    void watchesItThoughThePeerSaysNothingAfterTheHandshake() {
        peer.with(new HttpServerCodec(), new HttpObjectAggregator(65_536), new OwnHandshake(), peer.heartbeatHandler());
        peer.shakeHands();

        peer.mute().advance(INTERVAL.plusSeconds(1));

        assertThat(peer.detector.watched()).isEqualTo(1);
    }

    @Test
    void watchesItThoughTheHandshakeCameLateAndThePeerSaysNothing() {
        peer.with(new HttpServerCodec(), new HttpObjectAggregator(65_536), new OwnHandshake(), peer.heartbeatHandler());
        peer.advance(INTERVAL.plusSeconds(1));
        peer.shakeHands();

        peer.mute().advance(INTERVAL.multipliedBy(2));

        assertThat(peer.detector.watched()).isEqualTo(1);
    }

    @Test
    void saysThatAnHttp2ConnectionIsNoPlaceForIt() {
        peer.with(
                Http2FrameCodecBuilder.forServer().build(),
                new Http2MultiplexHandler(new ChannelInboundHandlerAdapter()),
                peer.heartbeatHandler());
        takeAll();

        peer.mute().advance(INTERVAL.multipliedBy(3));

        assertThat(peer.detector.watched()).isZero();
        assertThat(log.text()).containsOnlyOnce("not watched: this is an HTTP/2 connection");
    }

    @Test
    void saysThatItHasFoundNoCodecWhereBytesComeThatAreNoHttp() {
        peer.with(peer.heartbeatHandler(), new Collector());

        peer.send(new TextWebSocketFrame("hello"));
        peer.mute().advance(INTERVAL.multipliedBy(3));

        assertThat(log.text()).containsOnlyOnce("not watched: no WebSocket frame codec");
    }

    @Test
    void saysNothingOfAConnectionThatNeverSendsAnything() {
        peer.with(peer.heartbeatHandler(), new Collector());

        peer.mute().advance(INTERVAL.multipliedBy(3));

        assertThat(log.text()).isEmpty();
    }

    @Test
    void saysNothingWhilePlainHttpMayStillBeUpgraded() {
        peer.with(Pipelines.serverHttp());
        peer.with(Pipelines.serverProtocol(), peer.heartbeatHandler(), new PlainHttp());

        for (int request = 0; request < 5; request++) {
            peer.channel.writeInbound(
                    Unpooled.copiedBuffer("GET /page HTTP/1.1\r\nHost: localhost\r\n\r\n", StandardCharsets.US_ASCII));
            takeAll();
            peer.advance(INTERVAL);
        }

        assertThat(log.text()).isEmpty();
        assertThat(peer.detector.watched()).isZero();
        peer.shakeHands();
        assertThat(peer.detector.watched()).isEqualTo(1);
    }

    /** The task that looks must not keep the channel from being forgotten. */
    @Test
    void looksAtNoChannelThatIsClosed() {
        peer.with(peer.heartbeatHandler(), new Collector());
        peer.send(new TextWebSocketFrame("hello"));

        peer.channel.close();

        assertThat(peer.channel.runScheduledPendingTasks()).isEqualTo(-1);
    }

    private void takeAll() {
        for (ByteBuf bytes = peer.channel.readOutbound(); bytes != null; bytes = peer.channel.readOutbound()) {
            bytes.release();
        }
    }

    /** Answers the handshake and puts its own codec where HTTP was. */
    private static final class OwnHandshake extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            if (message instanceof FullHttpRequest) {
                ctx.writeAndFlush(new DefaultFullHttpResponse(
                        HttpVersion.HTTP_1_1, HttpResponseStatus.SWITCHING_PROTOCOLS, Unpooled.EMPTY_BUFFER));
                ctx.pipeline().remove(HttpObjectAggregator.class);
                ctx.pipeline().replace(HttpServerCodec.class, "own", new OwnCodec());
            }
            ReferenceCountUtil.release(message);
        }
    }

    private static final class OwnCodec extends ChannelDuplexHandler {
        @Override
        public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
            if (message instanceof ByteBuf) {
                ctx.write(message, promise);
            } else {
                ReferenceCountUtil.release(message);
                promise.setFailure(new UnsupportedMessageTypeException(message, ByteBuf.class));
            }
        }
    }

    @ChannelHandler.Sharable
    private static final class PlainHttp extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            ReferenceCountUtil.release(message);
            DefaultFullHttpResponse ok = new DefaultFullHttpResponse(
                    HttpVersion.HTTP_1_1, HttpResponseStatus.OK, Unpooled.wrappedBuffer(new byte[2]));
            ok.headers().set("Content-Length", 2);
            ctx.writeAndFlush(ok);
        }
    }
}
