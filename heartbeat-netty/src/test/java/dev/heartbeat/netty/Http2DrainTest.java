package dev.heartbeat.netty;

import static dev.heartbeat.netty.LiveServer.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.HeartbeatPolicy;
import dev.heartbeat.ZombieDetector;
import dev.heartbeat.netty.Http2Streams.Opened;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.util.ReferenceCountUtil;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A stream that is drained ends as a TCP connection would: with END_STREAM behind its close frame (RFC 8441 section 5). */
@ExtendWith(NoLeaks.class)
class Http2DrainTest {

    private static final String CLOSE_1012 = "88 02 03 f4";

    private final ZombieDetector detector = ZombieDetector.create(HeartbeatPolicy.defaults());
    private Http2Streams streams;

    @BeforeEach
    void connect() throws Exception {
        streams = new Http2Streams(Transport.NIO, detector);
    }

    @AfterEach
    void close() {
        detector.close();
        streams.close();
    }

    @Test
    void endsWhenItsPeerHasAnsweredByItsOwnEnd() throws Exception {
        Opened stream = streams.open();
        Peer peer = new Peer();
        stream.client().pipeline().addFirst(peer);
        stream.client().config().setAutoRead(true);

        CompletionStage<Integer> drained = detector.drain(1012, Duration.ofMinutes(2));

        await().until(() -> peer.frames.contains("end"));
        assertThat(peer.frames).containsExactly(CLOSE_1012, "end");
        assertThat(stream.server().isOpen()).isTrue();
        peer.end();
        assertThat(drained).succeedsWithin(Duration.ofSeconds(60)).isEqualTo(0);
        assertThat(stream.server().isOpen()).isFalse();
        assertThat(stream.server().parent().isOpen()).isTrue();
        assertThat(peer.frames).doesNotContain("reset");
    }

    @Test
    void isResetAtTheEndOfTheTimeIfItsPeerDoesNot() throws Exception {
        Opened stream = streams.open();
        Peer peer = new Peer();
        stream.client().pipeline().addFirst(peer);
        stream.client().config().setAutoRead(true);

        CompletionStage<Integer> drained = detector.drain(1012, Duration.ofSeconds(2));

        assertThat(drained).succeedsWithin(Duration.ofSeconds(60)).isEqualTo(1);
        assertThat(stream.server().isOpen()).isFalse();
    }

    private static final class Peer extends ChannelDuplexHandler {

        private final List<String> frames = new CopyOnWriteArrayList<>();
        private volatile ChannelHandlerContext ctx;

        @Override
        public void handlerAdded(ChannelHandlerContext ctx) {
            this.ctx = ctx;
        }

        void end() {
            ctx.writeAndFlush(new DefaultHttp2DataFrame(true));
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            if (message instanceof Http2DataFrame data) {
                StringBuilder hex = new StringBuilder();
                data.content().forEachByte(value -> hex.append(String.format(" %02x", value)) != null);
                if (!hex.isEmpty()) {
                    frames.add(hex.substring(1));
                }
                if (data.isEndStream()) {
                    frames.add("end");
                }
            }
            ReferenceCountUtil.release(message);
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            if (event instanceof Http2ResetFrame) {
                frames.add("reset");
            }
            ctx.fireUserEventTriggered(event);
        }
    }
}
