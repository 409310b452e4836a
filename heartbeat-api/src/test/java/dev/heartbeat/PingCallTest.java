package dev.heartbeat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.testkit.ScriptedPeer;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** A ping that was never sent, or comes too late, is our trouble and not the peer's. */
class PingCallTest extends DetectorTest {

    @Test
    void aPingDecidedOnBeforeTheEarlierCallHasReturnedIsSentWhenItHas() {
        Heartbeat[] heartbeat = new Heartbeat[1];
        AtomicInteger calls = new AtomicInteger();
        ScriptedPeer live = new ScriptedPeer(clock, "live") {
            @Override
            public void ping(ByteBuffer payload) {
                int call = calls.incrementAndGet();
                heartbeat[0].pongReceived(payload);
                if (call == 1) {
                    clock.advance(INTERVAL.plus(TIMEOUT.dividedBy(2)));
                }
            }
        };
        heartbeat[0] = detector.watch(live);

        clock.advance(Duration.ofMinutes(5));

        assertThat(heard.namesFor(live)).containsOnly("pong").hasSize(calls.get());
    }

    @Test
    void anExecutorThatIsFullForAWhileCostsNoLivePeerItsConnection() {
        int[] refusals = {50};
        ScriptedPeer live = livePeerOn(refusing(refusals, () -> new RejectedExecutionException("full")));

        clock.advance(Duration.ofMinutes(10));

        assertThat(refusals[0]).isZero();
        assertThat(heard.namesFor(live)).containsOnly("pong");
    }

    @Test
    void aMachineThatHasNoThreadForAWhileCostsNoLivePeerItsConnection() {
        int[] refusals = {50};
        ScriptedPeer live = livePeerOn(refusing(refusals, () -> new OutOfMemoryError("no native thread, on purpose")));

        clock.advance(Duration.ofMinutes(10));

        assertThat(refusals[0]).isZero();
        assertThat(heard.namesFor(live)).containsOnly("pong");
    }

    @Test
    void nobodyIsReapedUnaskedHoweverLongTheExecutorRefuses() {
        int[] refusals = {Integer.MAX_VALUE};
        ScriptedPeer live = livePeerOn(refusing(refusals, () -> new RejectedExecutionException("full")));

        clock.advance(POLICY.hindranceCap().multipliedBy(3));

        assertThat(heard.namesFor(live)).isEmpty();
    }

    @Test
    void aZombieIsFoundAsSoonAsTheExecutorTakesItsPing() {
        int[] refusals = {Integer.MAX_VALUE};
        ScriptedPeer mute = livePeerOn(refusing(refusals, () -> new RejectedExecutionException("full")))
                .mute();
        clock.advance(POLICY.hindranceCap().multipliedBy(3));

        refusals[0] = 0;
        clock.advance(PATIENCE.plus(SLACK));

        assertThat(mute.heartbeat().isWatched()).isFalse();
    }

    @Test
    void aPingIsHeldBackAnewForEachLargeMessage() {
        ScriptedPeer device = peer("downloads twice").answering(Duration.ofMillis(84));
        awaitPings(device, 1);
        device.hinderedBy(Hindrance.OUTPUT_IN_PROGRESS);
        clock.advance(INTERVAL.plusSeconds(10));
        device.hinderedBy(Hindrance.NONE);
        for (int second = 0; second < 200; second++) {
            device.heartbeat().dataReceived();
            clock.advance(Duration.ofSeconds(1));
        }
        assertThat(device.pings()).hasSize(1);

        device.hinderedBy(Hindrance.OUTPUT_IN_PROGRESS);
        clock.advance(INTERVAL.multipliedBy(2));

        assertThat(device.pings()).hasSize(1);
    }

    @Test
    void everyPeerOfALargeHerdOnAShortPolicyIsPingedOnTime() {
        HeartbeatPolicy brisk = HeartbeatPolicy.builder()
                .pingInterval(Duration.ofSeconds(1))
                .reapAfter(Duration.ofSeconds(2))
                .build();
        ZombieDetector large = detector(brisk);
        List<ScriptedPeer> herd = new ArrayList<>();
        for (int i = 0; i < 20_000; i++) {
            herd.add(new ScriptedPeer(clock, "one of many")
                    .answering(Duration.ofMillis(10))
                    .watchedOnLoopBy(large));
        }

        clock.advance(Duration.ofSeconds(6));

        for (ScriptedPeer peer : herd) {
            List<Duration> pings = peer.pings();
            for (int i = 1; i < pings.size(); i++) {
                assertThat(pings.get(i).minus(pings.get(i - 1))).isLessThan(Duration.ofMillis(1_200));
            }
        }
    }

