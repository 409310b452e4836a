package dev.heartbeat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.heartbeat.LivenessEvent.Hold;
import dev.heartbeat.LivenessEvent.Reap;
import dev.heartbeat.LivenessEvent.Timeout;
import dev.heartbeat.testkit.ScriptedPeer;
import dev.heartbeat.testkit.VirtualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rule 6: many peers that fall silent at once are probably not at fault, and reaping them waits. */
class HoldTest extends DetectorTest {

    private static final Duration CAP = POLICY.holdCap();
    private final List<ScriptedPeer> peers = new ArrayList<>();

    @Test
    void holdsVerdictsWhileNothingIsHeardFromAnyone() {
        fleet(100);

        peers.forEach(ScriptedPeer::mute);
        clock.advance(POLICY.detectionTime().plusSeconds(20));

        assertThat(heard.of(Reap.class)).isEmpty();
        assertThat(heard.of(Timeout.class)).hasSize(100);
        assertThat(heard.of(Hold.class)).hasSize(1);
        assertThat(heard.of(Hold.class).get(0).watched()).isEqualTo(100);
    }

    @Test
    void reapsNobodyWhoAnswersAfterTheOutage() {
        fleet(100);
        outage(peers, Duration.ofSeconds(75));

        clock.advance(Duration.ofMinutes(10));

        assertThat(heard.of(Reap.class)).isEmpty();
        assertThat(heard.of(Hold.class)).extracting(Hold::over).containsExactly(false, true);
    }

    @Test
    void aHoldOutlastsTheOutageByAQuarterAndAQuarterOfAMinuteAtMost() {
        fleet(100);

        outage(peers, Duration.ofSeconds(75));
        clock.advance(Duration.ofMinutes(1));

        assertThat(heard.of(Hold.class).get(1).lasted()).isBetween(Duration.ofSeconds(76), Duration.ofSeconds(97));
    }

    @Test
    void aFleetInWhichManyAlwaysAnswerLateIsNoStorm() {
        for (int i = 0; i < 200; i++) {
            peers.add(peer("sleeper" + i).answering(Duration.ofSeconds(14 + i % 13)));
        }
        clock.advance(Duration.ofHours(2));
        peers.get(3).mute();

        clock.advance(Duration.ofSeconds(25).plus(POLICY.detectionTime()));

        assertThat(heard.of(Reap.class)).hasSize(1);
        assertThat(heard.of(Hold.class)).isEmpty();
    }

    @Test
    void holdsVerdictsWhileManyButNotAllAreSuspect() {
        fleet(400);
        outage(peers.subList(0, 50), Duration.ofSeconds(75));

        clock.advance(Duration.ofMinutes(10));

        assertThat(heard.of(Reap.class)).isEmpty();
        assertThat(heard.of(Hold.class)).extracting(Hold::over).containsExactly(false, true);
    }

    @Test
    void aHoldIsOverWhenNobodyIsLeft() {
        fleet(40);

        peers.forEach(ScriptedPeer::mute);
        clock.advance(POLICY.detectionTime().plus(CAP).plusSeconds(10));

        assertThat(heard.of(Reap.class)).hasSize(40);
        assertThat(heard.of(Hold.class)).extracting(Hold::over).containsExactly(false, true);
    }

    @Test
    void reapsAFewAsEver() {
        fleet(400);

        peers.subList(0, 10).forEach(ScriptedPeer::mute);
        clock.advance(POLICY.detectionTime());

        assertThat(heard.of(Reap.class)).hasSize(10);
        assertThat(heard.of(Hold.class)).isEmpty();
    }

    @Test
    void reapsManyWhoAreDeadAtTheCapAndAtAPace() {
        fleet(2_000);

        peers.subList(0, 800).forEach(peer -> peer.mute().heartbeat().probe());
        clock.advance(PATIENCE.plus(CAP));
        assertThat(heard.of(Reap.class)).isEmpty();
        clock.advance(Duration.ofSeconds(10));
        int early = heard.of(Reap.class).size();
        clock.advance(Duration.ofSeconds(25));

        assertThat(early).isBetween(300, 480);
        assertThat(heard.of(Reap.class)).hasSize(800);
        assertThat(heard.of(Reap.class).get(0).evidence().hindrances()).contains(Hindrance.STORM);
        assertThat(heard.of(Reap.class).get(0).explain()).contains("although many peers fell silent at once");
    }

    @Test
    void aTakeoverTakesNoTurnOfAHeldVerdict() {
        fleet(2_000);
        List<ScriptedPeer> gone = peers.subList(0, 800);
        for (ScriptedPeer peer : gone) {
            peer.mute();
            peer.heartbeat().identify(peer.id());
            peer.heartbeat().probe();
        }
        clock.advance(CAP.plus(POLICY.reapAfter()).minusSeconds(5));

        for (ScriptedPeer ghost : gone.subList(0, 740)) {
            peer("back").answering(Duration.ofMillis(84)).heartbeat().identify(ghost.id());
        }
        clock.advance(Duration.ofSeconds(15));

        assertThat(heard.of(Reap.class))
                .filteredOn(reap -> reap.reason() == ReapReason.SUPERSEDED)
                .hasSize(740);
        assertThat(heard.of(Reap.class))
                .filteredOn(reap -> reap.reason() == ReapReason.NO_ANSWER)
                .hasSize(60);
    }

