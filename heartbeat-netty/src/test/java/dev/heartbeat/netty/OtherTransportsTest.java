package dev.heartbeat.netty;

import static dev.heartbeat.netty.LiveServer.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.LivenessEvent;
import dev.heartbeat.Termination;
import dev.heartbeat.ZombieDetector;
import dev.heartbeat.testkit.RecordingListener;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.DefaultChannelId;
import io.netty.channel.DefaultEventLoopGroup;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.local.LocalAddress;
import io.netty.channel.local.LocalChannel;
import io.netty.channel.local.LocalServerChannel;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameEncoder;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.handler.codec.http2.Http2StreamChannelBootstrap;
import io.netty.util.ReferenceCountUtil;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Channels that are no sockets, and so know nothing of {@code SO_LINGER}, are reaped as well. */
@ExtendWith(NoLeaks.class)
class OtherTransportsTest {

    private final RecordingListener events = new RecordingListener();
    private final ZombieDetector detector = ZombieDetector.create(LiveServer.IMPATIENT, events);
    private final Collector application = new Collector();
    private final CompletableFuture<Channel> watched = new CompletableFuture<>();
    private EventLoopGroup group;

    @AfterEach
    void close() {
        detector.close();
        if (group != null) {
            group.shutdownGracefully(0, 10, TimeUnit.SECONDS).syncUninterruptibly();
        }
    }

    @Test
    @SuppressWarnings("deprecation") // the one that 4.1 has as well
    void reapsALocalChannel() throws Exception {
        group = new DefaultEventLoopGroup(1);
        LocalAddress address = new LocalAddress("heartbeat-" + System.nanoTime());
        new ServerBootstrap()
                .group(group)
                .channel(LocalServerChannel.class)
                .childHandler(codecAndHeartbeat())
                .bind(address)
                .sync();
        new Bootstrap()
                .group(group)
                .channel(LocalChannel.class)
                .handler(new Silent())
                .connect(address)
                .sync();

        assertIsReaped(Termination.freed("close"));
    }

    @Test
    void reapsAnHttp2StreamAndWithTheLastOneItsConnection() throws Exception {
        group = Transport.NIO.group(1);
        Channel server = new ServerBootstrap()
                .group(group)
                .channel(Transport.NIO.serverChannel())
                .childHandler(http2(Http2FrameCodecBuilder.forServer(), new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel stream) {
                        stream.pipeline().addLast(new DataFrames(), codecAndHeartbeat());
                    }
                }))
                .bind(0)
                .sync()
                .channel();
        Channel client = new Bootstrap()
                .group(group)
                .channel(Transport.NIO.channel())
                .handler(http2(Http2FrameCodecBuilder.forClient(), new Silent()))
                .connect(server.localAddress())
                .sync()
                .channel();
        Http2StreamChannel stream = new Http2StreamChannelBootstrap(client)
                .handler(new Silent())
                .open()
                .sync()
                .getNow();
        stream.writeAndFlush(new DefaultHttp2HeadersFrame(
                        new DefaultHttp2Headers().method("CONNECT").add(":protocol", "websocket")))
                .sync();

        assertIsReaped(Termination.freed("reset of its connection"));

        await().until(() -> !client.isActive());
    }

    @Test
    void aStreamTellsThatItSharesItsConnectionAlsoWhereThatHasNoAddresses() {
        EmbeddedChannel connection = new EmbeddedChannel();
        HeartbeatHandler handler = new HeartbeatHandler(detector);
        EmbeddedChannel stream = new EmbeddedChannel(connection, DefaultChannelId.newInstance(), true, false, handler);

        assertThat(handler.facts().isSocketShared()).isTrue();

        stream.finishAndReleaseAll();
        connection.finishAndReleaseAll();
    }

    @Test
    void reapsAnEmbeddedChannel() {
        EmbeddedChannel channel = new EmbeddedChannel(codecAndHeartbeat());
        try {
            await().until(() -> {
                channel.runPendingTasks();
                return !channel.isOpen();
            });
            assertIsReaped(Termination.freed("close"));
        } finally {
            channel.finishAndReleaseAll();
        }
    }

    private void assertIsReaped(Termination termination) {
        assertThat(watched).succeedsWithin(Duration.ofSeconds(60));
        await().until(() -> !watched.join().isOpen());
        await().until(() -> application.events().contains("inactive"));
        assertThat(application.events()).containsExactly("timeout", "reap", "inactive");
        assertThat(events.of(LivenessEvent.Reap.class))
                .singleElement()
                .satisfies(reap -> assertThat(reap.termination())
                        .succeedsWithin(Duration.ofSeconds(60))
                        .isEqualTo(termination));
    }

    private ChannelInitializer<Channel> codecAndHeartbeat() {
        return new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
                channel.pipeline()
                        .addLast(
                                new WebSocket13FrameEncoder(false),
                                new WebSocket13FrameDecoder(
                                        WebSocketDecoderConfig.newBuilder().build()),
                                new HeartbeatHandler(detector),
                                application);
                watched.complete(channel);
            }
        };
    }

    private static ChannelInitializer<Channel> http2(Http2FrameCodecBuilder codec, ChannelHandler streams) {
        return new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
                channel.pipeline().addLast(codec.build(), new Http2MultiplexHandler(streams));
            }
        };
    }

    /** Takes what comes and says nothing. */
    @ChannelHandler.Sharable
    private static class Silent extends ChannelDuplexHandler {
        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            ReferenceCountUtil.release(message);
        }
    }
}
