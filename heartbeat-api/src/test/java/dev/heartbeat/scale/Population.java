package dev.heartbeat.scale;

import dev.heartbeat.Connection;
import dev.heartbeat.Heartbeat;
import dev.heartbeat.HeartbeatPolicy;
import dev.heartbeat.ReapReason;
import dev.heartbeat.Termination;
import dev.heartbeat.ZombieDetector;
import dev.heartbeat.testkit.VirtualTime;
import java.nio.ByteBuffer;

/** Very many peers in virtual time, as light as can be. */
final class Population {

    final VirtualTime clock = new VirtualTime();
    final ZombieDetector detector;
    int pings;
    int reaps;

    Population(HeartbeatPolicy policy) {
        this(policy, 0);
    }

    /**
     * A population whose time is another.
     *
     * @param offset added to each reading of the clock, in nanoseconds
     */
    Population(HeartbeatPolicy policy, long offset) {
        detector = ZombieDetector.builder(policy)
                .ticker(() -> clock.nanoTime() + offset)
                .scheduler(clock)
                .executor(clock)
                .build();
    }

    /** Watches one more on an event loop, as on Netty. */
    Peer watch(boolean answering) {
        return watch(answering, true);
    }

    /** Watches one more on an event loop, or on the detector's own threads, as on a Jakarta container. */
    Peer watch(boolean answering, boolean onLoop) {
        Peer peer = new Peer(answering);
        peer.heartbeat = onLoop ? detector.watch(peer, clock) : detector.watch(peer);
        return peer;
    }

    /** A peer that answers every ping at once, or none. */
    final class Peer implements Connection {
        private final boolean answering;
        Heartbeat heartbeat;
        int pingsHere;

        private Peer(boolean answering) {
            this.answering = answering;
        }

        @Override
        public String id() {
            return "peer";
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void ping(ByteBuffer payload) {
            pings++;
            pingsHere++;
            if (answering) {
                heartbeat.pongReceived(payload);
            }
        }

        @Override
        public Termination terminate(ReapReason reason) {
            reaps++;
            return Termination.freed("nothing to free");
        }
    }
}
