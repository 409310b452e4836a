package dev.heartbeat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.LivenessEvent.Pong;
import dev.heartbeat.LivenessEvent.Quirky;
import dev.heartbeat.LivenessEvent.Reap;
import dev.heartbeat.testkit.ScriptedPeer;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Peers that do not answer as RFC 6455 has it are told of once and watched all the same. */
class QuirkTest extends DetectorTest {

    @Test
    void aPeerThatNeverPongsIsWatchedByItsData() {
        ScriptedPeer meter = peer("never pongs");
        meter.heartbeat().dataReceived();

        for (int second = 0; second < 3_600; second++) {
            clock.advance(Duration.ofSeconds(1));
            if (second < 100 || second % 100 == 0) {
                meter.heartbeat().dataReceived();
            }
        }

        assertThat(heard.of(Quirky.class)).extracting(Quirky::quirk).containsExactly(Quirk.PONG_MUTE);
        assertThat(heard.of(Reap.class)).isEmpty();
        assertThat(meter.heartbeat().isWatched()).isTrue();
    }

    @Test
    void aPeerThatNeverPongsAndFallsSilentIsReapedAfterFourTimesThePatience() {
        ScriptedPeer meter = peer("never pongs");
        for (int second = 0; second < 300; second++) {
            clock.advance(Duration.ofSeconds(1));
            meter.heartbeat().dataReceived();
        }
        awaitPings(meter, meter.pings().size() + 1);
        clock.advance(Duration.ofSeconds(1));
        meter.heartbeat().dataReceived();
        awaitPings(meter, meter.pings().size() + 1);

        clock.advance(PATIENCE.multipliedBy(4).minus(SLACK));
        assertThat(meter.heartbeat().isWatched()).isTrue();
        clock.advance(SLACK.multipliedBy(2));

        assertThat(heard.namesFor(meter)).endsWith("timeout", "reap");
    }

    @Test
    void aPeerThatPongsAfterAllIsMuteNoMore() {
        ScriptedPeer late = peer("pongs after all");
        for (int pings = 1; pings <= 2; pings++) {
            awaitPings(late, pings);
            clock.advance(Duration.ofMillis(200));
            late.heartbeat().dataReceived();
        }
        awaitPings(late, 3);
        late.pongLatest();
        awaitPings(late, 4);

        clock.advance(PATIENCE.plus(SLACK));

        assertThat(heard.namesFor(late)).containsExactly("quirky", "pong", "timeout", "reap");
    }

    @Test
    void aPeerWhosePongsNobodyShowsIsNotCalledMuteAndHasTheUsualPatience() {
        ScriptedPeer unseen = peer("unseen").answering(Duration.ofMillis(100)).blind();
        awaitPings(unseen, 4);
        clock.advance(Duration.ofSeconds(1));
        unseen.mute();
        awaitPings(unseen, 5);

        clock.advance(PATIENCE.plus(SLACK));

        assertThat(heard.namesFor(unseen)).containsExactly("timeout", "reap");
    }

    @Test
    void aPeerWhosePongsAreShownNoMoreIsNotDeaf() {
        ScriptedPeer peer = peer("seen at first").answering(Duration.ofMillis(100));
        awaitPings(peer, 2);
        peer.blind();

        for (int second = 0; second < 3_600; second++) {
            clock.advance(Duration.ofSeconds(1));
            peer.heartbeat().dataReceived();
        }

        assertThat(heard.namesFor(peer)).containsOnly("pong");
        assertThat(peer.heartbeat().isWatched()).isTrue();
    }

    @Test
    void aTruncatedPongIsToldOnceAndIsLifeWithoutARoundTrip() {
        ScriptedPeer peer = peer("truncates");
        for (int pings = 1; pings <= 10; pings++) {
            awaitPings(peer, pings);
            peer.pong(peer.payloads().get(pings - 1).substring(0, pings % 12));
        }

        assertThat(heard.of(Quirky.class)).extracting(Quirky::quirk).containsExactly(Quirk.TRUNCATED_PONGS);
        assertThat(heard.of(Pong.class)).isEmpty();
    }

    @Test
    void anEmptyPongIsATruncatedOne() {
        ScriptedPeer peer = peer("empty");
        awaitPings(peer, 1);

        peer.pong("");
        clock.runDue();

        assertThat(heard.of(Quirky.class)).extracting(Quirky::quirk).containsExactly(Quirk.TRUNCATED_PONGS);
    }

    @Test
    void aFloodOfForgedPongsIsToldOnceAndEarnsNoRoundTrip() {
        ScriptedPeer forger = peer("forges");
        awaitPings(forger, 1);

        for (int i = 0; i < 10_000; i++) {
            forger.pong(String.format("%012d", i));
        }
        clock.advance(SLACK);

        assertThat(heard.namesFor(forger)).containsExactly("quirky");
        assertThat(heard.of(Quirky.class).get(0).quirk()).isEqualTo(Quirk.FOREIGN_PONGS);
        assertThat(forger.heartbeat().lastRoundTrip()).isEmpty();
    }

    @Test
    void anEchoThatComesAfterDataGivesARoundTripAllTheSame() {
        ScriptedPeer peer = peer("talks first");
        awaitPings(peer, 1);
        clock.advance(Duration.ofMillis(300));
        peer.heartbeat().dataReceived();
        clock.advance(Duration.ofSeconds(6));

        peer.pongLatest();
        clock.runDue();

        assertThat(heard.of(Pong.class)).hasSize(1);
        assertThat(heard.of(Pong.class).get(0).roundTrip())
                .isBetween(Duration.ofMillis(6_200), Duration.ofMillis(6_400));
    }
}
