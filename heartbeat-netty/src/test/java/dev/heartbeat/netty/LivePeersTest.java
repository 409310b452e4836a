package dev.heartbeat.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.HeartbeatPolicy;
import dev.heartbeat.LivenessEvent.Reap;
import dev.heartbeat.ReapReason;
import dev.heartbeat.ZombieDetector;
import dev.heartbeat.netty.Http2Streams.Opened;
import dev.heartbeat.testkit.RawPeer;
import dev.heartbeat.testkit.RecordingListener;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.traffic.ChannelTrafficShapingHandler;
import io.netty.handler.traffic.GlobalTrafficShapingHandler;
import io.netty.util.concurrent.ScheduledFuture;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Peers that read and answer all the time, in situations in which their answers cannot come in time; and the same peers,
 * frozen in the middle: they stop reading and answering, and their kernel goes on.
 */
@ExtendWith(NoLeaks.class)
@ParameterizedClass
@EnumSource(names = {"NIO", "EPOLL"})
class LivePeersTest {

    private static final HeartbeatPolicy FAST = HeartbeatPolicy.builder()
            .pingInterval(Duration.ofSeconds(1))
            .pongTimeout(Duration.ofMillis(300))
            .reapAfter(Duration.ofMillis(1_500))
            .hindranceCap(Duration.ofSeconds(3))
            .holdCap(Duration.ZERO)
            .build();

    /** Ten times the patience, five times the cap. */
    private static final Duration LONG = Duration.ofSeconds(8);

    private static final Duration SHORT = Duration.ofSeconds(3);

    /** The detection time, and as much again for what a frozen peer's kernel still takes and for a slow machine. */
    private static final Duration BOUND = Duration.ofSeconds(60);

    private static final int FRAME = 32 << 10;
    private static final int BYTES_PER_SECOND = 128 << 10;

    private final Transport transport;

    LivePeersTest(Transport transport) {
        this.transport = transport;
    }

    /** In the kernel's send buffer, which the ping has to wait behind. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aPeerLivesThatReadsSlowlyWhatTheKernelHas(boolean freezes) throws Exception {
        try (LiveServer server = LiveServer.start(transport.orSkip());
                RawPeer peer = RawPeer.connect(server.uri())) {
            Channel channel = watchedFast(server);
            peer.slow(BYTES_PER_SECOND).live();
            LiveFacts.of(channel).send((4 << 20) / FRAME, FRAME);

            assertFate(channel, freezes, peer::freeze);
        }
    }

    /** Tiny messages are several times as long when they are encrypted, so that the kernel has more and more of them. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aPeerLivesThatReadsSlowlyWhatTheKernelHasBehindTls(boolean freezes) throws Exception {
        try (LiveServer server = LiveServer.startWithTls(transport.orSkip());
                RawPeer peer = RawPeer.connect(server.uri())) {
            Channel channel = watchedFast(server);
            peer.slow(24 << 10).live();
            LiveFacts.of(channel).send((1 << 20) / FRAME, FRAME);
            channel.eventLoop()
                    .scheduleAtFixedRate(
                            () -> {
                                for (int message = 0; message < 100; message++) {
                                    channel.writeAndFlush(new TextWebSocketFrame("tiny"));
                                }
                            },
                            50,
                            50,
                            TimeUnit.MILLISECONDS);

            assertFate(channel, freezes, peer::freeze);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aPeerLivesBehindTheShaperOfItsChannel(boolean freezes) throws Exception {
        assertFateBehind(pipeline -> new ChannelTrafficShapingHandler(BYTES_PER_SECOND, 0, 1_000, 600_000), freezes);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aPeerLivesBehindAShaperOfAllChannels(boolean freezes) throws Exception {
        assertFateBehind(
                pipeline -> new GlobalTrafficShapingHandler(
                        pipeline.channel().eventLoop(), BYTES_PER_SECOND, 0, 1_000, 600_000),
                freezes);
    }

    /** So little room in the kernel that a frozen peer's output stands at once. */
    private void assertFateBehind(Function<ChannelPipeline, ChannelHandler> shaper, boolean freezes) throws Exception {
        try (LiveServer server = LiveServer.start(transport.orSkip(), (pipeline, heartbeat) -> {
                    pipeline.channel().config().setOption(ChannelOption.SO_SNDBUF, FRAME);
                    LiveServer.usual(pipeline, heartbeat);
                    pipeline.addFirst(shaper.apply(pipeline));
                });
                RawPeer peer = RawPeer.connect(server.uri())) {
            Channel channel = watchedFast(server);
            peer.live();
            LiveFacts.of(channel).send((4 << 20) / FRAME, FRAME);

            assertFate(channel, freezes, peer::freeze);
        }
    }

