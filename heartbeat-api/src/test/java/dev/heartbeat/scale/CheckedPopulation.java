package dev.heartbeat.scale;

import dev.heartbeat.Connection;
import dev.heartbeat.HeartbeatPolicy;
import dev.heartbeat.LivenessEvent.Closed;
import dev.heartbeat.LivenessEvent.Pong;
import dev.heartbeat.LivenessEvent.Reap;
import dev.heartbeat.LivenessEvent.Recovery;
import dev.heartbeat.LivenessEvent.Timeout;
import dev.heartbeat.LivenessListener;
import dev.heartbeat.ZombieDetector;
import dev.heartbeat.testkit.VirtualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/**
 * Thousands of connections of one detector that live at random in virtual time: they talk, answer late, fall silent for a
 * while or for ever, change their policy, leave and are replaced. Each keeps a naive account of itself, and all of these are
 * gone through after every step. The same for the same seed.
 */
final class CheckedPopulation implements LivenessListener {

    private static final Duration STEP = Duration.ofMillis(250);
    private static final List<HeartbeatPolicy> POLICIES = List.of(
            policy(1_000, 300, 1_000),
            policy(2_000, 500, 10_000),
            policy(1_000, 5_000, 8_000),
            HeartbeatPolicy.defaults());

    /** Makes every bucket of the wheel a millisecond wide for as long as somebody has it. */
    private static final HeartbeatPolicy FINE = policy(40, 20, 80);

    private static final Duration LONGEST_STALL = Duration.ofMillis(800);

    /** What a stall may delay beyond its own length: as long again to read what has arrived, and some ticks. */
    private static final Duration AFTER_STALL = Duration.ofMillis(400);

    final VirtualTime clock = new VirtualTime();
    final SplittableRandom random;
    final List<String> violations = new ArrayList<>();
    private final boolean onLoop;
    private final ZombieDetector detector;
    private final CheckedConnection[] connections;
    private final List<Duration[]> stalls = new ArrayList<>();

    /** Facts, pings and verdicts so far. */
    long events;

    int pings;
    int suspicions;
    int recoveries;
    int reaps;
    int terminations;

    CheckedPopulation(long seed, int size, boolean onLoop) {
        this.random = new SplittableRandom(seed);
        this.onLoop = onLoop;
        this.detector = ZombieDetector.builder(POLICIES.get(0))
                .ticker(clock)
                .scheduler(clock)
                .executor(clock)
                .listeners(List.of(this))
                .build();
        this.connections = new CheckedConnection[size];
        for (int i = 0; i < size; i++) {
            replace(i);
        }
    }

    /** Lets them live. */
    void live(Duration span) {
        for (Duration end = clock.elapsed().plus(span);
                clock.elapsed().compareTo(end) < 0 && violations.isEmpty();
                clock.advance(STEP)) {
            for (int i = 0; i < connections.length / 3; i++) {
                any().talk();
            }
            for (int i = 0; i < connections.length / 1_000 + 1; i++) {
                leave();
                any().changePolicy(POLICIES.get(random.nextInt(POLICIES.size())));
                any().probe();
            }
            befall();
            for (CheckedConnection one : connections) {
                one.check();
            }
        }
    }

    int watched() {
        return detector.watched();
    }

    /** Those that have not been reaped since the last step. */
    long living() {
        return Stream.of(connections).filter(one -> !one.isGone()).count();
    }

    /** By how much verdicts may be late on a silence that began at a moment. */
    Duration excuses(Duration since) {
        Duration sum = Duration.ZERO;
        for (Duration[] stall : stalls) {
            boolean matters = stall[0].plus(LONGEST_STALL.multipliedBy(3)).compareTo(since) >= 0;
            sum = matters ? sum.plus(stall[1].multipliedBy(2)).plus(AFTER_STALL) : sum;
        }
        return sum;
    }

    private void leave() {
        int i = random.nextInt(connections.length);
        connections[i].leave(random.nextBoolean());
        replace(i);
    }

    /** Rare things; few enough die that they do not look like a fault of the network. */
    private void befall() {
        switch (random.nextInt(8)) {
            case 0, 1, 2, 3 -> any().fallSilent(true);
            case 4, 5 -> any().fallSilent(false);
            case 6 -> {
                if (random.nextInt(20) == 0) {
                    any().changePolicy(FINE);
                }
            }
            default -> {
                if (random.nextInt(10) == 0) {
                    Duration stall = Duration.ofNanos(random.nextLong(LONGEST_STALL.toNanos()));
                    stalls.add(new Duration[] {clock.elapsed(), stall});
                    clock.stall(stall);
                }
            }
        }
        for (int i = 0; i < connections.length; i++) {
            if (connections[i].isGone()) {
                replace(i);
            }
        }
    }

    private void replace(int i) {
        CheckedConnection fresh = new CheckedConnection(this);
        fresh.watched(onLoop ? detector.watch(fresh, clock) : detector.watch(fresh));
        connections[i] = fresh;
        events++;
    }

    private CheckedConnection any() {
        return connections[random.nextInt(connections.length)];
    }

    private static HeartbeatPolicy policy(int interval, int timeout, int patience) {
        return HeartbeatPolicy.builder()
                .pingInterval(Duration.ofMillis(interval))
                .pongTimeout(Duration.ofMillis(timeout))
                .reapAfter(Duration.ofMillis(patience))
                .build();
    }

    @Override
    public void onPong(Pong event) {
        of(event.connection()).onPong();
    }

    @Override
    public void onTimeout(Timeout event) {
        of(event.connection()).onTimeout();
    }

    @Override
    public void onRecovery(Recovery event) {
        of(event.connection()).onRecovery();
    }

    @Override
    public void onReap(Reap event) {
        of(event.connection()).onReap();
    }

    @Override
    public void onClose(Closed event) {
        of(event.connection()).onClose();
    }

    private static CheckedConnection of(Connection connection) {
        return (CheckedConnection) connection;
    }
}
