package dev.heartbeat.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.LivenessEvent;
import dev.heartbeat.LivenessEvent.Pong;
import dev.heartbeat.LivenessEvent.Reap;
import dev.heartbeat.ReapReason;
import dev.heartbeat.ZombieDetector;
import dev.heartbeat.netty.Http2Streams.Opened;
import dev.heartbeat.testkit.Descriptors;
import dev.heartbeat.testkit.RecordingListener;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Test;

/** Which HTTP/2 connections go with a stream, and which stay. */
class Http2EndsTest extends Http2Test {

    @Test
    void aDeadConnectionGoesThoughOthersAreSpared() throws Exception {
        List<Opened> all = openLive(2);
        Opened watched = all.get(0);
        unwatch(all.get(1));
        watched.server().pipeline().get(HeartbeatHandler.class).withUnwatchedStreams();

        freezeAtNextPing(watched);

        awaitFreed(watched.server().parent());
    }

    @Test
    void aSuspectConnectionGoesThoughTheApplicationClosesItsLastStream() throws Exception {
        Opened only = openLive(1).get(0);
        Channel connection = only.server().parent();
        connection.pipeline().addLast(new ChannelInboundHandlerAdapter() {
            @Override
            public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
                if (event instanceof LivenessEvent.Timeout) {
                    only.server().close();
                }
            }
        });

        freeze(only);

        awaitFreed(connection);
    }

    @Test
    void aConnectionThatHasBeenAskedGoesThoughItsLastStreamHasEnded() throws Exception {
        Opened only = openLive(1).get(0);
        freeze(only);
        await().until(() -> detector.watched() == 2);

        only.server().close();

        awaitFreed(only.server().parent());
    }

    @Test
    void aLaterDetectorFreesTheConnectionToo() throws Exception {
        List<Opened> all = openLive(2);
        detector.close();
        detector = ZombieDetector.create(POLICY, heard);
        for (Opened one : all) {
            watchBy(detector, one);
        }
        await().until(() -> detector.watched() >= 2);

        freeze(all.get(0));

        awaitFreed(all.get(0).server().parent());
    }

    @Test
    void aStreamOfAnotherDetectorIsNotCut() throws Exception {
        List<Opened> all = openLive(2);
        Channel live = all.get(1).server();
        RecordingListener others = new RecordingListener();
        try (ZombieDetector other = ZombieDetector.create(POLICY, others)) {
            watchBy(other, all.get(1));
            await().until(() -> other.watched() == 1);

            all.get(0).client().config().setAutoRead(false);
            await().until(() -> !all.get(0).server().isOpen());

            int pongs = others.of(Pong.class).size();
            await().until(() -> others.of(Pong.class).size() > pongs + 2);
            assertThat(live.isOpen()).isTrue();
        }
    }

    @Test
    void aLiveConnectionIsNotCutForTheUnansweredCloseOfAStream() throws Exception {
        List<Opened> all = openLive(2);
        unwatch(all.get(1));

        all.get(0).server().writeAndFlush(new CloseWebSocketFrame(1000, ""));

        await().until(() -> !all.get(0).server().isOpen());
        await().until(() -> detector.watched() == 0);
        assertThat(all.get(1).server().isOpen()).isTrue();
        assertThat(heard.of(Reap.class)).extracting(Reap::reason).containsOnly(ReapReason.CLOSE_UNFINISHED);
    }

    /** RFC 9113 wants them answered, and an option of Netty's has them not. */
    @Test
    void aLivePeerThatAnswersNoPingsOfHttp2LivesByItsStreams() throws Exception {
        streams = new Http2Streams(
                Transport.NIO, detector, Http2FrameCodecBuilder.forClient().autoAckPingFrame(false));
        Opened one = streams.open();
        one.client().config().setAutoRead(true);
        Opened other = streams.open();
        other.client().config().setAutoRead(true);

        await().until(() ->
                heard.of(Pong.class).size() > 5 || !heard.of(Reap.class).isEmpty());

        assertThat(heard.of(Reap.class)).isEmpty();
        assertThat(one.server().isOpen() && other.server().isOpen()).isTrue();
    }

    @Test
    void aTakeoverOfAGhostOnADeadConnectionIsNoSlowerThanElsewhere() throws Exception {
        detector.close();
        detector = ZombieDetector.create(
                POLICY.toBuilder()
                        .pingInterval(Duration.ofSeconds(30))
                        .reapAfter(Duration.ofSeconds(60))
                        .build(),
                heard);
        streams = new Http2Streams(Transport.NIO, detector);
        Opened old = streams.open();
        old.client().config().setAutoRead(true);
        heartbeat(old).identify("device");
        heartbeat(old).probe();
        await().until(() -> !heard.of(Pong.class).isEmpty());
        freeze(old);
        try (Http2Streams second = new Http2Streams(Transport.NIO, detector)) {
            Opened fresh = second.open();
            fresh.client().config().setAutoRead(true);

            heartbeat(fresh).identify("device");

            await().until(() -> !old.server().isOpen());
            assertThat(heard.of(Reap.class)).extracting(Reap::reason).contains(ReapReason.SUPERSEDED);
        }
    }

    private static void watchBy(ZombieDetector detector, Opened stream) throws InterruptedException {
        Channel channel = stream.server();
        onLoop(channel, () -> {
            channel.pipeline().remove(HeartbeatHandler.class);
            String application = channel.pipeline().context(Collector.class).name();
            channel.pipeline().addBefore(application, "other", new HeartbeatHandler(detector));
        });
    }

    private static void unwatch(Opened stream) throws InterruptedException {
        onLoop(stream.server(), () -> stream.server().pipeline().remove(HeartbeatHandler.class));
    }

    /** The machine freezes between a ping and its pong. */
    private static void freezeAtNextPing(Opened stream) throws InterruptedException {
        CountDownLatch frozen = new CountDownLatch(1);
        Channel client = stream.client();
        onLoop(client, () -> {
            String last = client.pipeline().lastContext().name();
            client.pipeline().addBefore(last, "freezes", new ChannelInboundHandlerAdapter() {
                @Override
                public void channelRead(ChannelHandlerContext ctx, Object message) {
                    if (message instanceof PingWebSocketFrame ping) {
                        // Not in the middle of a read, after which the codec reads on.
                        client.eventLoop().execute(() -> freeze(stream));
                        ping.release();
                        frozen.countDown();
                    } else {
                        ctx.fireChannelRead(message);
                    }
                }
            });
        });
        frozen.await();
    }

    private void awaitFreed(Channel connection) {
        int here = ((InetSocketAddress) connection.localAddress()).getPort();
        int there = ((InetSocketAddress) connection.remoteAddress()).getPort();
        await().until(() -> !Descriptors.isHeld(here, there));
        await().until(() -> detector.watched() == 0);
    }

    private static ConditionFactory await() {
        return Awaitility.await()
                .atMost(Duration.ofSeconds(40))
                .pollInterval(Duration.ofMillis(10))
                .pollInSameThread();
    }
}
