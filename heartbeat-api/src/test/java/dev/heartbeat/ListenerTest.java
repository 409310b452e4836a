package dev.heartbeat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.LivenessEvent.Pong;
import dev.heartbeat.LivenessEvent.Reap;
import dev.heartbeat.LivenessEvent.Timeout;
import dev.heartbeat.testkit.ScriptedPeer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Foreign code goes no further than its own events. */
class ListenerTest extends DetectorTest {

    private static final LivenessListener THROWING = new LivenessListener() {
        @Override
        public void onPong(Pong event) {
            throw new IllegalStateException("on purpose");
        }

        @Override
        public void onTimeout(Timeout event) {
            throw new AssertionError("on purpose");
        }

        @Override
        public void onReap(Reap event) {
            throw new OutOfMemoryError("on purpose");
        }
    };

    @Test
    void whatAListenerThrowsReachesNeitherTheOthersNorTheReap() {
        ScriptedPeer live = new ScriptedPeer(clock, "live").answering(Duration.ofMillis(84));
        ScriptedPeer mute = new ScriptedPeer(clock, "mute");
        ZombieDetector shared = detector(POLICY, THROWING, heard);
        live.watchedBy(shared);
        mute.watchedBy(shared);

        clock.advance(POLICY.detectionTime().plus(SLACK));

        assertThat(heard.namesFor(live)).containsOnly("pong");
        assertThat(heard.namesFor(mute)).containsExactly("timeout", "reap");
        assertThat(mute.terminations()).hasSize(1);
    }

    @Test
    void listenersAreCalledInTheOrderInWhichTheyWereAdded() {
        List<String> order = new ArrayList<>();
        ZombieDetector two = detector(POLICY, naming(order, "first"), naming(order, "second"));
        new ScriptedPeer(clock, "mute").watchedBy(two);

        clock.advance(POLICY.detectionTime().plus(SLACK));

        assertThat(order).containsExactly("first", "second");
    }

    @Test
    void aConnectionsOwnListenerIsCalledFirstAndForItsOwnEventsOnly() {
        List<String> order = new ArrayList<>();
        ZombieDetector shared = detector(POLICY, naming(order, "detector's"));
        ScriptedPeer own = new ScriptedPeer(clock, "own") {
            @Override
            public Optional<LivenessListener> listener() {
                return Optional.of(naming(order, "own"));
            }
        };
        own.watchedBy(shared);
        new ScriptedPeer(clock, "other").watchedBy(shared);

        clock.advance(POLICY.detectionTime().plus(SLACK));

        assertThat(order).containsSubsequence("own", "detector's").hasSize(3);
    }

    @Test
    void aListenerMayCallBack() {
        List<Heartbeat> heartbeats = new ArrayList<>();
        LivenessListener stopping = new LivenessListener() {
            @Override
            public void onTimeout(Timeout event) {
                heartbeats.forEach(Heartbeat::stop);
            }
        };
        ScriptedPeer peer = new ScriptedPeer(clock, "stopped").watchedBy(detector(POLICY, stopping, heard));
        heartbeats.add(peer.heartbeat());

        clock.advance(POLICY.detectionTime().plus(SLACK));

        assertThat(heard.namesFor(peer)).containsExactly("timeout");
        assertThat(peer.terminations()).isEmpty();
    }

    @Test
    void aDetectorWithoutListenersReapsAllTheSame() {
        ScriptedPeer peer = new ScriptedPeer(clock, "mute").watchedBy(detector(POLICY));

        clock.advance(POLICY.detectionTime().plus(SLACK));

        assertThat(peer.terminations()).containsExactly(ReapReason.NO_ANSWER);
    }

    @Test
    void everythingHappensOnTheEventLoopForAConnectionThatBelongsToOne() {
        ScriptedPeer peer = new ScriptedPeer(clock, "on a loop").watchedOnLoopBy(detector);

        clock.advance(POLICY.detectionTime().plus(SLACK));

        assertThat(heard.namesFor(peer)).containsExactly("timeout", "reap");
        assertThat(peer.terminations()).containsExactly(ReapReason.NO_ANSWER);
    }

    @Test
    void aRecoveryIsToldBehindTheSuspicionThatItEnds() {
        ScriptedPeer justInTime = new ScriptedPeer(clock, "answers between suspicion and its telling") {
            private boolean answered;

            @Override
            public Optional<LivenessListener> listener() {
                if (!answered && isWatched() && heartbeat().isSuspect()) {
                    answered = true;
                    pongLatest();
                }
                return Optional.of(heard);
            }
        };
        justInTime.watchedBy(detector(POLICY));

        clock.advance(INTERVAL.plus(TIMEOUT).plus(SLACK));

        assertThat(heard.namesFor(justInTime)).containsExactly("timeout", "recovery", "pong");
    }

    private static LivenessListener naming(List<String> order, String name) {
        return new LivenessListener() {
            @Override
            public void onReap(Reap event) {
                order.add(name);
            }
        };
    }
}
