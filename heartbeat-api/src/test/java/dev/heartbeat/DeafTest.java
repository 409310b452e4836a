package dev.heartbeat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.LivenessEvent.Hold;
import dev.heartbeat.LivenessEvent.Quirky;
import dev.heartbeat.LivenessEvent.Reap;
import dev.heartbeat.testkit.ScriptedPeer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who answers every ping is not deaf, however late; who talks and answers none is. */
class DeafTest extends DetectorTest {

    private static final Duration DEAF_AFTER = POLICY.verifyEvery().dividedBy(2);

    @ParameterizedTest
    @CsvSource({"10, 12, 60", "5, 6, 30", "30, 32, 120", "10, 9, 60", "1, 29, 30"})
    void aRoundTripLongerThanThePingIntervalIsNotDeafness(int interval, int roundTrip, int patience) {
        ZombieDetector slow = detector(
                HeartbeatPolicy.builder()
                        .pingInterval(Duration.ofSeconds(interval))
                        .pongTimeout(Duration.ofSeconds(Math.min(roundTrip + 3, patience)))
                        .reapAfter(Duration.ofSeconds(patience))
                        .build(),
                heard);
        ScriptedPeer peer = new ScriptedPeer(clock, "slow")
                .answering(Duration.ofSeconds(roundTrip))
                .watchedBy(slow);
        clock.advance(Duration.ofMinutes(5));
        awaitPings(peer, peer.pings().size() + 1);
        clock.advance(Duration.ofMillis(500));

        peer.heartbeat().dataReceived();
        clock.advance(Duration.ofHours(1));

        assertThat(peer.heartbeat().lastRoundTrip()).isPresent();
        assertThat(heard.of(Reap.class)).isEmpty();
        assertThat(heard.of(Quirky.class)).isEmpty();
    }

    @Test
    void nobodyIsDeafWhoAnswersEveryPingWhateverItSaysInBetween() {
        SplittableRandom random = new SplittableRandom(7);
        for (int run = 0; run < 200; run++) {
            int interval = 1 + random.nextInt(60);
            int patience = 5 + random.nextInt(115);
            HeartbeatPolicy policy = HeartbeatPolicy.builder()
                    .pingInterval(Duration.ofSeconds(interval))
                    .pongTimeout(Duration.ofSeconds(5))
                    .reapAfter(Duration.ofSeconds(patience))
                    .verifyEvery(Duration.ofSeconds(10 + random.nextInt(300)))
                    .build();
            ScriptedPeer peer = new ScriptedPeer(clock, "p" + run).watchedBy(detector(policy, heard));
            double chatter = random.nextDouble() * random.nextDouble();
            for (int second = 0; second < 1_800; second++) {
                peer.answering(Duration.ofMillis(random.nextLong(50, 1_000L * patience - 900)));
                clock.advance(Duration.ofSeconds(1));
                if (random.nextDouble() < chatter) {
                    peer.heartbeat().dataReceived();
                }
            }

            assertThat(heard.of(Reap.class))
                    .as("%s, chatter %s", policy, chatter)
                    .isEmpty();
            peer.heartbeat().stop();
        }
    }

    @Test
    void echoesThatAreRepeatedOrMadeUpProveNothing() {
        ScriptedPeer deaf = peer("deaf").answering(Duration.ofMillis(84));
        awaitPings(deaf, 2);
        clock.advance(Duration.ofSeconds(1));
        deaf.mute();
        Duration fellDeaf = clock.elapsed();
        String old = deaf.payloads().get(0);
        for (int second = 0; second < 460 && deaf.isOpen(); second++) {
            clock.advance(Duration.ofSeconds(1));
            deaf.heartbeat().dataReceived();
            deaf.pong(old);
            deaf.pong(String.format("%012d", second));
        }

        assertThat(heard.of(Reap.class)).extracting(Reap::reason).containsExactly(ReapReason.DEAF);
        assertThat(clock.elapsed().minus(fellDeaf))
                .isLessThan(POLICY.verifyEvery().plus(DEAF_AFTER).plusSeconds(5));
    }

    @Test
    void aMessageThatTakesTenMinutesToArriveIsNotDeafness() {
        for (int run = 0; run < 10; run++) {
            Uploader device = new Uploader("uploads" + run);
            device.answering(Duration.ofMillis(500)).watchedBy(detector);
            clock.advance(Duration.ofMillis(60_000 + 7_300 * run));

            device.upload(Duration.ofMinutes(10));
            device.answer();
            clock.advance(Duration.ofMinutes(5));

            assertThat(heard.of(Reap.class)).isEmpty();
            device.heartbeat().stop();
        }
    }

    @Test
    void whoPausesWithinAMessageForLessThanThePatienceIsNotDeaf() {
        Uploader device = new Uploader("uploads with pauses");
        device.answering(Duration.ofMillis(500)).watchedBy(detector);
        clock.advance(Duration.ofMinutes(1));

        device.uploads = true;
        device.hinderedBy(Hindrance.MESSAGE_INCOMPLETE);
        for (int pause = 0; pause < 40; pause++) {
            clock.advance(PATIENCE.minus(Duration.ofSeconds(2)));
            device.heartbeat().dataReceived();
        }

        assertThat(heard.of(Reap.class)).isEmpty();
    }

