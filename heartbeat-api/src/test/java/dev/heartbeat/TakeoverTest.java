package dev.heartbeat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.heartbeat.LivenessEvent.Reap;
import dev.heartbeat.LivenessEvent.Takeover;
import dev.heartbeat.testkit.ScriptedPeer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** A device that reconnects is not locked out by its own ghost. */
class TakeoverTest extends DetectorTest {

    private static final Duration TICK = Duration.ofMillis(70);

    @Test
    void probesTheGhostAtOnceAndReapsItAfterThePongTimeout() {
        ScriptedPeer ghost = identified(peer("ghost").answering(Duration.ofMillis(84)));
        clock.advance(Duration.ofMinutes(1));
        ghost.mute();

        ScriptedPeer newcomer = identified(peer("newcomer").answering(Duration.ofMillis(84)));
        Duration came = clock.elapsed();
        clock.advance(TICK.multipliedBy(2));
        assertThat(latestPing(ghost)).isBetween(came, came.plus(TICK));
        clock.advance(TIMEOUT.plus(SLACK));

        assertThat(heard.namesFor(ghost)).endsWith("timeout", "reap");
        assertThat(heard.of(Reap.class)).extracting(Reap::reason).containsExactly(ReapReason.SUPERSEDED);
        assertThat(detector.find("cp-17")).containsSame(newcomer.heartbeat());
        Takeover takeover = heard.of(Takeover.class).get(0);
        assertThat(takeover.connection()).isSameAs(newcomer);
        assertThat(takeover.superseded()).isSameAs(ghost);
        assertThat(takeover.isContested()).isFalse();
    }

    @Test
    void sparesAnOlderConnectionThatAnswers() {
        ScriptedPeer older = identified(peer("older").answering(Duration.ofMillis(84)));
        clock.advance(Duration.ofMinutes(1));

        ScriptedPeer newer = identified(peer("newer").answering(Duration.ofMillis(84)));
        clock.advance(Duration.ofMinutes(10));

        assertThat(heard.of(Reap.class)).isEmpty();
        assertThat(older.heartbeat().isWatched()).isTrue();
        assertThat(detector.find("cp-17")).containsSame(newer.heartbeat());
    }

    @Test
    void reapsWithoutAQuestionIfThePolicySaysSo() {
        ZombieDetector strict = detector(POLICY.toBuilder().supersede(true).build(), heard);
        ScriptedPeer older =
                identified(new ScriptedPeer(clock, "older").watchedBy(strict).answering(Duration.ofMillis(84)));
        clock.advance(Duration.ofSeconds(1));

        identified(new ScriptedPeer(clock, "newer").watchedBy(strict).answering(Duration.ofMillis(84)));
        clock.advance(TICK.multipliedBy(2));

        assertThat(older.terminations()).containsExactly(ReapReason.SUPERSEDED);
    }

    @Test
    void theEndOfTheOlderDoesNotTakeTheIdentityFromTheNewer() {
        ScriptedPeer older = identified(peer("older"));
        ScriptedPeer newer = identified(peer("newer"));

        older.heartbeat().closed();
        assertThat(detector.find("cp-17")).containsSame(newer.heartbeat());
        newer.heartbeat().closed();

        assertThat(detector.find("cp-17")).isEmpty();
    }

    @Test
    void tellsWhenTwoDevicesSeemToShareOneIdentity() {
        for (int i = 0; i < 6; i++) {
            identified(peer("cp").answering(Duration.ofMillis(84)));
            clock.advance(Duration.ofSeconds(5));
        }

        assertThat(heard.of(Takeover.class))
                .extracting(Takeover::isContested)
                .containsExactly(false, false, false, true, true);
        clock.advance(Duration.ofMinutes(2));
        identified(peer("cp"));
        clock.advance(TICK);
        assertThat(heard.of(Takeover.class).get(5).lately()).isOne();
    }

    @Test
    void refusesABlankIdentityAndASecondOne() {
        Heartbeat heartbeat = peer("a").heartbeat();

        assertThatIllegalArgumentException()
                .isThrownBy(() -> heartbeat.identify(" "))
                .withMessage("identity must not be blank: \" \"");
        heartbeat.identify("cp-1");
        heartbeat.identify("cp-1");
        assertThatIllegalStateException()
                .isThrownBy(() -> heartbeat.identify("cp-2"))
                .withMessage("already identified as cp-1, not as cp-2");
        assertThat(heartbeat.identity()).contains("cp-1");
        assertThat(heard.of(Takeover.class)).isEmpty();
    }

