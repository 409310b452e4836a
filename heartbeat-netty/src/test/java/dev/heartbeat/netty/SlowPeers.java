package dev.heartbeat.netty;

import static dev.heartbeat.netty.LiveServer.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.HeartbeatPolicy;
import dev.heartbeat.LivenessEvent.Pong;
import dev.heartbeat.LivenessEvent.Reap;
import dev.heartbeat.ReapReason;
import io.netty.channel.Channel;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/** A server's one peer, which is slow, and what becomes of it. */
record SlowPeers(LiveServer server, Channel channel) {

    static final int BYTES_PER_SECOND = 400_000;

    /** The cap on hindrances is longer than any test, so that none is saved or found by it. */
    static final HeartbeatPolicy POLICY = HeartbeatPolicy.builder()
            .pingInterval(Duration.ofSeconds(1))
            .pongTimeout(Duration.ofMillis(300))
            .reapAfter(Duration.ofMillis(1_500))
            .hindranceCap(Duration.ofSeconds(150))
            .slowestLink(BYTES_PER_SECOND * 3 / 4)
            .holdCap(Duration.ZERO)
            .build();

    /** For a machine that is busy with other tests. */
    private static final Duration SLACK = Duration.ofSeconds(20);

    private static final int FRAME = 20_000;

    /** Waits for the peer, and has it watched under a policy as soon as it has answered. */
    static SlowPeers watched(LiveServer server, HeartbeatPolicy policy) {
        Channel channel = server.nextWatched();
        SlowPeers peer = new SlowPeers(server, channel);
        await().until(() -> peer.pongs() > 0);
        channel.attr(HeartbeatHandler.HEARTBEAT).get().policy(policy);
        return peer;
    }

    void push(int bytes) {
        LiveFacts.of(channel).send(bytes / FRAME, FRAME);
    }

    void staysAliveUntil(BooleanSupplier condition) {
        await().until(() ->
                condition.getAsBoolean() || !server.events.of(Reap.class).isEmpty());
        assertThat(server.events.of(Reap.class)).extracting(Reap::explain).isEmpty();
    }

    void answersAgain() {
        int before = pongs();
        staysAliveUntil(() -> pongs() >= before + 2);
    }

    void isReapedWithin(Duration bound, ReapReason... reasons) {
        long begin = System.nanoTime();
        await().until(() -> !server.events.of(Reap.class).isEmpty());
        Duration took = Duration.ofNanos(System.nanoTime() - begin);

        assertThat(server.events.of(Reap.class)).singleElement().satisfies(reap -> {
            assertThat(reap.reason()).as(reap.explain()).isIn((Object[]) reasons);
            assertThat(took).as(reap.explain()).isLessThan(bound.plus(SLACK));
        });
    }

    int pongs() {
        return server.events.of(Pong.class).size();
    }
}