    @Test
    void anEchoHasAPongTimeoutAfterTheEndOfTheMessageThatItWaitedFor() {
        for (int run = 0; run < 20; run++) {
            Uploader device = new Uploader("uploads" + run);
            device.answering(Duration.ofMillis(500)).watchedBy(detector);
            clock.advance(Duration.ofMinutes(1));

            device.upload(Duration.ofMinutes(10).plusMillis(710 * run));
            for (int second = 0; second < TIMEOUT.toSeconds() - 1; second++) {
                clock.advance(Duration.ofSeconds(1));
                device.heartbeat().dataReceived();
            }
            device.answer();
            clock.advance(Duration.ofSeconds(1));

            assertThat(heard.of(Reap.class)).isEmpty();
            device.heartbeat().stop();
        }
    }

    @Test
    void whoEndsAMessageAndStillEchoesNothingIsDeaf() {
        Uploader device = new Uploader("uploads");
        device.answering(Duration.ofMillis(500)).watchedBy(detector);
        clock.advance(Duration.ofMinutes(1));
        device.upload(Duration.ofMinutes(8));
        device.mute();
        for (int second = 0; second < 460 && device.isOpen(); second++) {
            clock.advance(Duration.ofSeconds(1));
            device.heartbeat().dataReceived();
        }

        assertThat(heard.of(Reap.class)).extracting(Reap::reason).containsExactly(ReapReason.DEAF);
    }

    @Test
    void whoDiesInTheMiddleOfAMessageIsReapedInTime() {
        ScriptedPeer dying = peer("dying").answering(Duration.ofMillis(84));
        awaitPings(dying, 2);
        clock.advance(Duration.ofSeconds(1));
        dying.hinderedBy(Hindrance.MESSAGE_INCOMPLETE);
        dying.mute();

        clock.advance(POLICY.detectionTime());

        assertThat(heard.namesFor(dying)).endsWith("timeout", "reap");
    }

    @Test
    void manyWhoTurnDeafAtOnceAreHeldAndPaced() {
        List<ScriptedPeer> talkers = talkers(400);
        clock.advance(Duration.ofMinutes(12));
        talkers.forEach(ScriptedPeer::mute);

        clock.advance(
                Duration.ofSeconds(180).plus(DEAF_AFTER).plusSeconds(70)); // the next ping is due after three minutes
        assertThat(heard.of(Reap.class)).isEmpty();
        assertThat(heard.of(Hold.class)).extracting(Hold::over).containsExactly(false);
        talkers.forEach(peer -> peer.answering(Duration.ofMillis(84)));
        talkers.forEach(ScriptedPeer::pongLatest);
        clock.advance(Duration.ofMinutes(10));

        assertThat(heard.of(Reap.class)).isEmpty();
        assertThat(heard.of(Hold.class)).extracting(Hold::over).containsExactly(false, true);
    }

    @Test
    void oneDeafPeerOfAFleetIsFoundInTime() {
        List<ScriptedPeer> talkers = talkers(400);
        clock.advance(Duration.ofMinutes(12));
        ScriptedPeer deaf = talkers.get(7).mute();

        clock.advance(POLICY.verifyEvery().plus(DEAF_AFTER).plusSeconds(6));

        assertThat(heard.of(Reap.class)).extracting(Reap::connection).containsExactly(deaf);
        assertThat(heard.of(Hold.class)).isEmpty();
    }

    private List<ScriptedPeer> talkers(int count) {
        List<ScriptedPeer> talkers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            ScriptedPeer talker = peer("t" + i).answering(Duration.ofMillis(84));
            talkers.add(talker);
            talk(talker);
        }
        return talkers;
    }

    private void talk(ScriptedPeer talker) {
        var unused = clock.schedule(
                () -> {
                    if (talker.isOpen()) {
                        talker.heartbeat().dataReceived();
                        talk(talker);
                    }
                },
                5,
                TimeUnit.SECONDS);
    }

    /** A device whose pongs wait behind the message that it sends. */
    private final class Uploader extends ScriptedPeer {

        private final List<String> owed = new ArrayList<>();
        private boolean uploads;

        Uploader(String id) {
            super(DeafTest.this.clock, id);
        }

        void upload(Duration length) {
            uploads = true;
            hinderedBy(Hindrance.MESSAGE_INCOMPLETE);
            for (int second = 0; second < length.toSeconds() && isOpen(); second++) {
                clock.advance(Duration.ofSeconds(1));
                heartbeat().dataReceived();
            }
            hinderedBy(Hindrance.NONE);
            uploads = false;
        }

        void answer() {
            owed.forEach(this::pong);
        }

        @Override
        public void pong(String payload) {
            if (uploads) {
                owed.add(payload);
            } else {
                super.pong(payload);
            }
        }
    }
}
