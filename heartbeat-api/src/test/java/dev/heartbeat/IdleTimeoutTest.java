package dev.heartbeat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.heartbeat.testkit.ScriptedPeer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A transport that closes idle connections closes none that is alive. */
class IdleTimeoutTest extends DetectorTest {

    private static final Duration IDLE_TIMEOUT = Duration.ofSeconds(30);
    private static final Duration LATEST = Duration.ofMillis(22_500);
    private static final Duration ROUND_TRIP = Duration.ofMillis(84);
    private static final Duration TWO_TICKS = Duration.ofMillis(135);

    @Test
    void asksEveryPeerBeforeThreeQuartersOfTheIdleTimeoutHavePassed() {
        List<IdlePeer> peers =
                Stream.generate(() -> watched(IDLE_TIMEOUT, detector)).limit(50).toList();

        clock.advance(Duration.ofMinutes(10));

        assertThat(peers).allSatisfy(peer -> assertAskedWithin(peer, Duration.ZERO, LATEST));
    }

    @Test
    void tellsThePolicyThatIsInForce() {
        IdlePeer peer = watched(IDLE_TIMEOUT, detector);

        assertThat(peer.heartbeat().policy())
                .isEqualTo(POLICY.toBuilder().pingInterval(LATEST).build());
        assertThat(detector.policy()).isEqualTo(POLICY);
    }

    @Test
    void keepsToTheTimeoutWhenThePolicyChanges() {
        IdlePeer peer = watched(IDLE_TIMEOUT, detector);
        clock.advance(Duration.ofMinutes(1));

        peer.heartbeat()
                .policy(POLICY.toBuilder().pingInterval(Duration.ofHours(1)).build());
        clock.advance(Duration.ofMinutes(10));

        assertAskedWithin(peer, Duration.ZERO, LATEST);
    }

    @Test
    void takesATimeoutIntoAccountThatIsSetRightAfterTheWatchBegan() {
        IdlePeer peer = watched(null, detector);
        peer.idleTimeout = IDLE_TIMEOUT;

        clock.advance(Duration.ofMinutes(10));

        assertAskedWithin(peer, Duration.ZERO, LATEST);
    }

    @Test
    void takesATimeoutIntoAccountThatASlowOpeningSets() {
        IdlePeer peer = watched(null, detector);
        clock.advance(Duration.ofSeconds(2));
        peer.idleTimeout = IDLE_TIMEOUT;

        clock.advance(Duration.ofMinutes(10));

        assertAskedWithin(peer, Duration.ZERO, LATEST);
    }

    @Test
    void takesALaterTimeoutIntoAccountFromTheNextPingOn() {
        IdlePeer peer = watched(null, detector);
        clock.advance(Duration.ofMinutes(1));
        peer.idleTimeout = IDLE_TIMEOUT;

        awaitPings(peer, peer.pings().size() + 1);
        Duration asked = latestPing(peer);
        clock.advance(Duration.ofMinutes(10));

        assertAskedWithin(peer, asked, LATEST);
    }

    @Test
    void keepsTheGivenIntervalWhenTheTimeoutIsTakenAwayRightAfterTheWatchBegan() {
        IdlePeer peer = watched(IDLE_TIMEOUT, detector);
        peer.idleTimeout = null;

        clock.advance(Duration.ofSeconds(1));

        assertThat(peer.heartbeat().policy()).isEqualTo(POLICY);
    }

    @Test
    void takesALaterTimeoutIntoAccountWhenAPolicyIsGiven() {
        IdlePeer peer = watched(null, detector);
        clock.advance(Duration.ofMinutes(1));
        peer.idleTimeout = IDLE_TIMEOUT;

        peer.heartbeat().policy(peer.heartbeat().policy());
        Duration given = clock.elapsed();
        clock.advance(Duration.ofMinutes(10));

        assertAskedWithin(peer, given, LATEST);
    }

