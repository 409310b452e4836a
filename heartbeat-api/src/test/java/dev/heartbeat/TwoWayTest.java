package dev.heartbeat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.LivenessEvent.Reap;
import dev.heartbeat.testkit.ScriptedPeer;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A peer that sends and hears nothing is never silent: it is found by a ping now and then in spite of its data. */
class TwoWayTest extends DetectorTest {

    private static final Duration EVERY = POLICY.verifyEvery();
    private static final Duration SECOND = Duration.ofSeconds(1);

    @Test
    void pingsATalkerNowAndThen() {
        ScriptedPeer talker = peer("talks").answering(Duration.ofMillis(84));

        talk(talker, EVERY.multipliedBy(4).plus(INTERVAL), SECOND);

        assertThat(talker.pings()).hasSizeBetween(4, 5);
        assertThat(heard.namesFor(talker)).containsOnly("pong");
    }

    @Test
    void reapsATalkerThatHasGoneDeaf() {
        ScriptedPeer talker = peer("goes deaf").answering(Duration.ofMillis(84));
        talk(talker, INTERVAL, SECOND);

        talker.mute();
        Duration deaf = clock.elapsed();
        talk(talker, EVERY, SECOND);
        assertThat(talker.heartbeat().isWatched()).isTrue();
        talk(talker, EVERY.dividedBy(2).plusSeconds(1), SECOND);

        assertThat(heard.namesFor(talker)).endsWith("reap");
        Reap reap = heard.of(Reap.class).get(0);
        assertThat(reap.reason()).isEqualTo(ReapReason.DEAF);
        assertThat(reap.evidence().sincePing())
                .isBetween(EVERY.dividedBy(2), clock.elapsed().minus(deaf));
        assertThat(talker.terminations()).containsExactly(ReapReason.DEAF);
    }

    @Test
    void findsADeafPeerThatIsPingedForItsPausesMeanwhile() {
        ScriptedPeer meter = peer("reports each minute").answering(Duration.ofMillis(84));
        awaitPings(meter, 2);
        clock.advance(SECOND);

        meter.mute();
        talk(meter, EVERY, Duration.ofSeconds(45));

        assertThat(heard.of(Reap.class)).extracting(Reap::reason).containsExactly(ReapReason.DEAF);
    }

    @Test
    void doesNotJudgeATalkerThatHasNeverPonged() {
        ScriptedPeer mute = peer("never pongs");

        talk(mute, Duration.ofHours(1), SECOND);

        assertThat(heard.of(Reap.class)).isEmpty();
    }

    @Test
    void sparesATalkerThatEchoesLate() {
        ScriptedPeer slow = peer("slow").answering(Duration.ofSeconds(100));

        talk(slow, Duration.ofHours(1), SECOND);

        assertThat(heard.of(Reap.class)).isEmpty();
        assertThat(heard.namesFor(slow)).containsOnly("pong");
    }

    @Test
    void putsTheVerdictOffWhileSomethingHinders() {
        ScriptedPeer talker = peer("behind a handler").answering(Duration.ofMillis(84));
        talk(talker, INTERVAL, SECOND);
        talker.mute().hinderedBy(Hindrance.HANDLER_RUNNING);

        talk(talker, EVERY.plus(EVERY.dividedBy(2)).plusSeconds(60), SECOND);
        assertThat(talker.heartbeat().isWatched()).isTrue();
        talker.hinderedBy(Hindrance.NONE);
        talk(talker, Duration.ofMinutes(1), SECOND);

        assertThat(heard.of(Reap.class)).extracting(Reap::reason).containsExactly(ReapReason.DEAF);
    }

    @Test
    void asksOnAnEventLoopToo() {
        ScriptedPeer talker =
                new ScriptedPeer(clock, "on a loop").watchedOnLoopBy(detector).answering(Duration.ofMillis(84));
        talk(talker, INTERVAL, SECOND);

        talker.mute();
        talk(talker, EVERY.plus(EVERY.dividedBy(2)).plusSeconds(1), SECOND);

        assertThat(heard.of(Reap.class)).extracting(Reap::reason).containsExactly(ReapReason.DEAF);
    }

    private void talk(ScriptedPeer peer, Duration length, Duration gap) {
        for (Duration passed = Duration.ZERO; passed.compareTo(length) < 0; passed = passed.plus(gap)) {
            clock.advance(gap);
            peer.heartbeat().dataReceived();
        }
    }
}
