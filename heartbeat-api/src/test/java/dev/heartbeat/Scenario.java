package dev.heartbeat;

import dev.heartbeat.LivenessEvent.Closed;
import dev.heartbeat.LivenessEvent.Pong;
import dev.heartbeat.LivenessEvent.Quirky;
import dev.heartbeat.LivenessEvent.Reap;
import dev.heartbeat.LivenessEvent.Recovery;
import dev.heartbeat.LivenessEvent.Timeout;
import dev.heartbeat.internal.engine.Internals;
import dev.heartbeat.internal.state.Limits;
import dev.heartbeat.internal.time.CoarseTime;
import dev.heartbeat.testkit.VirtualTime;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** A random life of a detector and its connections in virtual time; the same for the same seed. */
final class Scenario implements LivenessListener {

    private static final Duration LONGEST_DRAIN = Duration.ofSeconds(2);

    /** Two of the usual ticks. */
    static final Duration LONGEST_TICKS = CoarseTime.duration(2L * CoarseTime.TICK);

    private static final Duration SHORT_OF_A_WARNING = Duration.ofMillis(900);

    final VirtualTime clock = new VirtualTime();
    final List<String> violations = new ArrayList<>();

    private final SplittableRandom random;
    private final List<SuspiciousPeer> peers = new ArrayList<>();
    private final HeartbeatPolicy first;
    private final HeartbeatPolicy second;
    private final ZombieDetector detector;
    private final ScheduledExecutorService loop = eventLoop();
    private final boolean onLoop;
    private final Duration longestQueue;
    private Duration excuses = Duration.ZERO;
    private Duration excusesUsed = Duration.ZERO;
    private Duration drainedAt = Duration.ZERO;
    private Duration stalledFrom = Duration.ZERO;
    private Duration stalledUntil = Duration.ZERO;

    Scenario(long seed) {
        random = new SplittableRandom(seed);
        first = policy();
        second = policy();
        onLoop = random.nextBoolean();
        longestQueue = onLoop || random.nextBoolean()
                ? Duration.ZERO
                : shorter(first.pongTimeout(), second.pongTimeout()).dividedBy(2);
        detector = ZombieDetector.builder(first)
                .listeners(List.of(this))
                .ticker(clock)
                .scheduler(clock)
                .executor(this::execute)
                .build();
    }

    /** Plays it. */
    void play() {
        clock.advance(Duration.ofNanos(random.nextLong(100_000_000)));
        for (int step = 0; step < 60 && violations.isEmpty(); step++) {
            pass();
            act();
            for (SuspiciousPeer peer : peers) {
                if (peer.isOverdue()) {
                    violations.add("not reaped in time, at " + clock.elapsed() + ", "
                            + peer.heartbeat().policy());
                }
            }
        }
        if (random.nextInt(4) == 0) {
            detector.close();
            peers.forEach(SuspiciousPeer::abandoned);
        } else {
            peers.forEach(this::silence);
        }
        clock.advance(longer(first.detectionTime(), second.detectionTime())
                .plus(longer(first.reapAfter(), second.reapAfter()).multipliedBy(3))
                .plus(longer(first.hindranceCap(), second.hindranceCap()))
                .plus(excuses)
                .plusSeconds(6));
        for (SuspiciousPeer peer : peers) {
            if (!peer.hasEnded()
                    || Internals.connection(peer.heartbeat()) != null
                    || peer.heartbeat().isWatched()) {
                violations.add("never ended");
            }
        }
        if (detector.watched() != 0) {
            violations.add("still watched: " + detector.watched());
        }
    }

    boolean pingsAreQueued() {
        return !longestQueue.isZero();
    }

    /** The longest that a ping which is sent now can have waited for a thread. */
    Duration longestQueue() {
        boolean afterStall = clock.elapsed().minus(stalledUntil).compareTo(longestQueue) <= 0;
        return afterStall ? longestQueue.plus(stalledUntil).minus(stalledFrom) : longestQueue;
    }

    /** How much later than usual verdicts may be, all in all so far. */
    Duration excuses() {
        return excuses;
    }

    /** The part of that which makes no verdict late any more whose silence begins now. */
    Duration excusesUsed() {
        return clock.elapsed().compareTo(drainedAt) > 0 ? excuses : excusesUsed;
    }

    /** Runs something that arrives at a moment; what arrives during a stall is read some time into the drain. */
    void whenRead(Duration moment, Runnable reading) {
        long delay = moment.minus(clock.elapsed()).toNanos();
        clock.schedule(
                () -> {
                    boolean late = moment.compareTo(stalledFrom) > 0 && moment.compareTo(stalledUntil) < 0;
                    long backlog = shorter(stalledUntil.minus(stalledFrom), LONGEST_DRAIN)
                                    .toNanos()
                            / 2;
                    if (late && backlog > 0) {
                        clock.schedule(reading, random.nextLong(backlog), TimeUnit.NANOSECONDS);
                    } else {
                        reading.run();
                    }
                },
                delay,
                TimeUnit.NANOSECONDS);
    }

    private void pass() {
        HeartbeatPolicy pace = random.nextInt(3) == 0 ? second : first;
        Duration longest = random.nextInt(4) == 0 ? pace.detectionTime() : pace.pingInterval();
        clock.advance(upTo(longest));
    }

