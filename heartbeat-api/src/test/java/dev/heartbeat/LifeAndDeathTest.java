package dev.heartbeat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.LivenessEvent.Pong;
import dev.heartbeat.LivenessEvent.Recovery;
import dev.heartbeat.testkit.ScriptedPeer;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Anything heard is life; arm, then send; one ping, then patience. */
class LifeAndDeathTest extends DetectorTest {

    @Test
    void pingsFirstAtARandomMomentOfTheFirstInterval() {
        ScriptedPeer peer = peer("new");

        awaitPings(peer, 1);

        assertThat(latestPing(peer)).isLessThanOrEqualTo(INTERVAL.plus(SLACK));
    }

    @Test
    void pingsAPeerThatHasBeenSilentForTheInterval() {
        ScriptedPeer peer = peer("quiet").answering(Duration.ofMillis(84));
        awaitPings(peer, 5);

        for (int i = 1; i < 5; i++) {
            Duration silence = peer.pings().get(i).minus(peer.pings().get(i - 1));
            assertThat(silence).isBetween(INTERVAL.multipliedBy(7).dividedBy(8).minus(SLACK), INTERVAL.plus(SLACK));
        }
    }

    @Test
    void doesNotPingAPeerThatTalksOncePinged() {
        ScriptedPeer peer = peer("talker").answering(Duration.ofMillis(84));
        awaitPings(peer, 1);

        for (int second = 0; second < 290; second += 10) {
            clock.advance(Duration.ofSeconds(10));
            peer.heartbeat().dataReceived();
        }

        assertThat(peer.pings()).hasSize(1);
        assertThat(heard.namesFor(peer)).containsExactly("pong");
    }

    @Test
    void suspectsAfterThePongTimeoutAndReapsAfterThePatience() {
        ScriptedPeer peer = peerThatFallsMute();

        clock.advance(TIMEOUT.minus(SLACK));
        assertThat(heard.namesFor(peer)).containsExactly("pong");

        clock.advance(SLACK.multipliedBy(2));
        assertThat(heard.namesFor(peer)).containsExactly("pong", "timeout");
        assertThat(peer.heartbeat().isSuspect()).isTrue();
        assertThat(peer.terminations()).isEmpty();

        clock.advance(PATIENCE.minus(TIMEOUT).minus(SLACK.multipliedBy(2)));
        assertThat(heard.namesFor(peer)).containsExactly("pong", "timeout");

        clock.advance(SLACK.multipliedBy(2));
        assertThat(heard.namesFor(peer)).containsExactly("pong", "timeout", "reap");
        assertThat(peer.terminations()).containsExactly(ReapReason.NO_ANSWER);
    }

    @Test
    void reapsAMutePeerWithinTheDetectionTime() {
        ScriptedPeer peer = peer("mute");

        clock.advance(POLICY.detectionTime());

        assertThat(heard.namesFor(peer)).containsExactly("timeout", "reap");
    }

    @Test
    void followsTheUsualRecipeWhenBothDeadlinesAreOne() {
        HeartbeatPolicy recipe = HeartbeatPolicy.builder()
                .pongTimeout(Duration.ofSeconds(10))
                .reapAfter(Duration.ofSeconds(10))
                .build();
        ScriptedPeer peer = new ScriptedPeer(clock, "mute").watchedBy(detector(recipe, heard));

        clock.advance(recipe.detectionTime());

        assertThat(heard.namesFor(peer)).containsExactly("timeout", "reap");
    }

    @Test
    void sendsNoSecondPingBehindAnUnansweredOne() {
        ScriptedPeer peer = peerThatFallsMute();
        int before = peer.pings().size();

        clock.advance(PATIENCE.plus(SLACK));

        assertThat(peer.pings()).hasSize(before);
    }

    @Test
    void dataClearsASuspicionWithinHalfASecond() {
        ScriptedPeer peer = peerThatFallsMute();
        clock.advance(TIMEOUT.plus(SLACK));

        peer.heartbeat().dataReceived();
        clock.advance(Duration.ofMillis(600));

        assertThat(heard.namesFor(peer)).containsExactly("pong", "timeout", "recovery");
        assertThat(peer.heartbeat().isSuspect()).isFalse();
    }