    @Test
    void aPeerThatRecoversAndDiesIsStillFoundWithinTheBound() {
        HeartbeatPolicy brisk = HeartbeatPolicy.builder()
                .pingInterval(Duration.ofMillis(100))
                .pongTimeout(Duration.ofMillis(20))
                .reapAfter(Duration.ofSeconds(2))
                .build();
        ScriptedPeer peer = new ScriptedPeer(clock, "dies at once").watchedBy(detector(brisk, heard));
        awaitPings(peer, 1);
        clock.advance(Duration.ofMillis(60));
        assertThat(heard.namesFor(peer)).containsExactly("timeout");

        peer.pongLatest();
        clock.advance(brisk.detectionTime());

        assertThat(heard.namesFor(peer)).endsWith("timeout", "reap");
    }

    @Test
    void aPongThatComesWhileThePingIsRefusedDoesNotKeepTheNextOneFromBeingSent() {
        int[] refusals = {1};
        ScriptedPeer[] live = new ScriptedPeer[1];
        live[0] = livePeerOn(refusing(refusals, () -> {
            live[0].pong("unasked");
            return new RejectedExecutionException("full");
        }));

        clock.advance(Duration.ofMinutes(20));

        assertThat(refusals[0]).isZero();
        assertThat(heard.namesFor(live[0])).containsOnlyOnce("quirky").doesNotContain("timeout", "reap");
        assertThat(live[0].heartbeat().lastRoundTrip()).isPresent();
    }

    @Test
    void aTalkerIsNotDeafToAPingThatTheTransportRefused() {
        ScriptedPeer talker = peer("talks").answering(Duration.ofMillis(84));
        awaitPings(talker, 1);
        talker.failing();

        talk(talker, Duration.ofMinutes(20));

        assertThat(talker.pings()).hasSizeGreaterThan(2);
        assertThat(heard.namesFor(talker)).containsExactly("pong");
        assertThat(talker.heartbeat().isWatched()).isTrue();
    }

    @Test
    void aTalkerIsNotDeafToAPingThatCameTooLateToBeSent() {
        ArrayDeque<Runnable> starved = new ArrayDeque<>();
        boolean[] busy = {false};
        ScriptedPeer talker = livePeerOn(task -> {
            if (busy[0]) {
                starved.add(task);
            } else {
                clock.execute(task);
            }
        });
        awaitPings(talker, 1);
        clock.advance(Duration.ofSeconds(1));

        busy[0] = true;
        while (starved.isEmpty()) {
            talk(talker, Duration.ofSeconds(1));
        }
        talk(talker, TIMEOUT.multipliedBy(2));
        busy[0] = false;
        starved.forEach(Runnable::run);
        talk(talker, Duration.ofMinutes(20));

        assertThat(heard.namesFor(talker)).containsOnly("pong");
        assertThat(talker.heartbeat().isWatched()).isTrue();
    }

    @Test
    void aTalkerIsNotDeafToAPingForWhichThereNeverWasAThread() {
        int[] refusals = {0};
        ScriptedPeer talker = livePeerOn(refusing(refusals, () -> new RejectedExecutionException("full")));
        awaitPings(talker, 1);
        clock.advance(Duration.ofSeconds(1));

        refusals[0] = Integer.MAX_VALUE;
        clock.advance(POLICY.hindranceCap().plus(INTERVAL).plusSeconds(5));
        talk(talker, POLICY.verifyEvery().minusSeconds(10));

        assertThat(heard.namesFor(talker)).containsExactly("pong");
        assertThat(talker.heartbeat().isWatched()).isTrue();
    }

    private void talk(ScriptedPeer talker, Duration length) {
        for (long second = 0; second < length.toSeconds(); second++) {
            clock.advance(Duration.ofSeconds(1));
            talker.heartbeat().dataReceived();
        }
    }

    private ScriptedPeer livePeerOn(Executor executor) {
        return new ScriptedPeer(clock, "live")
                .answering(Duration.ofMillis(84))
                .watchedBy(ZombieDetector.builder(POLICY)
                        .listeners(List.of(heard))
                        .ticker(clock)
                        .scheduler(clock)
                        .executor(executor)
                        .build());
    }

    private Executor refusing(int[] times, Supplier<Throwable> refusal) {
        return task -> {
            if (times[0] > 0) {
                times[0]--;
                throwAny(refusal.get());
            }
            clock.execute(task);
        };
    }

    @SuppressWarnings("unchecked") // erased: lets an executor throw whatever a test wants
    private static <T extends Throwable> void throwAny(Throwable thrown) throws T {
        throw (T) thrown;
    }
}
