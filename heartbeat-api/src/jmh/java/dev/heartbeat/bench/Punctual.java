package dev.heartbeat.bench;

import dev.heartbeat.Connection;
import dev.heartbeat.Heartbeat;
import dev.heartbeat.HeartbeatPolicy;
import dev.heartbeat.ReapReason;
import dev.heartbeat.Termination;
import dev.heartbeat.ZombieDetector;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.SplittableRandom;

/**
 * How exactly the promises about time are kept, in virtual time: peers talk at random, a third of them falls silent for ever
 * at a random moment, and in the end all do, into a stall of the whole process. Argument: connections.
 */
final class Punctual {

    private static final long TICK = 64L << 20;
    private static final long SECOND = 1_000_000_000L;
    private static final long STALL = 7 * SECOND;
    private static final int TICKS = 3_000;
    private static final int LAST_SILENCE = 1_000;

    private final VirtualLoop loop = new VirtualLoop();
    private final SplittableRandom random = new SplittableRandom(1);
    private final HeartbeatPolicy policy =
            HeartbeatPolicy.builder().holdCap(Duration.ZERO).build();
    private final ZombieDetector detector =
            ZombieDetector.builder(policy).ticker(loop).build();
    private final Peer[] peers;
    private long stallEnd = Long.MIN_VALUE;
    private double pingLate;
    private double reapLate;
    private double stallDelay;
    private int early;
    private int wronged;
    private int mostEnds;

    private Punctual(int connections) {
        peers = new Peer[connections];
        for (int i = 0; i < connections; i++) {
            peers[i] = new Peer();
            peers[i].heartbeat = detector.watch(peers[i], loop);
        }
    }

    public static void main(String[] args) {
        Punctual punctual = new Punctual(Integer.parseInt(args[0]));
        punctual.live();
        punctual.stall();
        punctual.report();
    }

    private void live() {
        for (int tick = 0; tick < TICKS; tick++) {
            for (int i = 0; i < peers.length / 200; i++) {
                peers[random.nextInt(peers.length)].talk();
            }
            if (tick < LAST_SILENCE) {
                for (int i = 0; i < peers.length / 3 / LAST_SILENCE; i++) {
                    peers[random.nextInt(peers.length)].silent = true;
                }
            }
            loop.advanceOneTick();
        }
    }

    private void stall() {
        for (Peer peer : peers) {
            peer.silent = true;
        }
        loop.advance(policy.pingInterval().plus(policy.reapAfter()).toNanos() - STALL);
        stallEnd = loop.nanoTime() + STALL;
        loop.stall(STALL);
        loop.advance(policy.detectionTime().toNanos() + STALL);
    }

    private void report() {
        int left = 0;
        for (Peer peer : peers) {
            left += peer.ends == 0 ? 1 : 0;
            mostEnds = Math.max(mostEnds, peer.ends);
        }
        Fork.report("ping-late", pingLate);
        Fork.report("reap-late", reapLate);
        Fork.report("reaps-early", early);
        Fork.report("stall-delay", stallDelay);
        Fork.report("not-found", left);
        Fork.report("wronged", wronged);
        Fork.report("ends", mostEnds);
        detector.close();
    }

    private final class Peer implements Connection {
        private Heartbeat heartbeat;
        private long heard = loop.nanoTime();
        private long pinged;
        private boolean silent;
        private int ends;

        void talk() {
            if (!silent) {
                heard = loop.nanoTime();
                heartbeat.dataReceived();
            }
        }

        @Override
        public void ping(ByteBuffer payload) {
            pinged = loop.nanoTime();
            if (stallEnd == Long.MIN_VALUE) {
                pingLate = Math.max(
                        pingLate, ticks(pinged - heard - policy.pingInterval().toNanos()));
            }
            if (!silent) {
                heard = pinged;
                heartbeat.pongReceived(payload);
            }
        }

        @Override
        public Termination terminate(ReapReason reason) {
            long deadline = pinged + policy.reapAfter().toNanos();
            long late = loop.nanoTime() - deadline;
            ends++;
            wronged += silent ? 0 : 1;
            early += late < 0 ? 1 : 0;
            if (stallEnd == Long.MIN_VALUE) {
                reapLate = Math.max(reapLate, ticks(late));
            } else if (pinged < stallEnd) {
                double delay = loop.nanoTime() - Math.max(deadline, stallEnd) - 2 * TICK;
                stallDelay = Math.max(stallDelay, delay / STALL);
            }
            return Termination.freed("nothing to free");
        }

        @Override
        public String id() {
            return "peer";
        }

        @Override
        public boolean isOpen() {
            return true;
        }
    }

    private static double ticks(long nanos) {
        return (double) nanos / TICK;
    }
}
