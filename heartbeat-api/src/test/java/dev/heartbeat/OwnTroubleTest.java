package dev.heartbeat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.heartbeat.LivenessEvent.Pong;
import dev.heartbeat.LivenessEvent.Reap;
import dev.heartbeat.LivenessEvent.Timeout;
import dev.heartbeat.internal.engine.Internals;
import dev.heartbeat.testkit.ScriptedPeer;
import dev.heartbeat.testkit.VirtualTime;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Whatever foreign code throws and whatever a machine lacks, a zombie's connection is terminated, once. */
class OwnTroubleTest extends DetectorTest {

    /** The class path of an application that has been undeployed. */
    private static class Gone implements Connection {
        @Override
        public String id() {
            throw new NoClassDefFoundError("on purpose");
        }

        @Override
        public boolean isOpen() {
            throw new NoClassDefFoundError("on purpose");
        }

        @Override
        public void ping(ByteBuffer payload) {
            throw new NoClassDefFoundError("on purpose");
        }

        @Override
        public Termination terminate(ReapReason reason) {
            throw new NoClassDefFoundError("on purpose");
        }

        @Override
        public Hindrance hindrance() {
            throw new NoClassDefFoundError("on purpose");
        }

        @Override
        public Optional<LivenessListener> listener() {
            throw new NoClassDefFoundError("on purpose");
        }
    }

    private static class Speechless extends RuntimeException {
        private static final long serialVersionUID = 1;

        @Override
        public String toString() {
            throw new IllegalStateException("on purpose");
        }
    }

    @Test
    void errorsFromEveryMethodOfAConnectionDoNotSaveIt() {
        Gone gone = new Gone();
        detector.watch(gone);

        clock.advance(POLICY.detectionTime().plus(SLACK));

        assertThat(heard.namesFor(gone)).containsExactly("timeout", "reap");
        assertThat(heard.of(Reap.class).get(0).termination().toCompletableFuture())
                .isCompletedWithValue(Termination.notFreed("java.lang.NoClassDefFoundError: on purpose"));
    }

    @Test
    void aCommandThatFailsFailsAlone() {
        Gone gone = new Gone();
        Heartbeat broken = detector.watch(gone);
        ScriptedPeer other = peer("other").answering(Duration.ofMillis(84));
        clock.advance(SLACK);

        broken.probe();
        other.heartbeat().probe();
        clock.advance(Duration.ofSeconds(1));

        assertThat(heard.namesFor(other)).containsExactly("pong");
    }

    @Test
    void aTerminationThatIsNullFreedNothing() {
        ScriptedPeer careless = new ScriptedPeer(clock, "careless") {
            @Override
            public Termination terminate(ReapReason reason) {
                return null;
            }
        };
        careless.watchedBy(detector);

        clock.advance(POLICY.detectionTime().plus(SLACK));

        assertThat(heard.of(Reap.class).get(0).termination().toCompletableFuture())
                .isCompletedWithValueMatching(termination -> !termination.freed());
    }

    @Test
    void aMachineThatHasNoThreadTerminatesItsZombiesWhenItHasOneAgain() {
        boolean[] starved = {false};
        ZombieDetector poor = ZombieDetector.builder(POLICY)
                .listeners(List.of(heard))
                .ticker(clock)
                .scheduler(clock)
                .executor(task -> {
                    if (starved[0]) {
                        throw new OutOfMemoryError("no native thread, on purpose");
                    }
                    clock.execute(task);
                })
                .build();
        ScriptedPeer mute = new ScriptedPeer(clock, "mute").watchedBy(poor);
        awaitPings(mute, 1);

        starved[0] = true;
        clock.advance(PATIENCE.multipliedBy(2));
        assertThat(mute.heartbeat().isWatched()).isFalse();
        assertThat(mute.terminations()).isEmpty();

        starved[0] = false;
        clock.advance(Duration.ofSeconds(2));
        assertThat(mute.terminations()).containsExactly(ReapReason.NO_ANSWER);
    }