    /** One message: the windows say nothing of how much of it has gone. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anHttp2StreamLivesThatReadsSlowly(boolean freezes) throws Exception {
        try (ZombieDetector detector = ZombieDetector.create(FAST);
                Http2Streams streams = new Http2Streams(transport.orSkip(), detector)) {
            Opened stream = streams.open();
            ScheduledFuture<?> reading = stream.client()
                    .eventLoop()
                    .scheduleAtFixedRate(stream.client()::read, 0, 100, TimeUnit.MILLISECONDS);
            LiveFacts.of(stream.server()).send(1, 8 << 20);

            assertFate(stream.server(), freezes, () -> reading.cancel(false));
        }
    }

    /** Its socket is full of the other stream's bytes in both directions, none of which says anything of this stream. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anHttp2StreamLivesOrDiesByItselfWhateverItsSiblingDoes(boolean freezes) throws Exception {
        RecordingListener events = new RecordingListener();
        try (ZombieDetector detector = ZombieDetector.create(FAST, events);
                Http2Streams streams = new Http2Streams(transport.orSkip(), detector)) {
            Opened stream = streams.open();
            Opened sibling = streams.open();
            streams.widenConnection();
            stream.client().config().setAutoRead(true);
            sibling.client().config().setAutoRead(true);
            keepBusy(sibling.server());
            keepBusy(sibling.client());

            assertFate(stream.server(), freezes, () -> stream.client().config().setAutoRead(false));
            assertThat(sibling.server().isOpen()).isTrue();
            assertThat(events.of(Reap.class))
                    .extracting(Reap::reason)
                    .isEqualTo(freezes ? List.of(ReapReason.NOT_ANSWERED) : List.of());
        }
    }

    private static void keepBusy(Channel channel) {
        channel.eventLoop()
                .scheduleAtFixedRate(
                        () -> {
                            for (int frame = 0; frame < 10 && channel.isWritable(); frame++) {
                                channel.writeAndFlush(new BinaryWebSocketFrame(Unpooled.wrappedBuffer(new byte[200])));
                            }
                        },
                        1,
                        1,
                        TimeUnit.MILLISECONDS);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aPeerLivesThatIsNeverRead(boolean freezes) throws Exception {
        try (LiveServer server = LiveServer.start(transport.orSkip());
                RawPeer peer = RawPeer.connect(server.uri())) {
            Channel channel = watchedFast(server);
            peer.live();
            channel.config().setAutoRead(false);
            channel.eventLoop()
                    .scheduleAtFixedRate(
                            () -> channel.writeAndFlush(new TextWebSocketFrame("tick")), 1, 1, TimeUnit.SECONDS);

            assertFate(channel, freezes, peer::freeze);
        }
    }

    private static Channel watchedFast(LiveServer server) {
        Channel channel = server.nextWatched();
        channel.attr(HeartbeatHandler.HEARTBEAT).get().policy(FAST);
        return channel;
    }

    private static void assertFate(Channel channel, boolean freezes, Runnable freeze) throws InterruptedException {
        boolean ended = channel.closeFuture().await((freezes ? SHORT : LONG).toMillis());
        assertThat(ended).as("a live peer is reaped").isFalse();
        if (freezes) {
            freeze.run();
            assertThat(channel.closeFuture().await(BOUND.toMillis()))
                    .as("a frozen peer is reaped")
                    .isTrue();
        }
    }
}
