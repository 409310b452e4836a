package dev.heartbeat.netty;

import dev.heartbeat.ReapReason;
import dev.heartbeat.testkit.Proxy;
import dev.heartbeat.testkit.RawPeer;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Peers behind a real proxy, whose kernel acknowledges for them; and of each its twin, frozen in the middle. */
@Tag("namespace")
@ExtendWith(NoLeaks.class)
@ParameterizedClass
@EnumSource(names = "NIO") // epoll knows no more of a peer behind a proxy
class BehindProxyTest {

    private static final int BYTES = 1_600_000;

    private final Transport transport;

    BehindProxyTest(Transport transport) {
        this.transport = transport;
    }

    /** What a test does with the peer. */
    private interface Course {
        void run(RawPeer device, SlowPeers peer) throws Exception;
    }

    @ParameterizedTest
    @EnumSource
    void aSlowReaderIsNotReaped(Proxy.Program program) throws Exception {
        behind(program, (device, peer) -> {
            peer.push(BYTES);

            peer.staysAliveUntil(() -> device.taken() >= BYTES);

            peer.answersAgain();
        });
    }

    @ParameterizedTest
    @EnumSource
    void aSlowReaderThatFreezesIsReapedAfterTheAllowance(Proxy.Program program) throws Exception {
        behind(program, (device, peer) -> {
            peer.push(BYTES);
            peer.staysAliveUntil(() -> device.taken() > BYTES / 4);

            device.freeze();

            // Which of the two depends on how much the kernel of the proxy takes.
            Duration allowance = Duration.ofMillis(1_000L * BYTES / SlowPeers.POLICY.slowestLink());
            peer.isReapedWithin(
                    SlowPeers.POLICY.detectionTime().plus(allowance), ReapReason.NOT_ANSWERED, ReapReason.PING_STUCK);
        });
    }

    @ParameterizedTest
    @EnumSource
    void aPeerThatIsPushedToAndNeverReadIsNotReaped(Proxy.Program program) throws Exception {
        behind(program, (device, peer) -> {
            pushAndNeverRead(peer.channel());

            peer.staysAliveUntil(passed(SlowPeers.POLICY.detectionTime().multipliedBy(2)));

            peer.channel().config().setAutoRead(true);
            peer.answersAgain();
        });
    }

    @ParameterizedTest
    @EnumSource
    void aPeerThatIsPushedToAndNeverReadIsReapedIfItFreezes(Proxy.Program program) throws Exception {
        behind(program, (device, peer) -> {
            pushAndNeverRead(peer.channel());
            peer.staysAliveUntil(passed(SlowPeers.POLICY.detectionTime()));

            device.freeze();

            peer.isReapedWithin(
                    SlowPeers.POLICY.detectionTime().plus(SlowPeers.POLICY.pongTimeout()), ReapReason.NOT_ANSWERED);
        });
    }

    private void behind(Proxy.Program program, Course course) throws Exception {
        try (LiveServer server = LiveServer.start(transport.orSkip());
                Proxy proxy = Proxy.start(program, server.address.getPort());
                RawPeer device = RawPeer.connect(proxy.uri("127.0.0.1").resolve("/chat"))) {
            device.slow(SlowPeers.BYTES_PER_SECOND).live();
            course.run(device, SlowPeers.watched(server, SlowPeers.POLICY));
        }
    }

    private static void pushAndNeverRead(Channel channel) {
        channel.config().setAutoRead(false);
        channel.eventLoop()
                .scheduleAtFixedRate(
                        () -> channel.writeAndFlush(new TextWebSocketFrame("tick")), 500, 500, TimeUnit.MILLISECONDS);
    }

    private static BooleanSupplier passed(Duration time) {
        long end = System.nanoTime() + time.toNanos();
        return () -> System.nanoTime() - end > 0;
    }
}