    private void act() {
        if (peers.isEmpty() || (peers.size() < 6 && random.nextInt(4) == 0)) {
            watch();
        }
        if (random.nextInt(12) == 0) {
            stall();
        }
        SuspiciousPeer peer = peers.get(random.nextInt(peers.size()));
        if (peer.hasEnded()) {
            peer.pong(peer.payload());
            peer.heartbeat().probe();
            peer.heartbeat().closed();
            peer.heartbeat().closing();
            peer.heartbeat().policy(second);
            return;
        }
        switch (random.nextInt(16)) {
            case 0, 1 -> peer.data();
            case 2 -> peer.pong(peer.payload());
            case 3 -> peer.pong(new byte[random.nextInt(126)]);
            case 4 -> peer.pong("0123456789ab".getBytes());
            case 5 -> peer.hinder(Hindrance.values()[1 + random.nextInt(3)]);
            case 6, 7 -> peer.hinder(Hindrance.NONE);
            case 8 -> peer.heartbeat().probe();
            case 9, 10 -> peer.policy(random.nextBoolean() ? first : second);
            case 11 -> peer.failing = peer.answersAfter == null && random.nextBoolean();
            case 12 -> leave(peer);
            default -> {}
        }
    }

    private void watch() {
        SuspiciousPeer peer = new SuspiciousPeer(this);
        peer.watched(onLoop ? detector.watch(peer, loop) : detector.watch(peer));
        if (random.nextInt(3) == 0) {
            Duration shortest = shorter(first.reapAfter(), second.reapAfter());
            Duration ticks = CoarseTime.duration(3L * Math.max(Limits.tick(first), Limits.tick(second)) + 2);
            peer.answersAfter = shortest.compareTo(ticks) <= 0 ? Duration.ZERO : upTo(shortest.minus(ticks));
        }
        peers.add(peer);
    }

    private void leave(SuspiciousPeer peer) {
        switch (random.nextInt(4)) {
            case 0 -> peer.closing();
            case 1 -> peer.stop();
            case 2 -> {
                peer.open = false;
                peer.closed();
            }
            default -> peer.open = onLoop;
        }
    }

    private void silence(SuspiciousPeer peer) {
        if (!peer.hasEnded()) {
            peer.answersAfter = null;
            peer.hinder(Hindrance.NONE);
        }
    }

    private void stall() {
        Duration stall = shorter(upTo(first.detectionTime().multipliedBy(2)), SHORT_OF_A_WARNING);
        excusesUsed = excusesUsed();
        stalledFrom = clock.elapsed();
        clock.stall(stall);
        stalledUntil = clock.elapsed();
        Duration drain = shorter(stall, LONGEST_DRAIN).plus(CoarseTime.duration(4L * Limits.tick(first) + 2));
        drainedAt = longer(drainedAt, stalledUntil).plus(drain);
        excuses = excuses.plus(stall).plus(drain);
    }

    private HeartbeatPolicy policy() {
        double longest = random.nextInt(50) == 0 ? 1e10 : 5e8;
        long base = (long) Math.exp(random.nextDouble() * Math.log(longest / 1e6)) * 1_000_000;
        Duration pong = Duration.ofNanos(base).plus(upTo(Duration.ofNanos(4 * base)));
        return HeartbeatPolicy.builder()
                .pingInterval(Duration.ofNanos(base).plus(upTo(Duration.ofNanos(9 * base))))
                .pongTimeout(pong)
                .reapAfter(random.nextInt(3) == 0 ? pong : pong.plus(upTo(Duration.ofNanos(9 * base))))
                .hindranceCap(Duration.ofNanos(base).plus(upTo(Duration.ofNanos(40 * base))))
                .holdCap(Duration.ZERO) // a few peers that are silent together would be held
                .build();
    }

    private void execute(Runnable task) {
        if (pingsAreQueued() && Internals.isPing(task)) {
            clock.schedule(task, random.nextLong(longestQueue.toNanos()), TimeUnit.NANOSECONDS);
        } else {
            task.run();
        }
    }

    /** The clock, but for what it is told to execute: that runs in place, so that events are checked as they happen. */
    private ScheduledExecutorService eventLoop() {
        return (ScheduledExecutorService) Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {ScheduledExecutorService.class},
                (self, method, arguments) -> switch (method.getName()) {
                    case "execute" -> {
                        ((Runnable) arguments[0]).run();
                        yield null;
                    }
                    case "hashCode" -> 1;
                    case "equals" -> self == arguments[0];
                    default -> method.invoke(clock, arguments);
                });
    }

    private Duration upTo(Duration longest) {
        return Duration.ofNanos(random.nextLong(longest.toNanos() + 1));
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) > 0 ? one : other;
    }

    @Override
    public void onPong(Pong event) {
        of(event.connection()).onPong(event.roundTrip());
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
    public void onQuirk(Quirky event) {
        of(event.connection()).onQuirk(event.quirk());
    }

    @Override
    public void onReap(Reap event) {
        of(event.connection()).onReap(event);
    }

    @Override
    public void onClose(Closed event) {
        of(event.connection()).onClose();
    }

    private static SuspiciousPeer of(Connection connection) {
        return (SuspiciousPeer) connection;
    }
}
