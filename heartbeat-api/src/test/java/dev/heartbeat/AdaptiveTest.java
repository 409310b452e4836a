package dev.heartbeat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.heartbeat.LivenessEvent.Reap;
import dev.heartbeat.LivenessEvent.Timeout;
import dev.heartbeat.testkit.RecordingListener;
import dev.heartbeat.testkit.ScriptedPeer;
import dev.heartbeat.testkit.VirtualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A detector that learns how long live peers need, in virtual time. */
class AdaptiveTest {

    private static final HeartbeatPolicy ADAPTIVE =
            HeartbeatPolicy.builder().adaptive(100).holdCap(Duration.ZERO).build();
    private static final Duration QUICK = Duration.ofMillis(50);
    private static final Duration SLOW = Duration.ofSeconds(25);

    private final VirtualTime clock = new VirtualTime();
    private final RecordingListener listener = new RecordingListener();
    private final ZombieDetector detector = detector(ADAPTIVE);

    @Test
    void asksATalkerAsSoonAsItsSilenceIsUnusual() {
        ScriptedPeer talker = peer("talker").answering(QUICK);
        talkEvery(10, talker, 600);
        int before = talker.pings().size();
        Duration fellSilent = clock.elapsed();

        clock.advance(Duration.ofSeconds(13));

        assertThat(talker.pings()).hasSize(before + 1);
        assertThat(talker.pings().get(before)).isGreaterThan(fellSilent.plusSeconds(10));
    }

    @Test
    void asksAPeerThatSaysNothingAsOftenAsThePolicySays() {
        ScriptedPeer idle = peer("idle").answering(QUICK);

        clock.advance(Duration.ofHours(1));

        assertThat(idle.pings()).hasSizeBetween(115, 122);
    }

    @Test
    void asksAPeerThatHasFallenSilentAfterABurstLessAndLess() {
        ScriptedPeer peer = peer("burst").answering(QUICK);
        talkEvery(1, peer, 60);
        int before = peer.pings().size();

        clock.advance(Duration.ofHours(1));

        assertThat(peer.pings().size() - before).isBetween(115, 160);
    }

    @Test
    void waitsForThreeQuartersOfAMinuteWhileItKnowsNobody() {
        ScriptedPeer mute = peer("mute").mute();
        clock.advance(Duration.ofSeconds(30));
        Duration asked = mute.pings().get(0);

        clock.advance(Duration.ofSeconds(44).minus(clock.elapsed()).plus(asked));
        assertThat(listener.of(Timeout.class)).hasSize(1);
        assertThat(listener.of(Reap.class)).isEmpty();
        clock.advance(Duration.ofSeconds(2));

        assertThat(listener.of(Reap.class)).hasSize(1);
        assertThat(listener.of(Reap.class).get(0).evidence().neededLonger()).isEmpty();
    }

    @Test
    void findsAZombieAmongQuickPeersWithinSecondsAndSaysWhy() {
        fleet("quick", 30, QUICK);
        clock.advance(Duration.ofHours(1));

        ScriptedPeer zombie = connectAndDie();
        clock.advance(Duration.ofSeconds(36));

        assertThat(listener.of(Reap.class)).hasSize(1);
        assertThat(zombie.terminations()).containsExactly(ReapReason.NO_ANSWER);
        assertThat(listener.of(Reap.class).get(0).explain())
                .endsWith("live peers need longer 0 times in 1000 connection-hours");
    }

    @Test
    void aSuspicionSaysHowOftenLivePeersAreSuspected() {
        List<ScriptedPeer> quick = fleet("quick", 30, QUICK);
        clock.advance(Duration.ofHours(1));
        quick.get(0).answering(Duration.ofSeconds(4));

        clock.advance(Duration.ofSeconds(40));

        assertThat(listener.of(Timeout.class)).isNotEmpty();
        assertThat(listener.of(Timeout.class).get(0).evidence().neededLonger().orElseThrow())
                .isLessThan(1);
        assertThat(listener.of(Reap.class)).isEmpty();
    }

    @Test
    void givesSlowPeersTheTimeThatTheyNeed() {
        List<ScriptedPeer> slow = fleet("slow", 100, SLOW);

        clock.advance(Duration.ofHours(3));

        assertThat(listener.of(Reap.class)).isEmpty();
        assertThat(slow).allSatisfy(peer -> assertThat(peer.isOpen()).isTrue());
    }