    @Test
    void aPongThatRacesWithTheCloseIsNotHeardBehindIt() {
        ScriptedPeer peer = peer("closing");
        Internals.Events seenByThePongsThread = Internals.events(peer.heartbeat());

        peer.heartbeat().closed();
        seenByThePongsThread.add(() -> heard.events().add(new Pong(peer, Duration.ZERO)), clock);
        clock.runDue();

        assertThat(heard.namesFor(peer)).containsExactly("closed");
    }

    @Test
    void anEventLoopThatWasShutDownWhileItTickedIsRefused() {
        VirtualTime loop = new VirtualTime();
        ZombieDetector shared = ZombieDetector.builder(POLICY).ticker(loop).build();
        shared.watch(new ScriptedPeer(loop, "before"), loop);
        loop.shutdown();
        loop.advance(Duration.ofSeconds(1));

        assertThatIllegalStateException()
                .isThrownBy(() -> shared.watch(new ScriptedPeer(loop, "after"), loop))
                .withMessageStartingWith("the executor is shut down");
    }

    @Test
    void aDetectorThatIsClosedDuringATickLetsGoAllTheSame() {
        ZombieDetector[] closing = new ZombieDetector[1];
        LivenessListener shuttingDown = new LivenessListener() {
            @Override
            public void onTimeout(Timeout event) {
                closing[0].close();
                clock.shutdown();
            }
        };
        closing[0] = ZombieDetector.builder(POLICY)
                .listeners(List.of(shuttingDown))
                .ticker(clock)
                .scheduler(clock)
                .executor(Runnable::run)
                .build();
        ScriptedPeer peer = new ScriptedPeer(clock, "mute").watchedBy(closing[0]);

        clock.advance(POLICY.detectionTime());

        assertThat(clock.isShutdown()).isTrue();
        assertThat(Internals.connection(peer.heartbeat())).isNull();
    }

    @Test
    void aStallThatEndsTheDrainOfAnotherIsDrainedToo() {
        for (int millis = 1_500; millis < 2_000; millis += 10) {
            DetectorTest fresh = new OwnTroubleTest();
            ScriptedPeer peer = fresh.peerThatFallsMute();
            fresh.clock.advance(PATIENCE.minusSeconds(2));
            fresh.clock.stall(Duration.ofSeconds(20));
            fresh.clock.advance(Duration.ofMillis(millis));

            fresh.clock.stall(Duration.ofSeconds(20));
            fresh.clock.advance(Duration.ofSeconds(1));

            assertThat(fresh.heard.namesFor(peer))
                    .as("a second stall after %s ms", millis)
                    .doesNotContain("reap");
        }
    }

    @Test
    void aShortStallDuringADrainDoesNotCutItShort() {
        ScriptedPeer live = peerThatFallsMute();
        clock.advance(PATIENCE.minusMillis(800));
        clock.stall(Duration.ofSeconds(20));
        clock.advance(Duration.ofMillis(200));
        clock.stall(Duration.ofMillis(700));

        clock.advance(Duration.ofMillis(1_300));
        live.pongLatest();
        clock.advance(Duration.ofSeconds(1));

        assertThat(heard.namesFor(live)).endsWith("timeout", "recovery", "pong");
    }

    @Test
    void aMachineThatIsNeverOnTimeStillReaps() {
        ScriptedPeer mute = peer("mute");

        for (int i = 0; i < 2_000; i++) {
            clock.stall(Duration.ofSeconds(2));
            clock.advance(Duration.ofMillis(1));
        }

        assertThat(heard.namesFor(mute)).containsExactly("timeout", "reap");
    }

    @Test
    void aTerminationThatThrowsWhatCannotEvenSpeakIsReportedAllTheSame() {
        ScriptedPeer speechless = new ScriptedPeer(clock, "speechless") {
            @Override
            public Termination terminate(ReapReason reason) {
                throw new Speechless();
            }
        };
        speechless.watchedBy(detector);

        clock.advance(POLICY.detectionTime().plus(SLACK));

        assertThat(heard.of(Reap.class).get(0).termination().toCompletableFuture())
                .isCompletedWithValue(Termination.notFreed(Speechless.class.getName()));
    }
}