    @Test
    void holdsPeersWhoAreReapedAsSoonAsTheyAreSuspect() {
        ZombieDetector usual = detector(
                HeartbeatPolicy.builder().reapAfter(Duration.ofSeconds(10)).build(), heard);
        for (int i = 0; i < 2_000; i++) {
            peers.add(new ScriptedPeer(clock, "p" + i)
                    .answering(Duration.ofMillis(50))
                    .watchedBy(usual));
        }
        clock.advance(Duration.ofMinutes(2));

        outage(peers.subList(0, 1_000), Duration.ofSeconds(35));
        clock.advance(Duration.ofMinutes(2));

        // Three percent are the price of noticing.
        assertThat(heard.of(Reap.class)).hasSizeLessThan(80);
    }

    @Test
    void findsADeadPeerInTimeAmongPeersWhoAllReportAtOnce() {
        for (int i = 0; i < 300; i++) {
            peers.add(peer("p" + i).answering(Duration.ofMillis(50)));
        }
        for (int minute = 0; minute < 5; minute++) {
            peers.forEach(peer -> peer.heartbeat().dataReceived());
            clock.advance(Duration.ofMinutes(1));
        }
        ScriptedPeer dead = peers.get(7).mute();
        for (int minute = 0; minute < 2; minute++) {
            peers.stream()
                    .filter(peer -> peer != dead)
                    .forEach(peer -> peer.heartbeat().dataReceived());
            clock.advance(Duration.ofMinutes(1));
        }

        assertThat(heard.namesFor(dead)).endsWith("timeout", "reap");
        assertThat(heard.of(Hold.class)).isEmpty();
    }

    @Test
    void aPolicyMayHoldNothing() {
        ZombieDetector strict =
                detector(HeartbeatPolicy.builder().holdCap(Duration.ZERO).build(), heard);
        for (int i = 0; i < 100; i++) {
            new ScriptedPeer(clock, "p" + i).watchedBy(strict);
        }

        clock.advance(POLICY.detectionTime());

        assertThat(heard.of(Reap.class)).hasSize(100);
        assertThat(heard.of(Hold.class)).isEmpty();
    }

    @Test
    void aStallOfOurOwnIsNoStorm() {
        fleet(200);
        peers.get(3).mute();

        clock.stall(Duration.ofSeconds(40));
        clock.advance(POLICY.detectionTime().plusSeconds(3));

        assertThat(heard.of(Reap.class)).hasSize(1);
        assertThat(heard.of(Hold.class)).isEmpty();
    }

