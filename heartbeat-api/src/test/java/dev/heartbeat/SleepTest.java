package dev.heartbeat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.heartbeat.testkit.ScriptedPeer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A device that announces a silence is left in peace until it is over. */
class SleepTest extends DetectorTest {

    private static final Duration SLEEP = Duration.ofHours(2);

    @Test
    void asksNothingWhileThePeerSleepsAndAsksWhenItShouldBeAwake() {
        ScriptedPeer meter = sleeper();

        clock.advance(SLEEP.minusSeconds(1));
        assertThat(meter.pings()).hasSize(1);
        clock.advance(Duration.ofSeconds(2));

        assertThat(meter.pings()).hasSize(2);
    }

    @Test
    void givesThePeerMoreTimeForTheFirstAnswerAfterwards() {
        ScriptedPeer meter = sleeper().answering(SLEEP.dividedBy(8));

        clock.advance(SLEEP.plus(SLEEP.dividedBy(8)).plusSeconds(5));

        assertThat(heard.namesFor(meter)).containsExactly("pong", "pong");
    }

    @Test
    void isAsleepUntilItIsAskedAfterwards() {
        ScriptedPeer meter = sleeper();
        int pings = meter.pings().size();
        clock.advance(SLEEP.minus(SLACK));
        assertThat(meter.heartbeat().isAsleep()).isTrue();

        awaitPings(meter, pings + 1);

        assertThat(meter.heartbeat().isAsleep()).isFalse();
    }

    @Test
    void reapsAPeerThatNeverWakesUp() {
        ScriptedPeer meter = sleeper().mute();

        clock.advance(SLEEP.plus(PATIENCE).plus(SLEEP.dividedBy(8)).minus(SLACK));
        assertThat(meter.heartbeat().isWatched()).isTrue();
        clock.advance(SLACK.multipliedBy(3));

        assertThat(heard.namesFor(meter)).endsWith("timeout", "reap");
    }

    @Test
    void isPatientNoMoreOnceThePeerHasAnswered() {
        ScriptedPeer meter = sleeper();
        awaitPings(meter, 2);
        clock.advance(Duration.ofSeconds(1));
        meter.mute();

        clock.advance(POLICY.detectionTime());

        assertThat(heard.namesFor(meter)).endsWith("timeout", "reap");
    }

    @Test
    void takesTheAnnouncementForAnAnswerToThePingThatIsOut() {
        ScriptedPeer meter = peer("announces late");
        awaitPings(meter, 1);
        clock.advance(TIMEOUT.plus(SLACK));

        meter.heartbeat().expectSilence(SLEEP);
        clock.advance(SLEEP.minusSeconds(1));

        assertThat(heard.namesFor(meter)).containsExactly("timeout", "recovery");
        assertThat(meter.pings()).hasSize(1);
    }

    @Test
    void stillNoticesAClose() {
        ScriptedPeer meter = sleeper();

        meter.close();
        clock.advance(Duration.ofSeconds(6));

        assertThat(heard.namesFor(meter)).endsWith("closed");
    }

    @Test
    void refusesASilenceOutOfRange() {
        ScriptedPeer meter = peer("m");
        for (Duration bad : List.of(Duration.ZERO, Duration.ofDays(8))) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> meter.heartbeat().expectSilence(bad))
                    .withMessage("length must be from 1 ms to 7 days: " + bad);
        }
    }

    @Test
    void isPatientWithTheFirstAnswerThoughNoThreadCouldBeHadForItsPingAtFirst() {
        int[] refusals = {0};
        ScriptedPeer meter = new ScriptedPeer(clock, "sleeps").answering(Duration.ofMillis(84));
        meter.watchedBy(ZombieDetector.builder(POLICY)
                .listeners(List.of(heard))
                .ticker(clock)
                .scheduler(clock)
                .executor(task -> {
                    if (refusals[0] > 0) {
                        refusals[0]--;
                        throw new RejectedExecutionException("full");
                    }
                    clock.execute(task);
                })
                .build());
        awaitPings(meter, 1);
        clock.advance(Duration.ofSeconds(1));
        meter.heartbeat().expectSilence(SLEEP);
        refusals[0] = 3;

        meter.answering(SLEEP.dividedBy(8));
        clock.advance(SLEEP.plus(SLEEP.dividedBy(8)).plusSeconds(5));

        assertThat(refusals[0]).isZero();
        assertThat(heard.namesFor(meter)).containsExactly("pong", "pong");
    }

    @Test
    void owesNoEchoOfThePingThatWasOutWhenItFellAsleep() {
        ScriptedPeer meter = peer("announces while asked").answering(Duration.ofMillis(84));
        awaitPings(meter, 1);
        meter.mute();
        while (meter.pings().size() < 2) {
            clock.advance(Duration.ofSeconds(1));
            meter.heartbeat().dataReceived();
        }

        meter.heartbeat().expectSilence(SLEEP);
        meter.answering(Duration.ofMillis(84));
        clock.advance(SLEEP.plus(INTERVAL));

        assertThat(heard.namesFor(meter)).startsWith("pong", "pong").doesNotContain("reap");
    }

    @Test
    void sleepersThatAreToBeProbedLeaveThePingsToThoseWhoAreAwake() {
        for (int i = 0; i < 3_000; i++) {
            Heartbeat asleep = peer("asleep").heartbeat();
            asleep.expectSilence(SLEEP);
            asleep.probe();
        }
        List<ScriptedPeer> awake = Stream.generate(() -> peer("awake").answering(Duration.ofMillis(84)))
                .limit(10)
                .toList();
        clock.advance(INTERVAL.plus(SLACK));
        Duration asked = clock.elapsed();

        awake.forEach(peer -> peer.heartbeat().probe());
        clock.advance(SLACK);

        assertThat(awake).allMatch(peer -> latestPing(peer).compareTo(asked) >= 0);
    }

    private ScriptedPeer sleeper() {
        ScriptedPeer meter = peer("sleeps").answering(Duration.ofMillis(84));
        awaitPings(meter, 1);
        clock.advance(Duration.ofSeconds(1));
        meter.heartbeat().expectSilence(SLEEP);
        return meter;
    }
}
