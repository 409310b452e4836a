package dev.heartbeat.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.HeartbeatPolicy;
import dev.heartbeat.LivenessEvent.Pong;
import dev.heartbeat.ReapReason;
import dev.heartbeat.testkit.Namespace;
import dev.heartbeat.testkit.PeerProcess;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** A peer behind a slow link with a deep queue, for which a ping waits longer than the patience; and the same link, cut. */
@Tag("namespace")
@ExtendWith(NoLeaks.class)
@ParameterizedClass
@EnumSource(names = {"NIO", "EPOLL"})
class SlowLinkTest {

    /** TCP sends anew only after some round trips, and each of them takes seconds here. */
    private static final HeartbeatPolicy POLICY =
            SlowPeers.POLICY.toBuilder().reapAfter(Duration.ofSeconds(4)).build();

    private static final int BITS_PER_SECOND = 128_000;
    private static final Duration QUEUE = Duration.ofSeconds(5);
    private static final int BYTES = 120_000;

    /** Until then the kernel does not tell lost bytes from those that are on their way over a link whose queue is deep. */
    private static final Duration RETRANSMISSION = Duration.ofSeconds(4);

    private final Transport transport;

    SlowLinkTest(Transport transport) {
        this.transport = transport;
    }

    @Test
    void aPeerIsNotReapedWhosePingWaitsInTheQueue() throws Exception {
        try (Namespace namespace = Namespace.open();
                LiveServer server = LiveServer.start(transport.orSkip())) {
            SlowPeers peer = downloadOver(namespace, server);

            peer.answersAgain();

            assertThat(server.events.of(Pong.class))
                    .anyMatch(pong -> pong.roundTrip().compareTo(POLICY.reapAfter()) > 0);
        }
    }

    @Test
    void aPeerIsReapedWhoseLinkIsCut() throws Exception {
        try (Namespace namespace = Namespace.open();
                LiveServer server = LiveServer.start(transport.orSkip())) {
            SlowPeers peer = downloadOver(namespace, server);
            int before = peer.pongs();
            long middle = System.nanoTime() + POLICY.reapAfter().dividedBy(2).toNanos();
            peer.staysAliveUntil(() -> System.nanoTime() - middle > 0);
            assertThat(peer.pongs()).isEqualTo(before);

            namespace.cut();

            peer.isReapedWithin(
                    POLICY.detectionTime().plus(RETRANSMISSION), ReapReason.NOT_ACKNOWLEDGED, ReapReason.PING_STUCK);
        }
    }

    /** The process ends with the namespace. */
    private static SlowPeers downloadOver(Namespace namespace, LiveServer server) throws Exception {
        namespace.limitDownlink(BITS_PER_SECOND, QUEUE);
        PeerProcess.start(server.uri(namespace.serverAddress()), namespace).localPort();
        SlowPeers peer = SlowPeers.watched(server, POLICY);
        peer.push(BYTES);
        return peer;
    }
}