    @Test
    void theHoldCapFollowsAShortPatienceAndIsRefusedOutOfRange() {
        assertThat(CAP).isEqualTo(Duration.ofSeconds(90));
        assertThat(HeartbeatPolicy.builder()
                        .pongTimeout(Duration.ofSeconds(1))
                        .reapAfter(Duration.ofSeconds(2))
                        .build()
                        .holdCap())
                .isEqualTo(Duration.ofSeconds(6));
        for (Duration bad : List.of(Duration.ofMillis(-1), Duration.ofDays(2))) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> HeartbeatPolicy.builder().holdCap(bad))
                    .withMessage("holdCap must be from 0 to 1 day: " + bad);
        }
    }

    @Test
    void connectionsThatWentWithTheirEventLoopDoNotCountAsSilent() {
        VirtualTime loop = new VirtualTime();
        List<Heartbeat> gone = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            gone.add(detector.watch(new ScriptedPeer(clock, "gone"), loop));
        }
        loop.advance(Duration.ofSeconds(1));
        gone.forEach(Heartbeat::closed);
        loop.shutdownNow();

        ScriptedPeer lone = peerThatFallsMute();
        clock.advance(PATIENCE.plus(SLACK));

        assertThat(heard.namesFor(lone)).endsWith("timeout", "reap");
        assertThat(heard.of(Hold.class)).isEmpty();
    }

    @Test
    void takeoversAreNoStormAndADeadPeerIsFoundInTimeAmongThem() {
        for (boolean supersede : List.of(true, false)) {
            ZombieDetector either =
                    detector(POLICY.toBuilder().supersede(supersede).build(), heard);
            List<ScriptedPeer> devices = fleetOf(either, 1_000, "d" + supersede);
            devices.forEach(peer -> peer.heartbeat().identify(peer.id()));
            clock.advance(Duration.ofMinutes(2));
            ScriptedPeer dead = devices.get(999).mute();
            Duration diedAt = clock.elapsed();

            for (int i = 0; i < 400; i++) {
                ScriptedPeer older = devices.get(i).mute();
                new ScriptedPeer(clock, "back")
                        .answering(Duration.ofMillis(50))
                        .watchedBy(either)
                        .heartbeat()
                        .identify(older.id());
                clock.advance(Duration.ofMillis(200));
            }

            assertThat(clock.elapsed().minus(diedAt)).isGreaterThan(POLICY.detectionTime());
            assertThat(heard.namesFor(dead)).endsWith("timeout", "reap");
            assertThat(heard.of(Hold.class)).isEmpty();
        }
    }

    @Test
    void anIntervalThatIsNoLongerInUseIsForgotten() {
        HeartbeatPolicy recipe = HeartbeatPolicy.builder()
                .pingInterval(Duration.ofSeconds(10))
                .pongTimeout(Duration.ofSeconds(5))
                .reapAfter(Duration.ofSeconds(5))
                .holdCap(CAP)
                .build();
        ZombieDetector quick = detector(recipe, heard);
        ScriptedPeer sleeper =
                new ScriptedPeer(clock, "sleeper").watchedBy(quick).answering(Duration.ofMillis(50));
        sleeper.heartbeat()
                .policy(HeartbeatPolicy.builder()
                        .pingInterval(Duration.ofDays(1))
                        .build());
        clock.advance(Duration.ofHours(1));
        peers.addAll(fleetOf(quick, 300, "p"));
        clock.advance(Duration.ofMinutes(1));
        sleeper.heartbeat().stop();
        clock.advance(Duration.ofMinutes(1));

        outage(peers, Duration.ofSeconds(25));
        clock.advance(Duration.ofMinutes(2));

        assertThat(heard.of(Hold.class)).extracting(Hold::over).containsExactly(false, true);
        assertThat(heard.of(Reap.class)).hasSizeLessThan(15); // three percent, and what is due within a second
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 4, 5, 10, 11, 19})
    void aSmallFleetWhoseUplinkIsGoneForAMinuteIsSpared(int size) {
        for (int run = 0; run < 10; run++) {
            List<ScriptedPeer> fleet = fleetOf(detector(POLICY, heard), size, "p");
            clock.advance(Duration.ofMillis(300_000 + 700 * run));

            outage(fleet, Duration.ofMinutes(1));
            clock.advance(Duration.ofMinutes(4));

            assertThat(heard.of(Reap.class)).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 4, 10, 19})
    void oneDeadPeerOfASmallFleetIsFoundInTime(int size) {
        for (int run = 0; run < 10; run++) {
            List<ScriptedPeer> fleet = fleetOf(detector(POLICY, heard), size, "p");
            clock.advance(Duration.ofMillis(120_000 + 700 * run));
            ScriptedPeer dead = fleet.get(1).mute();

            clock.advance(POLICY.detectionTime());

            assertThat(heard.namesFor(dead)).endsWith("timeout", "reap");
            assertThat(heard.of(Hold.class)).isEmpty();
        }
    }

    @Test
    void aSmallFleetThatIsDeadIsReapedAtTheCap() {
        List<ScriptedPeer> fleet = fleetOf(detector(POLICY, heard), 5, "p");
        clock.advance(Duration.ofMinutes(2));
        fleet.forEach(ScriptedPeer::mute);

        clock.advance(POLICY.detectionTime().plus(CAP));

        assertThat(heard.of(Reap.class)).hasSize(5);
        assertThat(heard.of(Hold.class).get(0).over()).isFalse();
    }

    @Test
    void ofTwoConnectionsNothingCanBeTold() {
        List<ScriptedPeer> two = fleetOf(detector(POLICY, heard), 2, "p");
        clock.advance(Duration.ofMinutes(2));
        two.forEach(ScriptedPeer::mute);

        clock.advance(POLICY.detectionTime());

        assertThat(heard.of(Reap.class)).hasSize(2);
        assertThat(heard.of(Hold.class)).isEmpty();
    }

    private void fleet(int size) {
        for (int i = 0; i < size; i++) {
            peers.add(peer("p" + i).answering(Duration.ofMillis(50)));
        }
        clock.advance(Duration.ofMinutes(2));
    }

    private List<ScriptedPeer> fleetOf(ZombieDetector by, int size, String name) {
        List<ScriptedPeer> fleet = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            fleet.add(new ScriptedPeer(clock, name + i)
                    .answering(Duration.ofMillis(50))
                    .watchedBy(by));
        }
        return fleet;
    }

    /** Silences peers, whose pings are answered, all at once, when it is over. */
    private void outage(List<ScriptedPeer> some, Duration length) {
        some.forEach(ScriptedPeer::mute);
        clock.advance(length);
        some.forEach(peer -> peer.answering(Duration.ofMillis(50)));
        some.forEach(ScriptedPeer::pongLatest);
    }
}
