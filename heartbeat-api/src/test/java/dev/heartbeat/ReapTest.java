package dev.heartbeat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.LivenessEvent.Reap;
import dev.heartbeat.testkit.ScriptedPeer;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Reaped exactly once, with a verdict that explains itself. */
class ReapTest extends DetectorTest {

    @Test
    void theVerdictExplainsItself() {
        ScriptedPeer peer = peerThatFallsMute();

        clock.advance(PATIENCE.plus(SLACK));

        Reap reap = heard.of(Reap.class).get(0);
        assertThat(reap.connection()).isSameAs(peer);
        assertThat(reap.reason()).isEqualTo(ReapReason.NO_ANSWER);
        assertThat(reap.evidence().sincePing()).isBetween(PATIENCE, PATIENCE.plus(SLACK));
        assertThat(reap.evidence().silence())
                .isGreaterThan(PATIENCE.plus(INTERVAL.multipliedBy(3).dividedBy(4)));
        assertThat(reap.evidence().lastRoundTrip().orElseThrow())
                .isCloseTo(Duration.ofMillis(84), Duration.ofMillis(1));
        assertThat(reap.evidence().hindrances()).isEmpty();
        assertThat(reap.explain())
                .matches("no answer to the ping; silent for [56][0-9.]+ s, 30(\\.[0-9])? s since the ping, "
                        + "last round trip (8[34]\\.?[0-9]*) ms");
    }

    @Test
    void onReapRunsBeforeTheConnectionIsTerminated() {
        List<Integer> terminationsSeen = new ArrayList<>();
        ScriptedPeer[] peer = new ScriptedPeer[1];
        LivenessListener looking = new LivenessListener() {
            @Override
            public void onReap(Reap event) {
                terminationsSeen.add(peer[0].terminations().size());
            }
        };
        peer[0] = new ScriptedPeer(clock, "mute").watchedBy(detector(POLICY, looking));

        clock.advance(POLICY.detectionTime().plus(SLACK));

        assertThat(terminationsSeen).containsExactly(0);
        assertThat(peer[0].terminations()).hasSize(1);
    }

    @Test
    void theTerminationsOutcomeReachesTheEvent() {
        peer("mute");

        clock.advance(POLICY.detectionTime().plus(SLACK));

        assertThat(heard.of(Reap.class).get(0).termination().toCompletableFuture())
                .isCompletedWithValue(Termination.freed("script"));
    }

    @Test
    void aTerminationThatThrowsIsReportedAsOneThatFreedNothing() {
        ScriptedPeer peer = new ScriptedPeer(clock, "stubborn") {
            @Override
            public Termination terminate(ReapReason reason) {
                throw new StackOverflowError("in the container");
            }
        };
        peer.watchedBy(detector);

        clock.advance(POLICY.detectionTime().plus(SLACK));

        assertThat(heard.of(Reap.class)
                        .get(0)
                        .termination()
                        .toCompletableFuture()
                        .join())
                .isEqualTo(Termination.notFreed("java.lang.StackOverflowError: in the container"));
    }

    @Test
    void nothingFollowsAReap() {
        ScriptedPeer peer = peerThatFallsMute();
        clock.advance(PATIENCE.plus(SLACK));
        List<String> before = heard.namesFor(peer);

        peer.pongLatest();
        peer.heartbeat().dataReceived();
        peer.heartbeat().probe();
        peer.heartbeat().closed();
        peer.heartbeat().stop();
        peer.heartbeat().policy(POLICY);
        clock.advance(Duration.ofMinutes(5));

        assertThat(heard.namesFor(peer)).isEqualTo(before).endsWith("reap");
        assertThat(peer.terminations()).hasSize(1);
        assertThat(peer.heartbeat().isWatched()).isFalse();
        assertThat(detector.watched()).isZero();
    }

    @Test
    void aConnectionThatThrowsFromEveryMethodIsReapedAllTheSame() {
        Connection hostile = new Connection() {
            @Override
            public String id() {
                throw new IllegalStateException("closed");
            }

            @Override
            public boolean isOpen() {
                throw new IllegalStateException("closed");
            }

            @Override
            public void ping(ByteBuffer payload) {
                throw new AssertionError("closed");
            }

            @Override
            public Termination terminate(ReapReason reason) {
                throw new IllegalStateException("closed");
            }

            @Override
            public Hindrance hindrance() {
                throw new IllegalStateException("closed");
            }
        };
        detector.watch(hostile);

        clock.advance(POLICY.detectionTime().plus(SLACK));

        assertThat(heard.namesFor(hostile)).containsExactly("timeout", "reap");
        assertThat(heard.of(Reap.class)
                        .get(0)
                        .termination()
                        .toCompletableFuture()
                        .join()
                        .freed())
                .isFalse();
        assertThat(detector.watched()).isZero();
    }

    @Test
    void aZombieThatTheTransportHasAlreadyClosedIsReportedAsClosed() {
        ScriptedPeer peer = peerThatFallsMute();
        clock.advance(TIMEOUT.plus(SLACK));

        peer.close();
        clock.advance(PATIENCE);

        assertThat(heard.namesFor(peer)).containsExactly("pong", "timeout", "closed");
        assertThat(peer.terminations()).isEmpty();
    }
}