    @Test
    void slowPeersDoNotDelayTheVerdictOnQuickOnes() {
        fleet("slow", 30, SLOW);
        fleet("quick", 30, QUICK);
        clock.advance(Duration.ofHours(2));

        ScriptedPeer zombie = connectAndDie();
        clock.advance(Duration.ofSeconds(36));

        assertThat(zombie.terminations()).containsExactly(ReapReason.NO_ANSWER);
        assertThat(listener.of(Reap.class)).hasSize(1);
    }

    @Test
    void aNewcomerIsJudgedByItsGroup() {
        fleet("quick", 30, QUICK);
        fleet("slow", 30, SLOW).forEach(peer -> peer.heartbeat().group("sleepers"));
        clock.advance(Duration.ofHours(2));
        ScriptedPeer sleeper = peer("sleeper").answering(Duration.ofSeconds(24));
        sleeper.heartbeat().group("sleepers");
        ScriptedPeer zombie = peer("zombie").mute();
        zombie.heartbeat().group("sleepers");

        clock.advance(Duration.ofMinutes(2));

        assertThat(zombie.terminations()).hasSize(1);
        assertThat(listener.of(Reap.class).get(0).evidence().sincePing())
                .isBetween(Duration.ofSeconds(25), Duration.ofSeconds(30));
        assertThat(sleeper.terminations()).isEmpty();
    }

    @Test
    void whatIsKnownOfADeviceOutlivesItsConnection() {
        ScriptedPeer first = peer("first").answering(QUICK);
        first.heartbeat().identify("cp-1");
        talkEvery(10, first, 3600);
        first.close();
        first.heartbeat().closed();
        clock.advance(Duration.ofHours(1));
        ScriptedPeer second = peer("second").answering(QUICK);
        assertThatHabitsOfTheTalkerAreKnownOf(second);
    }

    @Test
    void identifyingADeviceTwiceForgetsNothing() {
        ScriptedPeer talker = peer("talker").answering(QUICK);
        talker.heartbeat().identify("cp-1");
        talkEvery(10, talker, 3600);
        talker.heartbeat().identify("cp-1");
        int before = talker.pings().size();

        clock.advance(Duration.ofSeconds(13));

        assertThat(talker.pings()).hasSize(before + 1);
    }

    @Test
    void aConnectionThatTakesOverKnowsWhatTheOlderOneKnew() {
        ScriptedPeer first = peer("first").answering(QUICK);
        first.heartbeat().identify("cp-1");
        talkEvery(10, first, 3600);
        first.mute();
        ScriptedPeer second = peer("second").answering(QUICK);
        assertThatHabitsOfTheTalkerAreKnownOf(second);
    }

    @Test
    void aDeviceThatIsBackTwiceAtOnceAfterItsReapIsGivenTwiceTheTime() {
        fleet("quick", 30, QUICK);
        clock.advance(Duration.ofHours(1));
        Duration first = reapAndComeBack(1);
        Duration second = reapAndComeBack(2);
        Duration third = reapAndComeBack(3);

        assertThat(first).isLessThan(Duration.ofSeconds(7));
        assertThat(second).as("what it needed is known").isGreaterThan(first);
        assertThat(third).isGreaterThan(second);
    }

    @Test
    void aDeviceThatIsBackLateWasReapedRightly() {
        fleet("quick", 30, QUICK);
        clock.advance(Duration.ofHours(1));
        Duration first = reapAndComeBack(1);
        clock.advance(Duration.ofSeconds(200));

        assertThat(reapAndComeBack(2)).isEqualTo(first);
    }

    @Test
    void learnsNothingFromAnswersThatWeDelayed() {
        fleet("quick", 30, QUICK).forEach(peer -> peer.heartbeat().group("all"));
        ScriptedPeer hindered = peer("hindered").answering(Duration.ofSeconds(20));
        hindered.heartbeat().group("all");
        hindered.hinderedBy(Hindrance.HANDLER_RUNNING);
        clock.advance(Duration.ofHours(1));
        assertThat(hindered.terminations()).isEmpty();
        hindered.hinderedBy(Hindrance.NONE);
        hindered.mute();

        clock.advance(Duration.ofSeconds(90));

        assertThat(listener.of(Reap.class)).hasSize(1);
        assertThat(listener.of(Reap.class).get(0).evidence().sincePing()).isLessThan(Duration.ofSeconds(7));
    }

