package dev.heartbeat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.testkit.ScriptedPeer;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A policy of its own for one connection, and a probe out of turn. */
class PolicyChangeTest extends DetectorTest {

    private static final HeartbeatPolicy QUICK = HeartbeatPolicy.builder()
            .pingInterval(Duration.ofSeconds(2))
            .pongTimeout(Duration.ofSeconds(1))
            .reapAfter(Duration.ofSeconds(3))
            .build();

    private static final HeartbeatPolicy SLOW = HeartbeatPolicy.builder()
            .pingInterval(Duration.ofHours(6))
            .reapAfter(Duration.ofHours(1))
            .build();

    @Test
    void aShorterPolicyIsInForceAtOnce() {
        ScriptedPeer peer = peer("hurried").answering(Duration.ofMillis(84));
        awaitPings(peer, 1);
        clock.advance(Duration.ofSeconds(1));

        peer.heartbeat().policy(QUICK);
        peer.mute();
        clock.advance(QUICK.detectionTime());

        assertThat(peer.heartbeat().policy()).isEqualTo(QUICK);
        assertThat(heard.namesFor(peer)).containsExactly("pong", "timeout", "reap");
    }

    @Test
    void aPolicyGivenRightAfterTheWatchBeganPlansTheFirstPingToo() {
        ScriptedPeer peer = peer("hurried from the start");

        peer.heartbeat().policy(QUICK);
        clock.advance(QUICK.detectionTime());

        assertThat(heard.namesFor(peer)).containsExactly("timeout", "reap");
    }

    @Test
    void aLongerPolicyIsInForceAtOnce() {
        ScriptedPeer peer = peer("patient").answering(Duration.ofMillis(84));
        awaitPings(peer, 1);
        clock.advance(Duration.ofSeconds(1));

        peer.heartbeat().policy(SLOW);
        clock.advance(Duration.ofHours(5));
        assertThat(peer.pings()).hasSize(1);

        clock.advance(Duration.ofHours(1).plus(SLACK));
        assertThat(peer.pings()).hasSize(2);
    }

    @Test
    void aPingAlreadyOutIsJudgedByTheNewPolicy() {
        ScriptedPeer peer = peerThatFallsMute();
        clock.advance(Duration.ofSeconds(5));

        peer.heartbeat().policy(QUICK);
        clock.advance(SLACK);

        assertThat(heard.namesFor(peer)).containsExactly("pong", "timeout", "reap");
    }

    @Test
    void oneDetectorKeepsPoliciesFromAMillisecondToADay() {
        HeartbeatPolicy shortest = HeartbeatPolicy.builder()
                .pingInterval(Duration.ofMillis(1))
                .pongTimeout(Duration.ofMillis(1))
                .reapAfter(Duration.ofMillis(1))
                .build();
        HeartbeatPolicy longest = HeartbeatPolicy.builder()
                .pingInterval(Duration.ofDays(1))
                .pongTimeout(Duration.ofDays(1))
                .reapAfter(Duration.ofDays(1))
                .build();
        ScriptedPeer slow = peer("slow");
        slow.heartbeat().policy(longest);
        ScriptedPeer usual = peer("usual").answering(Duration.ofMillis(84));
        ScriptedPeer quick = peer("quick");
        clock.advance(SLACK);

        quick.heartbeat().policy(shortest);
        clock.advance(Duration.ofMillis(100));
        assertThat(heard.namesFor(quick)).containsExactly("timeout", "reap");

        clock.advance(Duration.ofMinutes(10));
        assertThat(heard.namesFor(usual)).containsOnly("pong");
        assertThat(heard.namesFor(slow)).isEmpty();
    }

    @Test
    void aProbeAsksAtOnceHoweverLatelyThePeerWasHeard() {
        ScriptedPeer peer = peer("probed").answering(Duration.ofMillis(84));
        awaitPings(peer, 1);
        clock.advance(Duration.ofSeconds(1));
        peer.heartbeat().dataReceived();

        peer.heartbeat().probe();
        clock.advance(Duration.ofSeconds(1));

        assertThat(peer.pings()).hasSize(2);
        assertThat(heard.namesFor(peer)).containsExactly("pong", "pong");
    }

    @Test
    void aProbeThatGoesUnansweredIsJudgedLikeAnyPing() {
        ScriptedPeer peer = peer("probed").answering(Duration.ofMillis(84));
        awaitPings(peer, 1);
        clock.advance(Duration.ofSeconds(1));
        peer.heartbeat().dataReceived();
        peer.mute();

        peer.heartbeat().probe();
        clock.advance(PATIENCE.plus(SLACK));

        assertThat(heard.namesFor(peer)).containsExactly("pong", "timeout", "reap");
    }

    @Test
    void aProbeBehindAnUnansweredPingSendsNothing() {
        ScriptedPeer peer = peerThatFallsMute();

        peer.heartbeat().probe();
        clock.advance(TIMEOUT);

        assertThat(peer.pings()).hasSize(2);
    }

    @Test
    void probesThatAreAnsweredAtOnceDoNotRepeat() {
        ScriptedPeer peer = peer("quick").answering(Duration.ZERO);
        awaitPings(peer, 1);

        peer.heartbeat().probe();
        clock.advance(Duration.ofSeconds(10));

        assertThat(peer.pings()).hasSize(2);
    }
}
