package dev.heartbeat.sim;

import dev.heartbeat.Connection;
import dev.heartbeat.Heartbeat;
import dev.heartbeat.HeartbeatPolicy;
import dev.heartbeat.Hindrance;
import dev.heartbeat.KernelAccess;
import dev.heartbeat.LivenessEvent;
import dev.heartbeat.LivenessListener;
import dev.heartbeat.ReapReason;
import dev.heartbeat.Termination;
import dev.heartbeat.TransportFacts;
import dev.heartbeat.ZombieDetector;
import java.nio.ByteBuffer;
import java.util.List;

/** The real detector, watching on the virtual loop as on an event loop. */
final class Core implements Algorithm {

    private final VirtualLoop loop;
    private final ZombieDetector detector;

    Core(VirtualLoop loop, VirtualKernel kernel, HeartbeatPolicy policy) {
        this.loop = loop;
        this.detector = KernelAccess.sockets(ZombieDetector.builder(policy), kernel)
                .listeners(List.of(new Suspicions()))
                .ticker(loop)
                .executor(loop)
                .build();
    }

    @Override
    public Watch watch(Line line) {
        Heartbeat heartbeat = detector.watch(new Port(line), loop);
        heartbeat.identify(line.identity());
        return new Watching(heartbeat);
    }

    private record Watching(Heartbeat heartbeat) implements Watch {
        @Override
        public void dataReceived() {
            heartbeat.dataReceived();
        }

        @Override
        public void pongReceived(Object payload) {
            heartbeat.pongReceived((ByteBuffer) payload);
        }
    }

    private record Port(Line line) implements Connection {
        @Override
        public String id() {
            return line.identity();
        }

        @Override
        public boolean isOpen() {
            return !line.isClosed();
        }

        @Override
        public void ping(ByteBuffer payload) {
            line.ping(payload);
        }

        @Override
        public TransportFacts facts() {
            return line.facts();
        }

        @Override
        public Hindrance hindrance() {
            return line.hindrance();
        }

        @Override
        public Termination terminate(ReapReason reason) {
            line.close();
            return Termination.freed("simulator");
        }
    }

    private static final class Suspicions implements LivenessListener {
        @Override
        public void onTimeout(LivenessEvent.Timeout event) {
            ((Port) event.connection()).line.suspect();
        }
    }
}
