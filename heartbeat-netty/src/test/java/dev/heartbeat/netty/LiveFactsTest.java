package dev.heartbeat.netty;

import static dev.heartbeat.netty.LiveServer.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.TransportFacts;
import dev.heartbeat.testkit.Frame;
import dev.heartbeat.testkit.RawPeer;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.traffic.AbstractTrafficShapingHandler;
import io.netty.handler.traffic.ChannelTrafficShapingHandler;
import io.netty.handler.traffic.GlobalTrafficShapingHandler;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a channel tells of a real socket. */
@ExtendWith(NoLeaks.class)
class LiveFactsTest {

    private static final int BYTES_PER_SECOND = 16 << 10;

    @ParameterizedTest
    @EnumSource
    void theAddressesAreThoseOfTheSocketAndStayWhenItIsClosed(Transport transport) throws Exception {
        try (LiveServer server = LiveServer.start(transport.orSkip());
                RawPeer peer = RawPeer.connect(server.uri())) {
            LiveFacts channel = LiveFacts.of(server.nextWatched());
            TransportFacts facts = channel.facts();

            assertThat(facts.local().map(InetSocketAddress::getPort)).hasValue(server.address.getPort());
            assertThat(facts.remote().map(InetSocketAddress::getPort)).hasValue(peer.localPort());

            channel.channel().close().sync();
            assertThat(channel.facts().remote()).isEqualTo(facts.remote());
            assertThat(channel.facts().sinceArrival()).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource
    void outputToAPeerThatDoesNotReadWaitsAndStandsUntilItReads(Transport transport) throws Exception {
        try (LiveServer server = LiveServer.start(transport.orSkip());
                RawPeer peer = RawPeer.connect(server.uri())) {
            LiveFacts channel = LiveFacts.of(server.nextWatched());
            channel.send(1, 16 << 20);
            channel.ping();
            AtomicLong moves = new AtomicLong(-1);
            await().pollInterval(Duration.ofMillis(500)).until(() -> {
                long now = channel.facts().progress();
                return moves.getAndSet(now) == now;
            });
            TransportFacts stuck = channel.facts();
            assertThat(stuck.waiting()).isPositive();
            assertThat(stuck.pingWaits()).isTrue();

            peer.live();

            await().until(() -> channel.facts().progress() != stuck.progress());
            await().until(() -> !channel.facts().pingWaits());
            assertThat(channel.facts().waiting()).isZero();
            assertThat(channel.facts().sent()).isGreaterThan((16 << 20) - 1_000);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Transport.class,
            names = {"EPOLL", "IO_URING"})
    void theKernelTellsWhenDataLastCame(Transport transport) throws Exception {
        try (LiveServer server = LiveServer.start(transport.orSkip());
                RawPeer peer = RawPeer.connect(server.uri())) {
            LiveFacts channel = LiveFacts.of(server.nextWatched());
            channel.channel().config().setAutoRead(false);
            await().until(() -> sinceArrival(channel).compareTo(Duration.ofMillis(400)) > 0);

            peer.send(Frame.text("unread"));

            await().until(() -> sinceArrival(channel).compareTo(Duration.ofMillis(200)) < 0);
        }
    }

    @Test
    void whereTheKernelCannotBeAskedNothingIsKnownOfWhatCame() throws Exception {
        try (LiveServer server = LiveServer.start(Transport.NIO);
                RawPeer peer = RawPeer.connect(server.uri())) {
            assertThat(peer.localPort()).isPositive();
            assertThat(LiveFacts.of(server.nextWatched()).facts().sinceArrival())
                    .isEmpty();
        }
    }

    @Test
    void aPingWaitsInTheShaperOfItsChannel() throws Exception {
        assertWaitsIn(pipeline -> new ChannelTrafficShapingHandler(BYTES_PER_SECOND, 0));
    }

    @Test
    void aPingWaitsInAShaperOfAllChannels() throws Exception {
        assertWaitsIn(
                pipeline -> new GlobalTrafficShapingHandler(pipeline.channel().eventLoop(), BYTES_PER_SECOND, 0));
    }

    private static void assertWaitsIn(Function<ChannelPipeline, AbstractTrafficShapingHandler> shaper)
            throws Exception {
        try (LiveServer server = LiveServer.start(Transport.NIO, (pipeline, heartbeat) -> {
                    LiveServer.usual(pipeline, heartbeat);
                    pipeline.addFirst(shaper.apply(pipeline));
                });
                RawPeer peer = RawPeer.connect(server.uri())) {
            peer.live();
            LiveFacts channel = LiveFacts.of(server.nextWatched());
            channel.send(3, BYTES_PER_SECOND);
            channel.ping();

            assertThat(channel.facts().pingWaits()).isTrue();
            assertThat(channel.facts().waiting()).isZero();

            peer.awaitData();
            peer.awaitData();
            peer.awaitData();
            await().until(() -> !channel.facts().pingWaits());
        }
    }

    private static Duration sinceArrival(LiveFacts channel) {
        return channel.facts().sinceArrival().orElseThrow();
    }
}
