package dev.heartbeat.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.LivenessEvent;
import dev.heartbeat.ReapReason;
import dev.heartbeat.testkit.Frame;
import dev.heartbeat.testkit.RawPeer;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.CombinedChannelDuplexHandler;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.EncoderException;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameEncoder;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import io.netty.util.ReferenceCountUtil;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A detector that is drained closes its channels with a close frame, and gives their peers its time to take it and answer. */
@ExtendWith(NoLeaks.class)
class DrainTest {

    /** More than a socket takes that nobody reads from, and less than this and the one that sends it take together. */
    private static final int DOWNLOAD = 1 << 20;

    private static final Duration WITHIN = Duration.ofSeconds(10);

    private final VirtualTimeChannel server = VirtualTimeChannel.server();
    private final VirtualTimeChannel client = VirtualTimeChannel.client();

    private final Collector application = new Collector();

    @AfterEach
    void close() {
        server.close();
        client.close();
    }

    @Test
    void saysGoodbyeToAClientAndClosesWhenThatHasAnswered() {
        server.with(Pipelines.serverHttp());
        server.with(Pipelines.serverProtocol(), server.heartbeatHandler(), application);
        server.shakeHands();

        var drained = assertSaysGoodbye(server);
        server.send(new TextWebSocketFrame("said before the close frame came"));
        server.send(new CloseWebSocketFrame(1012, ""));

        assertThat(server.channel.isOpen()).isFalse();
        server.advance(Duration.ofSeconds(1));
        assertThat(drained).isCompletedWithValue(0);
        assertThat(server.eventNames()).doesNotContain("reap");
        assertThat(server.peer().heard()).endsWith("close 1012");
        assertThat(application.messages()).isEmpty();
    }

    @Test
    void terminatesAClientThatNeverAnswersAtTheEndOfItsTime() {
        server.with(Pipelines.serverHttp());
        server.with(Pipelines.serverProtocol(), server.heartbeatHandler(), application);
        server.shakeHands();

        var drained = assertSaysGoodbye(server);
        server.advance(WITHIN);

        assertThat(server.channel.isOpen()).isFalse();
        assertThat(drained).isCompletedWithValue(1);
        assertThat(server.reap().reason()).isEqualTo(ReapReason.CLOSE_UNFINISHED);
    }

    /** It leaves the end of TCP to the server, as RFC 6455 has it. */
    @Test
    void saysGoodbyeToAServerAndLetsThatClose() {
        client.with(Pipelines.clientHttp());
        client.with(Pipelines.clientProtocol(), client.heartbeatHandler(), new Collector());
        client.shakeHands();

        var drained = assertSaysGoodbye(client);
        client.send(new CloseWebSocketFrame(1012, ""));
        assertThat(client.channel.isOpen()).isTrue();
        client.channel.unsafe().close(client.channel.voidPromise());

        client.advance(Duration.ofSeconds(1));
        assertThat(drained).isCompletedWithValue(0);
    }

    @Test
    void saysGoodbyeWhereItCannotSeeFrames() {
        server.with(ownCodec(), server.heartbeatHandler(), new Collector());
        server.send(new TextWebSocketFrame("hello"));

        var drained = assertSaysGoodbye(server);
        server.channel.unsafe().close(server.channel.voidPromise());

        server.advance(Duration.ofSeconds(1));
        assertThat(drained).isCompletedWithValue(0);
    }

    @Test
    void sendsNoSecondCloseFrame() {
        server.with(Pipelines.serverHttp());
        server.with(Pipelines.serverProtocol(), server.heartbeatHandler(), new Collector());
        server.shakeHands().mute();
        server.channel.writeAndFlush(new CloseWebSocketFrame(1001, "going away"));

        var drained = server.detector.drain(1012, WITHIN);
        server.advance(Duration.ofSeconds(1));
        server.send(new CloseWebSocketFrame(1001, ""));

        assertThat(server.channel.isOpen()).isFalse();
        server.advance(Duration.ofSeconds(1));
        assertThat(drained).isCompletedWithValue(0);
        assertThat(server.peer().heard()).containsExactly("close 1001");
    }

    @Test
    void letsWhatTheApplicationSaidOutBeforeItsCloseFrame() {
        SlowChannel slow = new SlowChannel();
        try (VirtualTimeChannel end = VirtualTimeChannel.server(slow)) {
            end.with(Pipelines.serverHttp());
            end.with(Pipelines.serverProtocol(), end.heartbeatHandler(), new Collector());
            end.shakeHands().mute();
            slow.takesPerFlush(64 << 10);
            slow.write(new BinaryWebSocketFrame(Unpooled.wrappedBuffer(new byte[256 << 10])));
            slow.writeAndFlush(new CloseWebSocketFrame(1001, "going away"));

            var drained = end.detector.drain(1012, WITHIN);
            end.advance(Duration.ofSeconds(6), second -> slow.unsafe().flush());

            assertThat(end.peer().heard()).endsWith("close 1001");
            end.send(new CloseWebSocketFrame(1001, ""));
            assertThat(slow.isOpen()).isFalse();
            end.advance(WITHIN);
            assertThat(drained).isCompletedWithValue(0);
        }
    }