    @Test
    void aLatePongClearsASuspicionAtOnceAndStillGivesARoundTrip() {
        ScriptedPeer peer = peerThatFallsMute();
        clock.advance(Duration.ofSeconds(25).minus(clock.elapsed().minus(latestPing(peer))));

        peer.pongLatest();
        clock.runDue();

        assertThat(heard.namesFor(peer)).containsExactly("pong", "timeout", "recovery", "pong");
        assertThat(heard.of(Recovery.class).get(0).sincePing()).isCloseTo(Duration.ofSeconds(25), Duration.ofMillis(1));
        assertThat(heard.of(Pong.class).get(1).roundTrip()).isCloseTo(Duration.ofSeconds(25), Duration.ofMillis(1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0", "not ours", "something much longer than what was sent, and then some more of it"})
    void anyOtherPongIsLifeWithoutARoundTrip(String payload) {
        ScriptedPeer peer = peerThatFallsMute();
        clock.advance(TIMEOUT.plus(SLACK));

        peer.pong(payload);
        clock.advance(Duration.ofMinutes(1));

        assertThat(heard.namesFor(peer)).startsWith("pong", "timeout", "recovery");
        assertThat(heard.of(Pong.class)).hasSize(1);
    }

    @Test
    void aPongCutShortKeepsAPeerAliveForEver() {
        ScriptedPeer peer = peer("cuts pongs short");

        for (int ping = 1; ping <= 20; ping++) {
            awaitPings(peer, ping);
            peer.pong(peer.payloads().get(ping - 1).substring(0, 3));
        }

        assertThat(heard.namesFor(peer)).containsExactly("quirky");
        assertThat(peer.heartbeat().lastRoundTrip()).isEmpty();
    }

    @Test
    void aPongToAnEarlierPingIsLifeWithoutARoundTrip() {
        ScriptedPeer peer = peer("late");
        awaitPings(peer, 1);
        peer.heartbeat().dataReceived();
        awaitPings(peer, 2);

        peer.pong(peer.payloads().get(0));
        clock.advance(TIMEOUT.plus(SLACK));

        assertThat(heard.namesFor(peer)).doesNotContain("pong", "timeout");
    }

    @Test
    void tellsWhetherAPongEchoesTheLatestPing() {
        ScriptedPeer peer = peer("echoes");
        awaitPings(peer, 1);
        ByteBuffer echo = StandardCharsets.ISO_8859_1.encode(peer.payloads().get(0));

        assertThat(peer.heartbeat().pongReceived(ByteBuffer.wrap(new byte[12]))).isFalse();
        assertThat(peer.heartbeat().pongReceived(echo)).isTrue();
        assertThat(peer.heartbeat().pongReceived(echo)).isTrue();
        assertThat(echo.position()).isZero();
        clock.runDue();
        assertThat(heard.namesFor(peer)).containsExactly("quirky", "pong");
    }

    @Test
    void aPongNobodyAskedForDefersThePing() {
        ScriptedPeer peer = peer("unasked").answering(Duration.ofMillis(84));
        awaitPings(peer, 1);
        clock.advance(Duration.ofSeconds(20));

        peer.pong("unasked for");
        clock.advance(Duration.ofSeconds(20));

        assertThat(peer.pings()).hasSize(1);
    }

    @Test
    void measuresTheRoundTrip() {
        ScriptedPeer peer = peer("live").answering(Duration.ofMillis(84));

        awaitPings(peer, 1);
        clock.advance(Duration.ofSeconds(1));

        assertThat(heard.of(Pong.class).get(0).roundTrip()).isCloseTo(Duration.ofMillis(84), Duration.ofNanos(3_000));
        assertThat(peer.heartbeat().lastRoundTrip().orElseThrow())
                .isCloseTo(Duration.ofMillis(84), Duration.ofMillis(1));
    }

    @Test
    void payloadsAreShortPrintableAsciiAndNeverTheSame() {
        ScriptedPeer peer = peer("live").answering(Duration.ofMillis(84));

        awaitPings(peer, 50);

        assertThat(peer.payloads()).doesNotHaveDuplicates().allMatch(payload -> payload.matches("[!-~]{8,12}"));
    }

    @Test
    void aPingThatTheTransportRefusesIsEvidenceButNoVerdict() {
        ScriptedPeer peer = peer("broken").failing();
        awaitPings(peer, 1);

        clock.advance(PATIENCE.minus(SLACK));
        assertThat(heard.namesFor(peer)).containsExactly("timeout");

        clock.advance(SLACK.multipliedBy(2));
        assertThat(heard.namesFor(peer)).containsExactly("timeout", "reap");
        assertThat(peer.terminations()).containsExactly(ReapReason.PING_FAILED);
        assertThat(heard.of(LivenessEvent.Reap.class).get(0).evidence().pingFailure())
                .hasValueSatisfying(failure -> assertThat(failure).hasMessage("broken pipe"));
    }

    @Test
    void aRefusedPingDoesNotHarmAPeerThatTalks() {
        ScriptedPeer peer = peer("refuses pings, talks").failing();

        for (int second = 0; second < 3_600; second += 20) {
            clock.advance(Duration.ofSeconds(20));
            peer.heartbeat().dataReceived();
        }

        assertThat(heard.namesFor(peer)).doesNotContain("reap");
    }

    @Test
    void aRefusedPingOnAConnectionThatIsClosedEndsTheWatchAsAClose() {
        ScriptedPeer peer = peer("closed").failing();
        awaitPings(peer, 1);

        peer.close();
        clock.advance(Duration.ofSeconds(5).plus(SLACK));

        assertThat(heard.namesFor(peer)).containsExactly("closed");
    }
}