    @Test
    void aConnectionThatHasEndedHoldsNoIdentity() {
        ScriptedPeer peer = peer("ended");
        peer.heartbeat().stop();

        identified(peer);

        assertThat(detector.find("cp-17")).isEmpty();
    }

    /** Real threads: reconnects of the same few identities, each of which supersedes the one before it. */
    @Test
    void leavesExactlyOneSurvivorOfEachIdentityHoweverManyComeAtOnce() throws InterruptedException {
        int identities = 8;
        Queue<ScriptedPeer> all = new ConcurrentLinkedQueue<>();
        HeartbeatPolicy patient = POLICY.toBuilder()
                .supersede(true)
                .pingInterval(Duration.ofHours(1))
                .build();
        try (ZombieDetector real = ZombieDetector.create(patient)) {
            List<Thread> threads = new ArrayList<>();
            for (int t = 0; t < 4; t++) {
                Thread thread = new Thread(() -> {
                    for (int i = 0; i < 1_000; i++) {
                        ScriptedPeer peer = new ScriptedPeer(clock, "cp").watchedBy(real);
                        all.add(peer);
                        peer.heartbeat().identify("cp-" + i % identities);
                    }
                });
                thread.start();
                threads.add(thread);
            }
            for (Thread thread : threads) {
                thread.join(60_000);
            }

            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
            while (real.watched() > identities && System.nanoTime() - deadline < 0) {
                LockSupport.parkNanos(1_000_000);
            }

            assertThat(real.watched()).isEqualTo(identities);
            for (int i = 0; i < identities; i++) {
                Heartbeat survivor = real.find("cp-" + i).orElseThrow();
                assertThat(survivor.isWatched()).isTrue();
                assertThat(all.stream().filter(peer -> peer.heartbeat() == survivor && peer.isOpen()))
                        .hasSize(1);
            }
        }
    }

    @Test
    void countsTheTakeoversOfTheLastMinuteHoweverManyCameBefore() {
        for (int i = 0; i < 20; i++) {
            identified(peer("cp").answering(Duration.ofMillis(84)));
            clock.advance(Duration.ofSeconds(1));
        }

        clock.advance(Duration.ofMinutes(2));
        identified(peer("cp"));
        clock.advance(TICK);

        assertThat(heard.of(Takeover.class).get(18).lately()).isGreaterThan(10);
        assertThat(heard.of(Takeover.class).get(19).lately()).isOne();
    }

    @Test
    void anIdentityThatIsGivenAgainForgetsNoTakeover() {
        for (int i = 0; i < 5; i++) {
            ScriptedPeer peer = identified(peer("cp").answering(Duration.ofMillis(84)));
            clock.advance(Duration.ofSeconds(5));
            identified(peer);
        }

        assertThat(heard.of(Takeover.class)).extracting(Takeover::lately).containsExactly(1, 2, 3, 4);
    }

    @Test
    void asksAGhostThatHadAnnouncedASilenceAllTheSame() {
        ScriptedPeer ghost = identified(peer("ghost").answering(Duration.ofMillis(84)));
        awaitPings(ghost, 1);
        clock.advance(Duration.ofSeconds(1));
        ghost.heartbeat().expectSilence(Duration.ofHours(2));
        ghost.mute();
        clock.advance(Duration.ofMinutes(10));

        identified(peer("newcomer").answering(Duration.ofMillis(84)));
        clock.advance(TIMEOUT.plus(SLACK));

        assertThat(ghost.terminations()).containsExactly(ReapReason.SUPERSEDED);
    }

    @Test
    void anOlderConnectionThatNamesItselfAgainDoesNotTakeTheIdentityBack() {
        for (boolean supersede : List.of(false, true)) {
            ZombieDetector either =
                    detector(POLICY.toBuilder().supersede(supersede).build(), heard);
            ScriptedPeer older = identified(
                    new ScriptedPeer(clock, "older").watchedBy(either).answering(Duration.ofMillis(84)));
            clock.advance(Duration.ofSeconds(100));
            ScriptedPeer newer = identified(
                    new ScriptedPeer(clock, "newer").watchedBy(either).answering(Duration.ofMillis(84)));

            identified(older);
            assertThat(either.find("cp-17")).containsSame(newer.heartbeat());
            clock.advance(Duration.ofMinutes(1));

            assertThat(newer.heartbeat().isWatched()).isTrue();
            assertThat(heard.namesFor(older)).doesNotContain("takeover");
            assertThat(heard.namesFor(newer)).contains("takeover").doesNotContain("reap");
        }
    }