    @Test
    void closesWhereThePipelineLetsNoCloseFrameOut() {
        server.with(
                refusesFrames(),
                new WebSocket13FrameEncoder(false),
                new WebSocket13FrameDecoder(WebSocketDecoderConfig.newBuilder().build()),
                server.heartbeatHandler(),
                new Collector());

        var drained = server.detector.drain(1001, WITHIN);
        server.advance(Duration.ofSeconds(1));

        assertThat(server.channel.isOpen()).isFalse();
        server.advance(WITHIN);
        assertThat(drained).isCompletedWithValue(0);
    }

    @Test
    void terminatesAChannelWhosePeerTakesNoCloseFrame() throws Exception {
        try (LiveServer live = LiveServer.start(Transport.NIO);
                RawPeer peer = RawPeer.connect(live.uri())) {
            Channel channel = live.nextWatched();
            channel.attr(HeartbeatHandler.HEARTBEAT).get().policy(VirtualTimeChannel.POLICY);
            channel.writeAndFlush(new TextWebSocketFrame(
                    true, 0, channel.alloc().buffer(8 << 20).writerIndex(8 << 20)));

            assertThat(live.detector.drain(1012, Duration.ofSeconds(1)))
                    .succeedsWithin(Duration.ofSeconds(60))
                    .isEqualTo(1);
            assertThat(peer.awaitEnd()).isEqualTo(RawPeer.End.RESET);
        }
    }

    @Test
    void aRealPeerReadsTheCloseFrameAndThenTheEnd() throws Exception {
        try (LiveServer live = LiveServer.startWithTls(Transport.NIO);
                RawPeer peer = RawPeer.connect(live.uri()).mute()) {
            Channel channel = live.nextWatched();
            channel.attr(HeartbeatHandler.HEARTBEAT).get().policy(VirtualTimeChannel.POLICY);

            var drained = live.detector.drain(1012, Duration.ofMinutes(2));
            Frame close = peer.await(Frame.CLOSE);
            assertThat(close.payload()).containsExactly((byte) (1012 >> 8), (byte) 1012);
            peer.send(Frame.close(1012));
            assertThat(peer.awaitEnd()).isEqualTo(RawPeer.End.CLOSED);
            assertThat(drained).succeedsWithin(Duration.ofSeconds(60)).isEqualTo(0);
            assertThat(live.events.of(LivenessEvent.Reap.class)).isEmpty();
        }
    }

    /** What the peer says while it has much to read would meet a closed socket, whose reset destroys all that. */
    @Test
    void aPeerReadsToTheEndWhatWasSentBeforeTheCloseFrame() throws Exception {
        try (LiveServer live = LiveServer.start(Transport.NIO);
                RawPeer peer = RawPeer.connect(live.uri())) {
            Channel channel = live.nextWatched();
            channel.attr(HeartbeatHandler.HEARTBEAT).get().policy(VirtualTimeChannel.POLICY);
            channel.writeAndFlush(new BinaryWebSocketFrame(
                            channel.alloc().buffer(DOWNLOAD).writerIndex(DOWNLOAD)))
                    .sync();

            var drained = live.detector.drain(1012, Duration.ofMinutes(2));
            LiveServer.await().until(() -> !channel.isOpen() || ((DuplexChannel) channel).isOutputShutdown());
            peer.send(Frame.text("still here"));
            peer.send(Frame.text("and still"));

            assertThat(peer.mute().awaitData().payload()).hasSize(DOWNLOAD);
            peer.await(Frame.CLOSE);
            peer.send(Frame.close(1012));
            assertThat(peer.awaitEnd()).isEqualTo(RawPeer.End.CLOSED);
            assertThat(drained).succeedsWithin(Duration.ofSeconds(60)).isEqualTo(0);
        }
    }

    private static CompletionStage<Integer> assertSaysGoodbye(VirtualTimeChannel end) {
        int heard = end.mute().peer().heard().size();

        CompletionStage<Integer> drained = end.detector.drain(1012, WITHIN);
        end.advance(Duration.ofSeconds(1));

        assertThat(end.channel.isOpen()).isTrue();
        assertThat(end.peer().heard().subList(heard, heard + 1)).containsExactly("close 1012");
        assertThat(end.peer().heard()).hasSize(heard + 1);
        return drained;
    }

    private static ChannelHandler ownCodec() {
        return new CombinedChannelDuplexHandler<>(
                new WebSocket13FrameDecoder(WebSocketDecoderConfig.newBuilder().build()),
                new WebSocket13FrameEncoder(false));
    }

    private static ChannelHandler refusesFrames() {
        return new ChannelDuplexHandler() {
            @Override
            public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
                ReferenceCountUtil.release(message);
                promise.setFailure(new EncoderException("unknown message"));
            }
        };
    }
}