    @Test
    void leavesAnIntervalAloneThatIsShortEnough() {
        HeartbeatPolicy proxied = POLICY.toBuilder()
                .pingInterval(Duration.ofSeconds(15))
                .proxyIdleTimeout(Duration.ofSeconds(20))
                .build();

        try (ZombieDetector guarded = detector(proxied, heard)) {
            assertThat(watched(IDLE_TIMEOUT, guarded).heartbeat().policy()).isEqualTo(proxied);
            assertThat(watched(null, guarded).heartbeat().policy()).isEqualTo(proxied);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {30_000, 4_000})
    void asksUnderAnAdaptivePolicyInTimeToo(long millis) {
        Duration timeout = Duration.ofMillis(millis);
        try (ZombieDetector adaptive = detector(HeartbeatPolicy.adaptive(100), heard)) {
            IdlePeer peer = watched(timeout, adaptive);

            clock.advance(Duration.ofMinutes(10));

            assertAskedWithin(peer, Duration.ZERO, timeout.multipliedBy(3).dividedBy(4));
        }
    }

    @Test
    void servesPeersOfDifferentTimeoutsByOnePolicy() {
        IdlePeer hurried = watched(Duration.ofSeconds(4), detector);
        IdlePeer usual = watched(null, detector);

        clock.advance(Duration.ofMinutes(10));

        assertAskedWithin(hurried, Duration.ZERO, Duration.ofSeconds(3));
        assertThat(usual.pings()).hasSizeBetween(18, 24);
    }

    @Test
    void takesNoHarmFromAConnectionThatDoesNotTell() {
        ScriptedPeer hostile = new ScriptedPeer(clock, "hostile") {
            @Override
            public Optional<Duration> idleTimeout() {
                throw new IllegalStateException("closed");
            }
        }.answering(ROUND_TRIP).watchedBy(detector);
        IdlePeer senseless = watched(Duration.ZERO, detector);

        hostile.heartbeat().policy(POLICY);
        clock.advance(Duration.ofMinutes(1));

        assertThat(hostile.heartbeat().policy()).isEqualTo(POLICY);
        assertThat(senseless.heartbeat().policy()).isEqualTo(POLICY);
        assertThat(heard.namesFor(hostile)).contains("pong");
    }

    @Test
    void anIntervalIsNeverShorterThanAMillisecond() {
        assertThat(POLICY.forIdleTimeout(Duration.ofNanos(1)).pingInterval()).isEqualTo(Duration.ofMillis(1));
        assertThat(POLICY.forIdleTimeout(Duration.ofSeconds(Long.MAX_VALUE))).isSameAs(POLICY);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> POLICY.forIdleTimeout(Duration.ZERO))
                .withMessageContaining("idleTimeout");
    }

    private IdlePeer watched(Duration idleTimeout, ZombieDetector by) {
        IdlePeer peer = new IdlePeer();
        peer.idleTimeout = idleTimeout;
        peer.answering(ROUND_TRIP).watchedBy(by);
        return peer;
    }

    /** Each ping, the first one too, comes within so long of the answer to the one before it. */
    private void assertAskedWithin(IdlePeer peer, Duration since, Duration latest) {
        Duration active = since;
        for (Duration ping : peer.pings()) {
            if (ping.compareTo(since) > 0) {
                assertThat(ping.minus(active)).isLessThanOrEqualTo(latest.plus(TWO_TICKS));
                active = ping.plus(ROUND_TRIP);
            }
        }
        assertThat(clock.elapsed().minus(active)).isLessThanOrEqualTo(latest.plus(TWO_TICKS));
    }

    private final class IdlePeer extends ScriptedPeer {

        private Duration idleTimeout;

        private IdlePeer() {
            super(clock, "idle");
        }

        @Override
        public Optional<Duration> idleTimeout() {
            return Optional.ofNullable(idleTimeout);
        }
    }
}