    @Test
    void aPolicyMayBecomeAdaptiveAndCeaseToBe() {
        ZombieDetector plain = detector(HeartbeatPolicy.defaults());
        ScriptedPeer peer = new ScriptedPeer(clock, "peer").watchedBy(plain).answering(QUICK);
        peer.heartbeat().policy(ADAPTIVE);
        talkEvery(10, peer, 500);
        int talking = peer.pings().size();
        clock.advance(Duration.ofSeconds(13));
        assertThat(peer.pings()).hasSize(talking + 1);

        peer.heartbeat().policy(HeartbeatPolicy.defaults());
        clock.advance(Duration.ofSeconds(1));
        peer.heartbeat().dataReceived();
        int before = peer.pings().size();
        clock.advance(Duration.ofSeconds(25));
        assertThat(peer.pings()).hasSize(before);
        clock.advance(Duration.ofSeconds(6));
        assertThat(peer.pings()).hasSize(before + 1);
    }

    @Test
    void aPingThatIsOutIsJudgedByANewBudgetThoughAllElseIsAsBefore() {
        ScriptedPeer peer = fleet("p", 30, QUICK).get(0);
        clock.advance(Duration.ofHours(1));
        peer.mute();
        int before = peer.pings().size();
        while (peer.pings().size() == before) {
            clock.advance(Duration.ofMillis(50));
        }

        peer.heartbeat()
                .policy(HeartbeatPolicy.builder()
                        .adaptive(1)
                        .holdCap(Duration.ZERO)
                        .build());
        clock.advance(Duration.ofSeconds(50));
        assertThat(listener.of(Reap.class)).isEmpty();

        clock.advance(Duration.ofSeconds(15));
        assertThat(listener.of(Reap.class)).hasSize(1);
    }

    @Test
    void refusesABlankGroup() {
        ScriptedPeer peer = peer("peer");

        assertThatIllegalArgumentException()
                .isThrownBy(() -> peer.heartbeat().group(" "))
                .withMessage("group must not be blank: \" \"");
    }

    /** A device goes mute, is reaped, and is back ten seconds later; how long it was waited for. */
    private Duration reapAndComeBack(int time) {
        ScriptedPeer device = peer("device, time " + time).answering(QUICK);
        device.heartbeat().identify("cp-1");
        clock.advance(Duration.ofMinutes(2));
        device.mute();
        int reaps = listener.of(Reap.class).size();
        for (int i = 0; i < 600 && listener.of(Reap.class).size() == reaps; i++) {
            clock.advance(Duration.ofMillis(500));
        }
        clock.advance(Duration.ofSeconds(10));
        return listener.of(Reap.class).get(reaps).evidence().sincePing();
    }

    private void assertThatHabitsOfTheTalkerAreKnownOf(ScriptedPeer second) {
        second.heartbeat().identify("cp-1");
        clock.advance(Duration.ofSeconds(31));
        second.heartbeat().dataReceived();
        int before = second.pings().size();

        clock.advance(Duration.ofSeconds(13));

        assertThat(second.pings()).as("a stranger is asked after 30 s").hasSize(before + 1);
    }

    private ScriptedPeer connectAndDie() {
        ScriptedPeer zombie = peer("zombie").answering(QUICK);
        clock.advance(Duration.ofMinutes(10));
        return zombie.mute();
    }

    private List<ScriptedPeer> fleet(String name, int size, Duration answersAfter) {
        List<ScriptedPeer> fleet = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            fleet.add(peer(name + i).answering(answersAfter));
        }
        return fleet;
    }

    private ScriptedPeer peer(String id) {
        return new ScriptedPeer(clock, id).watchedBy(detector);
    }

    private void talkEvery(int seconds, ScriptedPeer peer, int forSeconds) {
        for (int passed = 0; passed < forSeconds; passed += seconds) {
            clock.advance(Duration.ofNanos(TimeUnit.SECONDS.toNanos(seconds)));
            peer.heartbeat().dataReceived();
        }
    }

    private ZombieDetector detector(HeartbeatPolicy policy) {
        return ZombieDetector.builder(policy)
                .listeners(List.of(listener))
                .ticker(clock)
                .scheduler(clock)
                .executor(Runnable::run)
                .build();
    }
}
