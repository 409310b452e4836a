package dev.heartbeat.netty;

import static dev.heartbeat.netty.LiveServer.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.testkit.RawPeer;
import io.netty.channel.Channel;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The kernel's own deadline, where the application asks for it. */
@ExtendWith(NoLeaks.class)
class UserTimeoutTest {

    @ParameterizedTest
    @EnumSource(
            value = Transport.class,
            names = {"EPOLL", "IO_URING"})
    void theKernelIsAsPatientAsThePolicyInForce(Transport transport) throws Exception {
        try (LiveServer server = LiveServer.start(
                        transport.orSkip(),
                        (pipeline, heartbeat) -> pipeline.addLast(
                                Pipelines.serverProtocol(), heartbeat.withTcpUserTimeout(), new Collector()));
                RawPeer peer = RawPeer.connect(server.uri())) {
            Channel channel = server.nextWatched();

            assertThat(peer.localPort()).isEqualTo(((InetSocketAddress) channel.remoteAddress()).getPort());
            assertThat(channel.config().getOption(transport.userTimeout())).isEqualTo(60_000 + 3_000);

            peer.live();
            channel.attr(HeartbeatHandler.HEARTBEAT)
                    .get()
                    .policy(LiveServer.POLICY.toBuilder()
                            .reapAfter(Duration.ofSeconds(20))
                            .holdCap(Duration.ofSeconds(5))
                            .build());
            await().until(() -> channel.config().getOption(transport.userTimeout()) == 25_000);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Transport.class,
            names = {"EPOLL", "IO_URING"})
    void theKernelIsLeftAloneUnlessTheApplicationAsks(Transport transport) throws Exception {
        try (LiveServer server = LiveServer.start(transport.orSkip());
                RawPeer peer = RawPeer.connect(server.uri())) {
            Channel channel = server.nextWatched();

            assertThat(peer.localPort()).isEqualTo(((InetSocketAddress) channel.remoteAddress()).getPort());
            assertThat(channel.config().getOption(transport.userTimeout())).isZero();
        }
    }

    @Test
    void whereTheTransportCannotSetItNothingHappens() throws Exception {
        try (LiveServer server = LiveServer.start(
                        Transport.NIO,
                        (pipeline, heartbeat) -> pipeline.addLast(
                                Pipelines.serverProtocol(), heartbeat.withTcpUserTimeout(), new Collector()));
                RawPeer peer = RawPeer.connect(server.uri())) {
            Channel channel = server.nextImpatient();

            assertThat(peer.awaitEnd()).isEqualTo(RawPeer.End.RESET);

            assertThat(server.eventsOf(channel)).containsExactly("timeout", "reap");
        }
    }
}
