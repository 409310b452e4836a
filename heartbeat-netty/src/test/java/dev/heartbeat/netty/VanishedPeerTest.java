package dev.heartbeat.netty;

import static dev.heartbeat.netty.LiveServer.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.LivenessEvent;
import dev.heartbeat.Termination;
import dev.heartbeat.testkit.Namespace;
import dev.heartbeat.testkit.PeerProcess;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A peer in another network namespace whose link goes down: nothing arrives any more, and nobody is told. */
@Tag("namespace")
@ExtendWith(NoLeaks.class)
class VanishedPeerTest {

    static Stream<Arguments> transportsAndPendingBytes() {
        return Stream.of(Transport.values())
                .flatMap(transport -> Stream.of(0, 8 << 20).map(pending -> Arguments.of(transport, pending)));
    }

    @ParameterizedTest(name = "{0}, {1} bytes pending")
    @MethodSource("transportsAndPendingBytes")
    void reapsAPeerThatVanishesAndLeavesTheKernelNothing(Transport transport, int pending) throws Exception {
        transport.orSkip();
        try (Namespace namespace = Namespace.open();
                LiveServer server = LiveServer.start(transport)) {
            int serverPort = server.address.getPort();
            int peerPort = PeerProcess.start(server.uri(namespace.serverAddress()), namespace)
                    .localPort();
            Channel channel = server.nextWatched();
            await().until(() -> !server.events.of(LivenessEvent.Pong.class).isEmpty());

            namespace.cut();
            ByteBuf payload = channel.alloc().buffer(pending + 1).writerIndex(pending);
            if (pending > 0) {
                channel.writeAndFlush(new BinaryWebSocketFrame(payload));
            } else {
                payload.release();
            }
            LiveServer.makeImpatient(channel);

            await().until(() -> !server.events.of(LivenessEvent.Reap.class).isEmpty());
            LivenessEvent.Reap reap = server.events.of(LivenessEvent.Reap.class).get(0);
            assertThat(reap.evidence().lastRoundTrip()).isPresent();
            assertThat(reap.termination())
                    .succeedsWithin(Duration.ofSeconds(60))
                    .isEqualTo(Termination.freed("reset"));
            await().until(() ->
                    KernelSockets.states(serverPort, peerPort).findAny().isEmpty());
            await().until(() -> payload.refCnt() == 0);
            assertThat(server.eventsOf(channel)).endsWith("timeout", "reap");
            await().until(() -> !channel.isOpen() && !channel.isActive());
        }
    }
}
