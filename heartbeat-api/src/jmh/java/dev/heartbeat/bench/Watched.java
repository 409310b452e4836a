package dev.heartbeat.bench;

import dev.heartbeat.Connection;
import dev.heartbeat.Heartbeat;
import dev.heartbeat.HeartbeatPolicy;
import dev.heartbeat.ReapReason;
import dev.heartbeat.Termination;
import dev.heartbeat.ZombieDetector;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;

/** This library. */
final class Watched implements Contender {

    private final Wire[] wires;
    private final Heartbeat[] heartbeats;
    private final ZombieDetector detector;
    private final Function<Wire, Heartbeat> watch;
    private final VirtualLoop loop;
    private final LongAdder pings = new LongAdder();

    private Watched(int connections, ZombieDetector detector, Function<Wire, Heartbeat> watch, VirtualLoop loop) {
        this.wires = new Wire[connections];
        for (int i = 0; i < connections; i++) {
            wires[i] = new Wire(i);
        }
        this.heartbeats = new Heartbeat[connections];
        this.detector = detector;
        this.watch = watch;
        this.loop = loop;
    }

    /** Does what the peers do: none of them looks for deaf ones among those that talk. */
    static HeartbeatPolicy policy(Pace pace) {
        return verifying(pace).toBuilder().verifyEvery(Duration.ofDays(1)).build();
    }

    /** Pings those that talk, too, now and then. */
    static HeartbeatPolicy verifying(Pace pace) {
        return HeartbeatPolicy.builder()
                .pingInterval(pace.idle())
                .pongTimeout(pace.patience())
                .reapAfter(pace.patience())
                .holdCap(Duration.ZERO) // nobody else asks whose fault it is
                .build();
    }

    /** On an event loop in virtual time. */
    static Watched onLoop(int connections, HeartbeatPolicy policy, VirtualLoop loop) {
        ZombieDetector detector = ZombieDetector.builder(policy).ticker(loop).build();
        return new Watched(connections, detector, wire -> detector.watch(wire, loop), loop);
    }

    /** As the Jakarta adapter watches, in virtual time; workers are the loop itself. */
    static Watched onWorkers(int connections, HeartbeatPolicy policy, VirtualLoop loop) {
        ZombieDetector detector = ZombieDetector.builder(policy)
                .ticker(loop)
                .scheduler(loop)
                .executor(loop)
                .build();
        return new Watched(connections, detector, detector::watch, loop);
    }

    /** In real time, with threads of the detector's own. */
    static Watched onOwnThreads(int connections, HeartbeatPolicy policy) {
        ZombieDetector detector = ZombieDetector.create(policy);
        return new Watched(connections, detector, detector::watch, new VirtualLoop());
    }

    /** In real time, on an event loop. */
    static Watched onEventLoop(int connections, HeartbeatPolicy policy, ScheduledExecutorService eventLoop) {
        ZombieDetector detector = ZombieDetector.create(policy);
        return new Watched(connections, detector, wire -> detector.watch(wire, eventLoop), new VirtualLoop());
    }

    ZombieDetector detector() {
        return detector;
    }

    Heartbeat heartbeat(int i) {
        return heartbeats[i];
    }

    @Override
    public void add(int i) {
        heartbeats[i] = watch.apply(wires[i]);
    }

    @Override
    public void heard(int i) {
        heartbeats[i].dataReceived();
    }

    @Override
    public void remove(int i) {
        heartbeats[i].stop();
    }

    @Override
    public void pass(long nanos) {
        loop.advance(nanos);
    }

    @Override
    public long pings() {
        return pings.sum();
    }

    @Override
    public void close() {
        detector.close();
    }

    /** The smallest transport there can be: its peer answers at once, or never. */
    private final class Wire implements Connection {
        private final int number;

        Wire(int number) {
            this.number = number;
        }

        @Override
        public String id() {
            return Integer.toString(number);
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void ping(ByteBuffer payload) {
            pings.increment();
            Heartbeat heartbeat = heartbeats[number];
            if (!Contender.isSilent(number) && heartbeat != null) {
                heartbeat.pongReceived(payload);
            }
        }

        @Override
        public Termination terminate(ReapReason reason) {
            add(number);
            return Termination.freed("nothing to free");
        }
    }
}
