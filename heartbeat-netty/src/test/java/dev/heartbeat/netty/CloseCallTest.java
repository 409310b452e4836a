package dev.heartbeat.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.LivenessEvent.Reap;
import dev.heartbeat.testkit.Frame;
import dev.heartbeat.testkit.RawPeer;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketChunkedInput;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.handler.stream.ChunkedStream;
import io.netty.handler.stream.ChunkedWriteHandler;
import io.netty.handler.traffic.ChannelTrafficShapingHandler;
import io.netty.util.ReferenceCountUtil;
import java.io.ByteArrayInputStream;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The close frame of a drain comes behind what handlers of the application still hold, and comes though they do not let it. */
@ExtendWith(NoLeaks.class)
class CloseCallTest {

    private static final int SIZE = 4 << 20;
    private static final Duration WITHIN = Duration.ofMinutes(2);

    private final VirtualTimeChannel server = VirtualTimeChannel.server();

    @AfterEach
    void close() {
        server.close();
    }

    /** Holds everything until it is told to let it go. */
    private static final class Holding extends ChannelOutboundHandlerAdapter {

        private final Queue<Runnable> held = new ArrayDeque<>();

        @Override
        public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
            held.add(() -> ctx.writeAndFlush(message, promise));
        }

        void release(int most) {
            for (int i = 0; i < most && !held.isEmpty(); i++) {
                held.remove().run();
            }
        }
    }

    /** Knows nothing but frames. */
    private static final class Swallowing extends ChannelOutboundHandlerAdapter {

        @Override
        public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
            if (message instanceof WebSocketFrame) {
                ctx.write(message, promise);
            } else {
                ReferenceCountUtil.release(message);
            }
        }
    }

    private static final class Failing extends ChannelOutboundHandlerAdapter {

        @Override
        public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
            ctx.write(WebSocketFrame.class.cast(message), promise);
        }
    }

    @Test
    void isBehindWhatAHandlerHolds() {
        Holding holding = new Holding();
        serve(holding);
        for (int i = 0; i < 3; i++) {
            server.channel.pipeline().writeAndFlush(new TextWebSocketFrame("held"));
        }

        CompletionStage<Integer> drained = server.detector.drain(1012, WITHIN);
        server.advance(Duration.ofSeconds(10));
        assertThat(server.peer().heard()).noneMatch(frame -> frame.startsWith("close"));
        for (int i = 0; i < 3; i++) {
            holding.release(1);
            server.advance(Duration.ofSeconds(15));
            assertThat(server.peer().heard()).noneMatch(frame -> frame.startsWith("close"));
        }
        holding.release(1);
        server.advance(Duration.ofSeconds(1));

        assertThat(server.peer().heard()).endsWith("close 1012");
        assertThat(drained).isNotCompleted();
    }

    @Test
    void comesInTheEndThoughAHandlerKeepsTheCallForIt() {
        serve(new Swallowing());

        server.detector.drain(1012, WITHIN);
        server.advance(Duration.ofSeconds(18));

        assertThat(server.peer().heard()).endsWith("close 1012");
    }

    @Test
    void comesAtOnceWhereAHandlerFailsTheCallForIt() {
        serve(new Failing());

        server.detector.drain(1012, WITHIN);
        server.advance(Duration.ofSeconds(1));

        assertThat(server.peer().heard()).endsWith("close 1012");
    }

    @Test
    void leavesAPeerTheDownloadThatAChunkedWriterSends() throws Exception {
        try (LiveServer live = LiveServer.start(Transport.NIO);
                RawPeer peer = RawPeer.connect(live.uri())) {
            Channel channel = live.nextWatched();
            channel.pipeline().addLast(new ChunkedWriteHandler());
            channel.writeAndFlush(
                    new WebSocketChunkedInput(new ChunkedStream(new ByteArrayInputStream(new byte[SIZE]), 16_384)));

            assertReadToTheEnd(live, peer, 1);
        }
    }

    @Test
    void leavesAPeerTheDownloadThatIsShaped() throws Exception {
        try (LiveServer live = LiveServer.start(Transport.NIO);
                RawPeer peer = RawPeer.connect(live.uri())) {
            Channel channel = live.nextWatched();
            channel.pipeline().addLast(new ChannelTrafficShapingHandler(SIZE / 2, 0, 100));
            for (int i = 0; i < 64; i++) {
                channel.writeAndFlush(new BinaryWebSocketFrame(
                        channel.alloc().buffer(SIZE / 64).writerIndex(SIZE / 64)));
            }

            assertReadToTheEnd(live, peer, 64);
        }
    }

    private void serve(ChannelHandler handler) {
        server.with(Pipelines.serverHttp());
        server.with(Pipelines.serverProtocol(), server.heartbeatHandler());
        server.shakeHands();
        server.with(handler);
    }

    private static void assertReadToTheEnd(LiveServer live, RawPeer peer, int messages) throws Exception {
        CompletionStage<Integer> drained = live.detector.drain(1012, WITHIN);
        peer.mute();
        int bytes = 0;
        for (int ends = 0; ends < messages; ) {
            Frame frame = peer.awaitData();
            bytes += frame.payload().length;
            ends += frame.fin() ? 1 : 0;
        }
        assertThat(bytes).isEqualTo(SIZE);
        peer.await(Frame.CLOSE);
        peer.send(Frame.close(1012));
        assertThat(peer.awaitEnd()).isEqualTo(RawPeer.End.CLOSED);
        assertThat(drained).succeedsWithin(Duration.ofSeconds(60)).isEqualTo(0);
        assertThat(live.events.of(Reap.class)).isEmpty();
    }
}
