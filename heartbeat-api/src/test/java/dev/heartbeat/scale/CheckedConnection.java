package dev.heartbeat.scale;

import dev.heartbeat.Connection;
import dev.heartbeat.Heartbeat;
import dev.heartbeat.HeartbeatPolicy;
import dev.heartbeat.ReapReason;
import dev.heartbeat.Termination;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** One connection of a {@link CheckedPopulation}, and a plain account of it that knows what the detector must, may and must not do. */
final class CheckedConnection implements Connection {

    private final CheckedPopulation population;
    private Heartbeat heartbeat;

    /** The silence began here, or the policy that judges it came into force. */
    private Duration basis;

    /** When the unanswered ping was sent; null if there is none. */
    private Duration pingedAt;

    private boolean pingMayBeEarly = true;
    private boolean silent;
    private boolean dead;
    private boolean suspect;
    private boolean left;
    private boolean closed;
    private boolean reaped;
    private boolean terminated;

    CheckedConnection(CheckedPopulation population) {
        this.population = population;
        this.basis = now();
    }

    void watched(Heartbeat as) {
        heartbeat = as;
    }

    // What befalls it.

    void talk() {
        if (!silent && !hasEnded()) {
            life();
            heartbeat.dataReceived();
        }
    }

    void fallSilent(boolean forEver) {
        silent = true;
        dead |= forEver;
    }

    void probe() {
        if (!hasEnded()) {
            pingMayBeEarly = true;
            heartbeat.probe();
        }
    }

    /** A ping that is out would be judged by the new policy, and its answer may be too late for that. */
    void changePolicy(HeartbeatPolicy policy) {
        if (pingedAt == null && !hasEnded()) {
            population.events++;
            pingMayBeEarly = true;
            basis = now();
            heartbeat.policy(policy);
        }
    }

    void leave(boolean byTransport) {
        if (hasEnded()) {
            return;
        }
        population.events++;
        left = true;
        if (byTransport) {
            heartbeat.closed();
        } else {
            closed = true; // nothing is to be told
            heartbeat.stop();
        }
    }

    boolean isGone() {
        return reaped && terminated;
    }

    /** Goes through what the detector should have done by now. */
    void check() {
        HeartbeatPolicy policy = heartbeat.policy();
        if (hasEnded()) {
            claim(!heartbeat.isWatched(), "watched after its end");
        } else if (pingedAt == null) {
            claim(!isOverdue(basis, policy.pingInterval()), "not pinged in time");
        } else {
            claim(suspect || !isOverdue(pingedAt, policy.pongTimeout()), "not suspected in time");
            claim(!isOverdue(pingedAt, patience(policy)), "not reaped in time");
        }
    }

    /** A peer that took long to answer is given twice as long, since nothing else is known of it here. */
    private Duration patience(HeartbeatPolicy policy) {
        Duration twice = heartbeat.lastRoundTrip().orElse(Duration.ZERO).multipliedBy(2);
        return twice.compareTo(policy.reapAfter()) > 0 ? twice : policy.reapAfter();
    }

    // What the detector does.

    @Override
    public void ping(ByteBuffer payload) {
        HeartbeatPolicy policy = heartbeat.policy();
        population.events++;
        population.pings++;
        claim(!hasEnded(), "pinged after its end");
        claim(pingedAt == null, "pinged behind an unanswered ping");
        claim(
                pingMayBeEarly
                        || basis.equals(now()) // heard between the decision and the call
                        || hasPassed(
                                basis,
                                policy.pingInterval()
                                        .multipliedBy(7)
                                        .dividedBy(8)
                                        .minus(slack())),
                "pinged too early");
        pingMayBeEarly = false;
        pingedAt = now();
        if (!dead) {
            // A while, and even that of somebody who has fallen silent, is shorter than the patience.
            long latest = policy.reapAfter().toNanos() * 3 / 4;
            long delay = silent
                    ? latest
                    : population.random.nextLong(latest) / (population.random.nextInt(8) == 0 ? 1 : 100);
            population.clock.schedule(() -> answer(payload), delay, TimeUnit.NANOSECONDS);
        }
    }

    private void answer(ByteBuffer payload) {
        if (!hasEnded()) {
            silent = dead;
            life();
            heartbeat.pongReceived(payload);
        }
    }

    @Override
    public Termination terminate(ReapReason reason) {
        population.terminations++;
        claim(reaped && !terminated, "terminated other than once after the reap");
        terminated = true;
        return Termination.freed("nothing to free");
    }

    @Override
    public boolean isOpen() {
        return true;
    }

    @Override
    public String id() {
        return "checked";
    }

    // What the detector says.

    void onPong() {
        population.events++;
        claim(!hasEnded() && basis.equals(now()), "a round trip out of nothing");
    }

    void onTimeout() {
        population.events++;
        population.suspicions++;
        // After a stall, the answer may come between the decision and the news of it.
        boolean answeredMeanwhile = pingedAt == null && basis.equals(now());
        claim(!hasEnded() && !suspect && (pingedAt != null || answeredMeanwhile), "suspected out of nothing");
        claim(answeredMeanwhile || hasPassed(pingedAt, heartbeat.policy().pongTimeout()), "suspected too early");
        suspect = true;
    }

    void onRecovery() {
        population.events++;
        population.recoveries++;
        claim(!hasEnded() && suspect && pingedAt == null, "recovered out of nothing");
        suspect = false;
    }

    void onReap() {
        population.events++;
        population.reaps++;
        claim(!hasEnded() && suspect && dead, "reaped a living one");
        claim(pingedAt != null && hasPassed(pingedAt, heartbeat.policy().reapAfter()), "reaped too early");
        reaped = true;
    }

    void onClose() {
        population.events++;
        claim(left && !closed, "closed out of nothing");
        closed = true;
    }

    private void life() {
        population.events++;
        basis = now();
        pingedAt = null;
    }

    private boolean hasEnded() {
        return left || reaped;
    }

    private boolean isOverdue(Duration since, Duration limit) {
        Duration late = now().minus(since).minus(limit).minus(slack());
        return late.compareTo(Duration.ZERO) > 0 && late.compareTo(population.excuses(since)) > 0;
    }

    /** What the policy itself allows for ticks, and one more for a policy that has just come into force. */
    private Duration slack() {
        HeartbeatPolicy policy = heartbeat.policy();
        return policy.detectionTime()
                .minus(policy.pingInterval())
                .minus(policy.reapAfter())
                .plusMillis(68);
    }

    private boolean hasPassed(Duration since, Duration limit) {
        return now().minus(since).compareTo(limit) >= 0;
    }

    private Duration now() {
        return population.clock.elapsed();
    }

    private void claim(boolean holds, String otherwise) {
        if (!holds) {
            population.violations.add(otherwise + " at " + now() + ", silent since " + basis + ", pinged at " + pingedAt
                    + ", " + heartbeat.policy());
        }
    }
}
