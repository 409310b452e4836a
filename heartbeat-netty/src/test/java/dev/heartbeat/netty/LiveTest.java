package dev.heartbeat.netty;

import static dev.heartbeat.netty.LiveServer.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.Heartbeat;
import dev.heartbeat.HeartbeatPolicy;
import dev.heartbeat.LivenessEvent;
import dev.heartbeat.testkit.RawPeer;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameEncoder;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.DefaultEventExecutorGroup;
import io.netty.util.concurrent.EventExecutorGroup;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Real sockets, real event loops, real time. */
@ExtendWith(NoLeaks.class)
class LiveTest {

    private static final Duration SLEEP = Duration.ofSeconds(8);

    /** Together with the ping interval, too: without the sleep, a dead peer would be reaped in less time than it takes. */
    private static final HeartbeatPolicy SHORTER_THAN_SLEEP = LiveServer.IMPATIENT.toBuilder()
            .reapAfter(Duration.ofSeconds(6))
            .pongTimeout(Duration.ofSeconds(6))
            .build();

    @RegisterExtension
    final LogCapture log = new LogCapture();

    @ParameterizedTest
    @EnumSource
    void reapsAMutePeerAndSparesOneThatAnswers(Transport transport) throws Exception {
        try (LiveServer server = LiveServer.start(transport.orSkip());
                RawPeer mute = RawPeer.connect(server.uri())) {
            Channel zombie = server.nextImpatient();
            try (RawPeer healthy = RawPeer.connect(server.uri())) {
                healthy.live();
                Channel alive = server.nextWatched();

                await().until(() -> !zombie.isOpen());
                assertThat(mute.awaitEnd()).isEqualTo(RawPeer.End.RESET);
                await().until(() -> rounds(server, alive) >= 4);

                assertThat(alive.isOpen()).isTrue();
                assertThat(server.events.of(LivenessEvent.Reap.class))
                        .singleElement()
                        .satisfies(reap -> assertThat(((HeartbeatHandler) reap.connection()).channel())
                                .isSameAs(zombie));
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void givesRoundTripsBehindTls(Transport transport) throws Exception {
        try (LiveServer server = LiveServer.startWithTls(transport.orSkip());
                RawPeer peer = RawPeer.connect(server.uri())) {
            peer.live();
            Channel channel = server.nextWatched();

            await().until(() -> rounds(server, channel) >= 3);
        }
    }

    @Test
    @SuppressWarnings("deprecation") // applications still do it, and 4.1 knows nothing else
    void worksWhenTheHandlerIsAddedOnAnExecutorOfItsOwn() throws Exception {
        EventExecutorGroup executors = new DefaultEventExecutorGroup(2);
        try (LiveServer server = LiveServer.start(Transport.NIO, (pipeline, heartbeat) -> {
                    pipeline.addLast(Pipelines.serverProtocol());
                    pipeline.addLast(executors, heartbeat);
                    pipeline.addLast(executors, new Collector());
                });
                RawPeer peer = RawPeer.connect(server.uri())) {
            peer.live();
            Channel channel = server.nextWatched();

            await().until(() -> rounds(server, channel) >= 3);

            assertThat(channel.pipeline().context(HeartbeatHandler.class).executor())
                    .isSameAs(channel.eventLoop());
            end(channel, executors);
        } finally {
            end(executors);
        }
    }

    @Test
    @SuppressWarnings("deprecation") // applications still do it, and 4.1 knows nothing else
    void livesByBytesWhereFramesAreMadeOnAnotherExecutor() throws Exception {
        EventExecutorGroup executors = new DefaultEventExecutorGroup(1);
        try (LiveServer server = LiveServer.start(Transport.NIO, (pipeline, heartbeat) -> {
                    pipeline.removeLast();
                    pipeline.removeLast();
                    pipeline.addLast(executors, new WebSocket13FrameEncoder(false));
                    pipeline.addLast(
                            executors,
                            new WebSocket13FrameDecoder(
                                    WebSocketDecoderConfig.newBuilder().build()));
                    pipeline.addLast(heartbeat);
                });
                RawPeer peer = RawPeer.connectWithoutHandshake(server.uri())) {
            peer.live();
            Channel channel = server.nextWatched();

            // No ping follows one that is unanswered, so that the peer has been heard after each but the last.
            await().until(() -> peer.pings() >= 6);

            assertThat(server.eventsOf(channel)).isEmpty();
            assertThat(channel.isOpen()).isTrue();
            assertThat(channel.pipeline().first()).isInstanceOf(HeartbeatHandler.class);
            assertThat(log.text()).containsOnlyOnce("pongs cannot be seen");

            end(channel, executors);
        } finally {
            end(executors);
        }
    }

    @Test
    void goesOnWhereTheChannelGoes() throws Exception {
        EventLoopGroup elsewhere = Transport.NIO.group(1);
        try (LiveServer server = LiveServer.start(Transport.NIO);
                RawPeer peer = RawPeer.connect(server.uri())) {
            peer.live();
            Channel channel = server.nextWatched();
            Heartbeat before = channel.attr(HeartbeatHandler.HEARTBEAT).get();
            before.policy(LiveServer.POLICY.toBuilder()
                    .reapAfter(Duration.ofSeconds(20))
                    .build());

            channel.deregister().sync();
            elsewhere.register(channel).sync();
            await().until(() -> channel.attr(HeartbeatHandler.HEARTBEAT).get() != before);
            Heartbeat after = channel.attr(HeartbeatHandler.HEARTBEAT).get();

            assertThat(before.isWatched()).isFalse();
            assertThat(after.policy()).isEqualTo(before.policy());
            await().until(() -> after.lastRoundTrip().isPresent());
            assertThat(server.detector.watched()).isEqualTo(1);
        } finally {
            elsewhere.shutdownGracefully(0, 10, TimeUnit.SECONDS).syncUninterruptibly();
        }
    }

    @Test
    void staysUnwatchedWhereTheChannelGoesOnceTheApplicationHasEndedTheWatch() throws Exception {
        EventLoopGroup elsewhere = Transport.NIO.group(1);
        try (LiveServer server = LiveServer.start(Transport.NIO);
                RawPeer peer = RawPeer.connect(server.uri())) {
            peer.live();
            Channel channel = server.nextWatched();
            channel.attr(HeartbeatHandler.HEARTBEAT).get().stop();

            channel.deregister().sync();
            elsewhere.register(channel).sync();
            channel.eventLoop().submit(() -> {}).sync();

            assertThat(server.detector.watched()).isZero();
        } finally {
            elsewhere.shutdownGracefully(0, 10, TimeUnit.SECONDS).syncUninterruptibly();
        }
    }

    @Test
    void sparesEverybodyWhileAHandlerSleepsInTheMiddleOfAMessage() throws Exception {
        try (LiveServer server = LiveServer.start(
                        Transport.NIO,
                        (pipeline, heartbeat) ->
                                pipeline.addLast(Pipelines.serverProtocol(), heartbeat, new Sleeper()));
                RawPeer peer = RawPeer.connect(server.uri());
                RawPeer busy = RawPeer.connect(server.uri())) {
            peer.live();
            busy.live();
            Channel first = server.nextWatched();
            for (Channel channel : List.of(first, server.nextWatched())) {
                channel.attr(HeartbeatHandler.HEARTBEAT).get().policy(SHORTER_THAN_SLEEP);
            }
            await().until(() -> rounds(server, first) >= 2);

            first.eventLoop().execute(() -> first.pipeline().fireChannelRead(new TextWebSocketFrame("sleep")));
            int before = rounds(server, first);
            await().until(() -> rounds(server, first) >= before + 4);

            await().until(() -> !server.events.of(LivenessEvent.Stall.class).isEmpty());
            assertThat(server.events.of(LivenessEvent.Timeout.class)).isEmpty();
        }
    }

    @Test
    void shuttingTheEventLoopDownTakesNoLongerForIt() throws Exception {
        try (LiveServer server = LiveServer.start(Transport.NIO);
                RawPeer peer = RawPeer.connect(server.uri())) {
            peer.live();
            Channel channel = server.nextWatched();
            await().until(() -> rounds(server, channel) >= 1);

            long begin = System.nanoTime();
            server.group.shutdownGracefully(1, 120, TimeUnit.SECONDS).sync();

            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(30));
            assertThat(server.events.of(LivenessEvent.Reap.class)).isEmpty();
            assertThat(log.text().lines()).allMatch(line -> line.contains("Did not listen for"));
        }
    }

    private static int rounds(LiveServer server, Channel channel) {
        return (int) server.events.of(LivenessEvent.Pong.class).stream()
                .filter(pong -> pong.connection() == channel.pipeline().get(HeartbeatHandler.class))
                .count();
    }

    private static final class Sleeper extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            ReferenceCountUtil.release(message);
            LockSupport.parkNanos(SLEEP.toNanos());
        }
    }

    /** Before the channel's event loop ends: frames that are handed to it afterwards are lost, with their buffers. */
    private static void end(Channel channel, EventExecutorGroup executors) {
        channel.close().syncUninterruptibly();
        end(executors);
    }

    private static void end(EventExecutorGroup executors) {
        executors.shutdownGracefully(0, 10, TimeUnit.SECONDS).syncUninterruptibly();
    }
}
