package dev.heartbeat.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heartbeat.Heartbeat;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.websocketx.WebSocketFrameAggregator;
import io.netty.handler.codec.http.websocketx.WebSocketServerHandshakerFactory;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolHandler;
import io.netty.handler.codec.http.websocketx.extensions.compression.WebSocketServerCompressionHandler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Wherever and whenever the handler is added, a living peer lives, a dead one is reaped, and round trips are measured. */
@ExtendWith(NoLeaks.class)
class PipelinePositionTest {

    @RegisterExtension
    final LogCapture log = new LogCapture();

    private final VirtualTimeChannel server = VirtualTimeChannel.server();
    private final VirtualTimeChannel client = VirtualTimeChannel.client();

    @AfterEach
    void close() {
        server.close();
        client.close();
    }

    static Stream<Arguments> waysToAddItBeforeTheHandshake() {
        return Stream.of(
                way("first", (channel, handler) -> channel.pipeline().addFirst(handler)),
                way("last", (channel, handler) -> channel.pipeline().addLast(handler)),
                way(
                        "before the protocol handler",
                        (channel, handler) -> channel.pipeline()
                                .addBefore(protocolHandler(channel).name(), "heartbeat", handler)),
                way(
                        "after the protocol handler",
                        (channel, handler) -> channel.pipeline()
                                .addAfter(protocolHandler(channel).name(), "heartbeat", handler)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("waysToAddItBeforeTheHandshake")
    void worksOnAServerBeforeTheHandshake(String name, BiConsumer<EmbeddedChannel, ChannelHandler> way) {
        server.with(Pipelines.serverHttp());
        server.with(Pipelines.serverProtocol(), new Collector());
        way.accept(server.channel, server.heartbeatHandler());

        server.shakeHands();

        assertWorks(server);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("waysToAddItBeforeTheHandshake")
    void worksOnAServerAfterTheHandshake(String name, BiConsumer<EmbeddedChannel, ChannelHandler> way) {
        server.with(Pipelines.serverHttp());
        server.with(Pipelines.serverProtocol(), new Collector());
        server.shakeHands();

        way.accept(server.channel, server.heartbeatHandler());

        assertWorks(server);
    }

    @Test
    void worksOnAClient() {
        client.with(Pipelines.clientHttp());
        client.with(Pipelines.clientProtocol(), client.heartbeatHandler(), new Collector());

        client.shakeHands();

        assertWorks(client);
    }

    @Test
    void worksOnAClientAfterTheHandshake() {
        client.with(Pipelines.clientHttp());
        client.with(Pipelines.clientProtocol(), new Collector());
        client.shakeHands();

        client.with(client.heartbeatHandler());

        assertWorks(client);
    }

    @Test
    void worksBehindAnAggregatorAndACompressor() {
        server.with(Pipelines.serverHttp());
        server.with(new WebSocketServerCompressionHandler(0), Pipelines.serverProtocol());
        server.with(new WebSocketFrameAggregator(65_536), server.heartbeatHandler(), new Collector());

        server.shakeHands("Sec-WebSocket-Extensions: permessage-deflate\r\n");

        assertThat(server.channel.pipeline().names()).anyMatch(handler -> handler.contains("Deflate"));
        assertWorks(server);
    }

    @ParameterizedTest
    @MethodSource("orders")
    void worksWithAHandshakerUsedByHandOnAServer(boolean behindIt) {
        server.with(Pipelines.serverHttp());
        addAround(server, Pipelines.serverHandshaker(), behindIt);

        server.shakeHands();

        assertWorks(server);
    }

    @ParameterizedTest
    @MethodSource("orders")
    void worksWithAHandshakerUsedByHandOnAClient(boolean behindIt) {
        client.with(Pipelines.clientHttp());
        addAround(client, Pipelines.clientHandshaker(), behindIt);

        client.shakeHands();

        assertWorks(client);
    }

    static Stream<Boolean> orders() {
        return Stream.of(true, false);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("waysToAddItBeforeTheApplication")
    void theHandshakesEventFindsTheHeartbeat(String name, BiConsumer<EmbeddedChannel, ChannelHandler> way) {
        List<Heartbeat> found = new ArrayList<>();
        server.with(Pipelines.serverHttp());
        server.with(Pipelines.serverProtocol(), new ChannelInboundHandlerAdapter() {
            @Override
            public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
                if (event instanceof WebSocketServerProtocolHandler.HandshakeComplete) {
                    found.add(ctx.channel().attr(HeartbeatHandler.HEARTBEAT).get());
                }
            }
        });
        way.accept(server.channel, server.heartbeatHandler());

        server.shakeHands();

        assertThat(found).hasSize(1).doesNotContainNull();
    }

    static Stream<Arguments> waysToAddItBeforeTheApplication() {
        return waysToAddItBeforeTheHandshake().filter(way -> !way.get()[0].equals("last"));
    }

    @Test
    void findsADeadPeerWhoseHandshakeWasAnsweredLaterThoughItIsFirst() {
        server.with(server.heartbeatHandler());
        server.with(Pipelines.serverHttp());
        server.with(
                new SimpleChannelInboundHandler<FullHttpRequest>() {
                    @Override
                    protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest request) {
                        request.retain();
                        ctx.executor()
                                .schedule(
                                        () -> {
                                            new WebSocketServerHandshakerFactory("ws://localhost/chat", null, true)
                                                    .newHandshaker(request)
                                                    .handshake(ctx.channel(), request);
                                            request.release();
                                        },
                                        5,
                                        TimeUnit.SECONDS);
                    }
                },
                new Collector());
        server.shakeHands();
        server.channel.advanceTimeBy(5, TimeUnit.SECONDS);
        server.channel.runScheduledPendingTasks();
        server.channel.releaseOutbound();

        server.mute().advance(VirtualTimeChannel.POLICY.detectionTime().plusSeconds(6));

        assertThat(server.eventNames()).containsExactly("timeout", "reap");
    }

    @Test
    void keepsItsNameWhenItMoves() {
        server.with(Pipelines.serverHttp());
        server.with(Pipelines.serverProtocol(), new Collector());
        server.channel.pipeline().addLast("heartbeat", server.heartbeatHandler());

        server.shakeHands();

        assertThat(server.channel.pipeline().names())
                .containsSubsequence("wsdecoder", "heartbeat", "WebSocketServerProtocolHandler#0");
        assertThat(server.channel.pipeline().get(HeartbeatHandler.class).channel())
                .isSameAs(server.channel);
    }

    @Test
    void theApplicationFindsTheHeartbeatWhenItHearsOfTheHandshake() {
        ChannelInboundHandlerAdapter application = new ChannelInboundHandlerAdapter() {
            @Override
            public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
                if (event instanceof WebSocketServerProtocolHandler.HandshakeComplete) {
                    assertThat(ctx.channel().attr(HeartbeatHandler.HEARTBEAT).get())
                            .isNotNull();
                    ctx.channel().attr(HeartbeatHandler.HEARTBEAT).get().probe();
                }
            }
        };
        server.with(Pipelines.serverHttp());
        server.with(Pipelines.serverProtocol(), server.heartbeatHandler(), application);

        server.shakeHands();
        server.advance(Duration.ofSeconds(1));

        assertThat(server.peer().pings()).hasSize(1);
    }

    @Test
    void stopsWhenItIsRemovedAndGoesOnWhenItIsAddedAgain() {
        HeartbeatHandler handler = serve();
        server.advance(Duration.ofSeconds(11));

        server.channel.pipeline().remove(handler);
        server.mute().advance(Duration.ofMinutes(1));

        assertThat(server.channel.isOpen()).isTrue();
        assertThat(server.heartbeat()).isNull();
        assertThat(server.peer().pings()).hasSize(1);

        server.channel.pipeline().addLast(handler);
        server.advance(VirtualTimeChannel.POLICY.detectionTime());

        assertThat(server.eventNames()).containsExactly("pong", "timeout", "reap");
    }

    @Test
    void refusesASecondPipeline() {
        HeartbeatHandler handler = serve();
        Collector application = new Collector();
        EmbeddedChannel other = new EmbeddedChannel(application);

        other.pipeline().addFirst(handler);

        assertThat(application.failures())
                .singleElement()
                .satisfies(failure -> assertThat(failure)
                        .hasRootCauseMessage("a HeartbeatHandler must be in one pipeline only: " + handler.id()));
        assertThat(other.pipeline().get(HeartbeatHandler.class)).isNull();
        assertWorks(server);
        other.finishAndReleaseAll();
    }

    @Test
    void refusesAnotherChannelAlsoWhenItHasLeftItsOwn() {
        HeartbeatHandler handler = serve();
        server.channel.pipeline().remove(handler);
        Collector application = new Collector();
        EmbeddedChannel other = new EmbeddedChannel(application);

        other.pipeline().addFirst(handler);

        assertThat(application.failures()).hasSize(1);
        assertThat(handler.channel()).isSameAs(server.channel);
        other.finishAndReleaseAll();
    }

    @Test
    void refusesASecondHandlerInOneChannelAndGoesOnWithTheFirst() {
        HeartbeatHandler first = serve();

        server.channel.pipeline().addLast("second", server.heartbeatHandler());
        server.channel.pipeline().addFirst("third", server.heartbeatHandler());

        assertThat(log.text()).containsOnlyOnce("add one only");
        assertThat(server.channel.pipeline().get("third")).isNull();
        assertThat(server.channel.pipeline().get("second")).isNull();
        assertThat(server.channel.pipeline().get(HeartbeatHandler.class)).isSameAs(first);
        assertThat(server.detector.watched()).isEqualTo(1);
        assertWorks(server);
    }

    @Test
    void refusesASecondHandlerBeforeTheHandshake() {
        HeartbeatHandler first = server.heartbeatHandler();
        server.with(Pipelines.serverHttp());
        server.with(first, Pipelines.serverProtocol(), server.heartbeatHandler(), new Collector());

        server.shakeHands();

        assertThat(server.channel.pipeline().get(HeartbeatHandler.class)).isSameAs(first);
        assertWorks(server);
    }

    @Test
    void takesAnotherHandlerWhenTheFirstHasBeenRemoved() {
        server.channel.pipeline().remove(serve());

        server.channel.pipeline().addLast(server.heartbeatHandler());

        assertWorks(server);
    }

    @Test
    void anUnusedHandlerHasNoChannel() {
        assertThatThrownBy(() -> server.heartbeatHandler().channel()).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void leavesAChannelAloneThatNeverBecomesAWebSocket() {
        server.with(Pipelines.serverHttp());
        server.with(Pipelines.serverProtocol(), server.heartbeatHandler(), new Collector());

        server.mute().advance(Duration.ofMinutes(2));

        assertThat(server.detector.watched()).isZero();
        assertThat(server.channel.isOpen()).isTrue();
    }

    @Test
    void aDetectorThatIsClosedLeavesTheChannelAlone() {
        server.detector.close();
        serve();

        server.mute().advance(Duration.ofMinutes(2));

        assertThat(server.channel.isOpen()).isTrue();
        assertThat(server.peer().pings()).isEmpty();
    }

    private HeartbeatHandler serve() {
        HeartbeatHandler handler = server.heartbeatHandler();
        server.with(Pipelines.serverHttp());
        server.with(Pipelines.serverProtocol(), handler, new Collector());
        server.shakeHands();
        return handler;
    }

    private static void addAround(VirtualTimeChannel channel, ChannelHandler handshaker, boolean behindIt) {
        HeartbeatHandler heartbeat = channel.heartbeatHandler();
        if (behindIt) {
            channel.with(handshaker, heartbeat, new Collector());
        } else {
            channel.with(heartbeat, handshaker, new Collector());
        }
    }

    private static void assertWorks(VirtualTimeChannel channel) {
        channel.advance(Duration.ofMinutes(1));
        assertThat(channel.channel.isOpen()).isTrue();
        assertThat(channel.eventNames()).hasSizeGreaterThan(4).containsOnly("pong");

        channel.mute().advance(VirtualTimeChannel.POLICY.detectionTime());
        assertThat(channel.eventNames()).endsWith("pong", "timeout", "reap");
        assertThat(channel.channel.isOpen()).isFalse();
    }

    private static ChannelHandlerContext protocolHandler(EmbeddedChannel channel) {
        return channel.pipeline().context(WebSocketServerProtocolHandler.class);
    }

    private static Arguments way(String name, BiConsumer<EmbeddedChannel, ChannelHandler> way) {
        return Arguments.of(name, way);
    }

    @Test
    void aHandlerThatReplacesAnotherGoesOnWatching() {
        try (VirtualTimeChannel server = VirtualTimeChannel.server()) {
            server.with(Pipelines.serverHttp());
            server.with(Pipelines.serverProtocol(), server.heartbeatHandler(), new Collector());
            server.shakeHands();

            server.channel.pipeline().replace(HeartbeatHandler.class, "new", server.heartbeatHandler());
            server.advance(Duration.ofSeconds(1));

            assertThat(server.detector.watched()).isOne();
            assertThat(server.channel.attr(HeartbeatHandler.HEARTBEAT).get().isWatched())
                    .isTrue();
        }
    }
}
