package dev.heartbeat;

import dev.heartbeat.testkit.RecordingListener;
import dev.heartbeat.testkit.ScriptedPeer;
import dev.heartbeat.testkit.VirtualTime;
import java.time.Duration;

/** A detector whose time, threads and listener are the test's own. */
abstract class DetectorTest {

    static final HeartbeatPolicy POLICY = HeartbeatPolicy.defaults();
    static final Duration INTERVAL = POLICY.pingInterval();
    static final Duration TIMEOUT = POLICY.pongTimeout();
    static final Duration PATIENCE = POLICY.reapAfter();

    /** More than enough for the detector to round up: half a second. */
    static final Duration SLACK = Duration.ofMillis(500);

    final VirtualTime clock = new VirtualTime();
    final RecordingListener heard = new RecordingListener();
    final ZombieDetector detector = detector(POLICY, heard);

    ZombieDetector detector(HeartbeatPolicy policy, LivenessListener... listeners) {
        return clock.detector(policy, listeners);
    }

    ScriptedPeer peer(String id) {
        return new ScriptedPeer(clock, id).watchedBy(detector);
    }

    /** A peer that has answered its first ping and falls mute when the next one reaches it. */
    ScriptedPeer peerThatFallsMute() {
        ScriptedPeer peer = peer("mute").answering(Duration.ofMillis(84));
        awaitPings(peer, 1);
        clock.advance(Duration.ofSeconds(1));
        peer.mute();
        awaitPings(peer, 2);
        return peer;
    }

    /** Lets time pass until a peer has had so many pings. */
    void awaitPings(ScriptedPeer peer, int pings) {
        Duration limit = clock.elapsed().plus(Duration.ofDays(3));
        while (peer.pings().size() < pings) {
            if (clock.elapsed().compareTo(limit) > 0) {
                throw new AssertionError("no ping number " + pings + " within three days");
            }
            clock.advance(Duration.ofMillis(10));
        }
    }

    static Duration latestPing(ScriptedPeer peer) {
        return peer.pings().get(peer.pings().size() - 1);
    }
}
