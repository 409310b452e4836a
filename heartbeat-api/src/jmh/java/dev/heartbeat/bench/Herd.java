package dev.heartbeat.bench;

import dev.heartbeat.Connection;
import dev.heartbeat.Heartbeat;
import dev.heartbeat.HeartbeatPolicy;
import dev.heartbeat.ReapReason;
import dev.heartbeat.Termination;
import dev.heartbeat.ZombieDetector;
import java.nio.ByteBuffer;

/**
 * A herd: connections that all register within one second and then are quiet but answer. The most pings in one tick, in each
 * of twelve ping intervals, as a multiple of the level number. Arguments: contender, connections.
 */
final class Herd {

    private static final long TICK = 64L << 20;
    private static final long SECOND = 1_000_000_000L;
    private static final int CYCLES = 12;

    private final VirtualLoop loop = new VirtualLoop();
    private final HeartbeatPolicy policy = HeartbeatPolicy.defaults();
    private int pings;

    private Herd() {}

    public static void main(String[] args) {
        new Herd().run("heartbeat-workers".equals(args[0]), Integer.parseInt(args[1]));
    }

    private void run(boolean onWorkers, int connections) {
        ZombieDetector detector = ZombieDetector.builder(policy)
                .ticker(loop)
                .scheduler(loop)
                .executor(loop)
                .build();
        int ticksOfASecond = (int) (SECOND / TICK);
        for (int i = 0; i < connections; i++) {
            Quiet peer = new Quiet();
            peer.heartbeat = onWorkers ? detector.watch(peer) : detector.watch(peer, loop);
            if (i % (connections / ticksOfASecond) == 0) {
                loop.advanceOneTick();
            }
        }
        long interval = policy.pingInterval().toNanos();
        double level = (double) connections * TICK / interval;
        double worst = 0;
        for (int cycle = 1; cycle <= CYCLES; cycle++) {
            int most = 0;
            for (long passed = 0; passed < interval; passed += TICK) {
                pings = 0;
                loop.advanceOneTick();
                most = Math.max(most, pings);
            }
            worst = Math.max(worst, most / level);
            Fork.report("cycle-" + cycle, most / level);
        }
        Fork.report("worst", worst);
        Fork.report("level", level);
        detector.close();
    }

    private final class Quiet implements Connection {
        private Heartbeat heartbeat;

        @Override
        public String id() {
            return "quiet";
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void ping(ByteBuffer payload) {
            pings++;
            heartbeat.pongReceived(payload);
        }

        @Override
        public Termination terminate(ReapReason reason) {
            throw new IllegalStateException("a live peer was reaped");
        }
    }
}