    @Test
    void findFallsBackToWhoeverIsLeftInWhateverOrderTheyEnd() {
        List<ScriptedPeer> all = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            all.add(identified(peer("cp" + i).answering(Duration.ofMillis(84))));
        }
        for (int ended : new int[] {4, 2, 3, 0}) {
            all.get(ended).heartbeat().closed();
            all.get(ended).close();
            ScriptedPeer latest = all.stream()
                    .filter(ScriptedPeer::isOpen)
                    .reduce((older, newer) -> newer)
                    .orElseThrow();
            assertThat(detector.find("cp-17")).containsSame(latest.heartbeat());
        }

        all.get(1).heartbeat().closed();

        assertThat(detector.find("cp-17")).isEmpty();
    }

    @Test
    void aSuspectThatWasHeardBeforeTheTakeoverIsAskedFirst() {
        for (int i = 0; i < 20; i++) {
            ScriptedPeer older = identified(peer("older").answering(Duration.ofMillis(100)));
            clock.advance(Duration.ofMinutes(1));
            older.answering(Duration.ofSeconds(18));
            while (!older.heartbeat().isSuspect()) {
                clock.advance(Duration.ofMillis(100));
            }
            clock.advance(Duration.ofMillis(1_000 + i * 25));
            older.heartbeat().dataReceived();
            older.answering(Duration.ofMillis(100));
            clock.advance(Duration.ofMillis(100));

            ScriptedPeer newer = identified(peer("newer").answering(Duration.ofMillis(100)));
            Duration came = clock.elapsed();
            clock.advance(Duration.ofSeconds(12));

            assertThat(older.heartbeat().isWatched()).as("after %s", came).isTrue();
            assertThat(older.pings())
                    .filteredOn(ping -> ping.compareTo(came) >= 0)
                    .hasSize(1);
            older.heartbeat().closed();
            newer.heartbeat().closed();
        }
    }

    @Test
    void aSuspectThatWasNotHeardMakesRoomAtOnce() {
        ScriptedPeer ghost = identified(peer("ghost").answering(Duration.ofMillis(84)));
        clock.advance(Duration.ofMinutes(1));
        ghost.mute();
        while (!ghost.heartbeat().isSuspect()) {
            clock.advance(Duration.ofMillis(100));
        }

        identified(peer("newcomer").answering(Duration.ofMillis(84)));
        clock.advance(TICK.multipliedBy(2));

        assertThat(ghost.terminations()).containsExactly(ReapReason.SUPERSEDED);
    }

    /** Real threads: one says that the connection is this device's, the other says it is that one's. */
    @Test
    void holdsOneIdentityHoweverManyNameItAtOnce() throws InterruptedException {
        for (int i = 0; i < 2_000; i++) {
            ScriptedPeer peer = peer("raced");
            Thread other = new Thread(() -> identifiedIfFree(peer, "b"));
            other.start();
            identifiedIfFree(peer, "a");
            other.join();

            assertThat(detector.find("a").isPresent() ^ detector.find("b").isPresent())
                    .isTrue();
            peer.heartbeat().closed();
            assertThat(detector.find("a")).isEmpty();
            assertThat(detector.find("b")).isEmpty();
        }
    }

    /** Real threads: connections of one device come and go at the same time. */
    @Test
    void leavesNothingBehindWhenConnectionsAreNamedAndClosedAtOnce() throws InterruptedException {
        for (int i = 0; i < 500; i++) {
            List<Thread> threads = new ArrayList<>();
            for (int t = 0; t < 3; t++) {
                ScriptedPeer peer = peer("cp" + t);
                threads.add(new Thread(() -> peer.heartbeat().identify("cp-17")));
                threads.add(new Thread(() -> peer.heartbeat().closed()));
            }
            threads.forEach(Thread::start);
            for (Thread thread : threads) {
                thread.join();
            }

            assertThat(detector.find("cp-17")).isEmpty();
        }
    }

    private static void identifiedIfFree(ScriptedPeer peer, String identity) {
        try {
            peer.heartbeat().identify(identity);
        } catch (IllegalStateException isAnothers) {
            // the other thread was first
        }
    }

    private static ScriptedPeer identified(ScriptedPeer peer) {
        peer.heartbeat().identify("cp-17");
        return peer;
    }
}
