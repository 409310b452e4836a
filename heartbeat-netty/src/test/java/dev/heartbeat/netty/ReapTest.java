package dev.heartbeat.netty;

import static dev.heartbeat.netty.LiveServer.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.LivenessEvent;
import dev.heartbeat.Termination;
import dev.heartbeat.testkit.RawPeer;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A reap, over real sockets, of a peer that takes nothing any more while megabytes wait for it. */
@ExtendWith(NoLeaks.class)
class ReapTest {

    /** A channel's own close would take ten seconds and more. */
    private static final Duration AT_ONCE = Duration.ofSeconds(9);

    private static final int PENDING = 8 << 20;

    @ParameterizedTest
    @EnumSource
    void freesEverythingAtOnceWhateverIsPending(Transport transport) throws Exception {
        try (LiveServer server = LiveServer.start(transport.orSkip());
                RawPeer peer = RawPeer.connect(server.uri())) {
            assertFreesEverything(server, peer);
            assertThat(peer.awaitEnd()).isEqualTo(RawPeer.End.RESET);
        }
    }

    @ParameterizedTest
    @EnumSource
    void freesEverythingAtOnceBehindTls(Transport transport) throws Exception {
        try (LiveServer server = LiveServer.startWithTls(transport.orSkip());
                RawPeer peer = RawPeer.connect(server.uri())) {
            assertFreesEverything(server, peer);
        }
    }

    private static void assertFreesEverything(LiveServer server, RawPeer peer) {
        Channel channel = server.nextWatched();
        Collector application = channel.pipeline().get(Collector.class);
        int serverPort = server.address.getPort();
        await().until(() ->
                KernelSockets.states(serverPort, peer.localPort()).toList().equals(List.of("01")));
        AtomicLong closedAt = new AtomicLong();
        channel.closeFuture().addListener(closed -> closedAt.set(System.nanoTime()));
        ByteBuf payload = channel.alloc().buffer(PENDING).writerIndex(PENDING);
        ChannelFuture written = channel.writeAndFlush(new BinaryWebSocketFrame(payload));
        LiveServer.makeImpatient(channel);

        await().until(() -> !server.events.of(LivenessEvent.Reap.class).isEmpty());
        long reapedAt = System.nanoTime();
        await().until(() -> closedAt.get() != 0);

        assertThat(Duration.ofNanos(closedAt.get() - reapedAt)).isLessThan(AT_ONCE);
        await().until(() ->
                KernelSockets.states(serverPort, peer.localPort()).findAny().isEmpty());
        assertThat(Duration.ofNanos(System.nanoTime() - reapedAt)).isLessThan(AT_ONCE);
        assertThat(written.awaitUninterruptibly().cause()).isInstanceOf(ClosedChannelException.class);
        await().until(() -> payload.refCnt() == 0);
        await().until(() -> application.events().contains("inactive"));
        assertThat(application.events()).containsExactly("timeout", "reap", "inactive");
        assertThat(server.events.of(LivenessEvent.Reap.class).get(0).termination())
                .succeedsWithin(Duration.ofSeconds(60))
                .isEqualTo(Termination.freed("reset"));
    }
}
