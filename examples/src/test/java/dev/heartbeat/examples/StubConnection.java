package dev.heartbeat.examples;

import dev.heartbeat.Connection;
import dev.heartbeat.LivenessEvent;
import dev.heartbeat.ReapReason;
import dev.heartbeat.Termination;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A connection that only has a name, and the events that a detector would tell of it. */
record StubConnection(String id) implements Connection {

    static LivenessEvent.Evidence evidence(Duration silence) {
        return new LivenessEvent.Evidence(
                silence, silence, Optional.empty(), Set.of(), Optional.empty(), OptionalDouble.empty());
    }

    LivenessEvent.Timeout timeout() {
        return new LivenessEvent.Timeout(this, evidence(Duration.ofSeconds(6)));
    }

    LivenessEvent.Recovery recovery() {
        return new LivenessEvent.Recovery(this, Duration.ofSeconds(3));
    }

    LivenessEvent.Reap reap(CompletionStage<Termination> termination) {
        return new LivenessEvent.Reap(this, ReapReason.NO_ANSWER, evidence(Duration.ofSeconds(10)), termination);
    }

    LivenessEvent.Reap reap() {
        return reap(CompletableFuture.completedFuture(Termination.freed("close 1001")));
    }

    @Override
    public boolean isOpen() {
        return true;
    }

    @Override
    public void ping(ByteBuffer payload) {}

    @Override
    public Termination terminate(ReapReason reason) {
        return Termination.freed("nothing to free");
    }
}
