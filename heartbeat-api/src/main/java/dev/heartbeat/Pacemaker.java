package dev.heartbeat;

import dev.heartbeat.LivenessEvent.Stall;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one tick of an executor, for all the connections that are watched on it: counts active time, publishes it, lets the
 * wheel turn. It ticks while it has connections and then retires; a tick is scheduled when the one before it is over, never
 * at a fixed rate, which would replay what a pause has missed. Facts from other threads change a connection's word and
 * nothing here.
 */
final class Pacemaker implements Runnable {

    /** How long a finer tick than the policies in use need is kept, in stamps: a minute, since every change visits all. */
    private static final int BEFORE_COARSER = 57_220;

    private static final int WORTH_A_SWEEP = 4_096;

    private static final long STALL_WORTH_A_WARNING = TimeUnit.SECONDS.toNanos(1);
    private static final Logger log = LoggerFactory.getLogger(ZombieDetector.class);

    private final ScheduledExecutorService executor;
    private final Ticker ticker;
    private final Consumer<Pacemaker> whenRetired;
    private final boolean onLoop;
    private final Reporter reporter;
    private final Intake intake;
    private final Facts facts;
    private final Executor reaps;
    private final Reaper reaper;
    private final Attention attention;
    private final Storm storm;
    private final Stalls stalls;
    private final Wheel wheel;
    private final Agenda agenda;
    private final Examiner examiner;
    private final Map<Heartbeat, Errand> errands = new LinkedHashMap<>();

    private final Intake.Batch batch = new Intake.Batch();
    private int regrained;

    private volatile @Nullable Drain drain;
    private boolean drains;
    private volatile boolean closed;

    /** What the pacemakers of a detector share. */
    record Core(
            Ticker ticker,
            Listeners listeners,
            Payloads payloads,
            Storm storm,
            Stalls stalls,
            DryRun dryRun,
            Identities identities,
            Experience experience,
            Workers workers) {}

    /**
     * A pacemaker that has yet to tick.
     *
     * @param policy of its first connection
     * @param whenRetired told, under no lock, when this one has no connection left and will not tick again
     */
    Pacemaker(ZombieDetector.Place place, Core core, HeartbeatPolicy policy, Consumer<Pacemaker> whenRetired) {
        Workers workers = place.isEventLoop() ? Workers.on(place.executor()) : core.workers();
        long nanoTime = core.ticker().nanoTime();
        this.executor = place.executor();
        this.ticker = core.ticker();
        this.whenRetired = whenRetired;
        this.onLoop = place.isEventLoop();
        this.attention = new Attention(nanoTime, core.ticker().wallClockMillis());
        this.storm = core.storm();
        this.stalls = core.stalls();
        this.regrained = attention.now();
        this.reporter = new Reporter(core.listeners(), core.dryRun(), workers.events);
        this.intake = new Intake(policy.grain(), attention.now());
        this.facts = new Facts(this, core.payloads(), core.identities(), core.experience(), reporter, intake);
        this.reaps = workers.reaps;
        this.reaper = new Reaper(this, reporter, core.dryRun().isOn(), reaps);
        this.wheel = new Wheel(attention.now(), policy.grain(), nanoTime);
        Pinger pinger = new Pinger(this, core.payloads(), onLoop ? null : workers.pings);
        this.agenda = new Agenda(this, wheel, !onLoop);
        this.examiner = new Examiner(this, agenda, pinger, reporter, reaper, !onLoop);
    }

    /**
     * Takes a connection in, on any thread.
     *
     * @return null if this pacemaker has retired or drains, so that another is needed
     * @throws RejectedExecutionException if the executor takes no tasks any more
     */
    @Nullable
    Heartbeat watch(Connection connection, HeartbeatPolicy policy) {
        if (isDead()) {
            throw new RejectedExecutionException("shut down: " + executor);
        }
        Intake.Arrival arrival = closed ? null : intake.admit(connection, policy, this);
        if (arrival == null) {
            return null;
        }
        if (arrival.isFirst()) {
            try {
                scheduleTick();
            } catch (Throwable noTick) {
                intake.hasNotBegun();
                facts.stopped(arrival.heartbeat());
                throw noTick;
            }
        }
        return arrival.heartbeat();
    }

    Intake intake() {
        return intake;
    }

    Facts facts() {
        return facts;
    }

    Storm storm() {
        return storm;
    }

    /** Closes every connection, beginning with the next tick; judges none any more. */
    void drain(Drain drain) {
        this.drain = drain;
        if (!intake.refuse()) {
            drain.terminated().complete(0);
        }
    }

    /** A connection has left; on an event loop that shuts down, which closes them all, no tick may come to notice the last. */
    void left() {
        if (onLoop && drain != null && intake.watched() == 0) {
            endDrain(0);
        }
    }

    /** Ends every watch at the next tick; no verdict is reached from now on but for one under way. */
    void close() {
        closed = true;
    }

    boolean isClosed() {
        return closed;
    }

    /** Whether the executor will never tick again. */
    boolean isDead() {
        return executor.isShutdown();
    }

    long nanoTime() {
        return ticker.nanoTime();
    }

    /** The fine stamp of this very moment, on any thread. */
    long fineNow() {
        return attention.fineAt(ticker.nanoTime());
    }

    long nanosSince(long fine) {
        return Stamp.nanosBetween(fine, fineNow());
    }

    /** The stamp of the tick; the pacemaker's thread only. */
    int now() {
        return attention.now();
    }

    /** The stamp up to which everything that had arrived has been read; the pacemaker's thread only. */
    int listened() {
        return attention.listened();
    }

    @Override
    public void run() {
        if (closed) {
            endAll();
            return;
        }
        try {
            tick();
        } catch (Throwable unforeseen) {
            log.warn("A tick failed; the next one comes all the same", unforeseen);
        }
        if (isIdle() && intake.endIfEmpty()) {
            endDrain(0);
            weatherStorm();
            tellOfStall(true);
            whenRetired.accept(this);
            return;
        }
        try {
            scheduleTick();
        } catch (RejectedExecutionException shutDown) {
            log.debug("No further tick: the executor is shut down");
            endAll();
        }
    }

    private void tick() {
        listen();
        int now = now();
        intake.publish(now);
        intake.take(batch);
        fit(batch, now);
        examiner.beginTick(batch.shortestInterval);
        if (!batch.arrivals.isEmpty()) { // or else a tick would allocate
            batch.arrivals.forEach(examiner::admit);
        }
        wheel.turn(now, examiner);
        weatherStorm();
        drain(now);
        reaper.endGraces();
        if (!batch.errands.isEmpty() || !errands.isEmpty()) {
            batch.errands.forEach(errand -> errands.merge(errand.heartbeat, errand, Errand::with));
            errands.values().removeIf(this::isDone);
        }
    }

    /** Makes the wheel as fine as the policies in use need it, and rids it of the ended when they are the most of it. */
    private void fit(Intake.Batch batch, int now) {
        boolean finer = batch.finestGrain < wheel.grain();
        boolean coarser = batch.finestGrain > wheel.grain() && now - regrained >= BEFORE_COARSER;
        if (finer || coarser) {
            regrained = now;
            wheel.regrain(now, batch.finestGrain);
        }
        if (wheel.size() > 2 * batch.watched + WORTH_A_SWEEP) {
            wheel.sweep();
        }
    }

    /** Reports what a storm is told from: when this pacemaker last heard anything. */
    private void weatherStorm() {
        long reading = attention.reading();
        long awakeSince = attention.awakeSince();
        int latest = facts.latestPong() - examiner.latestHeard() > 0 ? facts.latestPong() : examiner.latestHeard();
        long life = reading - ((long) Math.max(0, now() - latest) << 20);
        long longest = (long) batch.longestInterval << 20;
        if (storm.tick(reading, life - awakeSince > 0 ? life : awakeSince, longest)) {
            log.warn("Verdicts are held no longer: {} of {} peers are suspect", storm.suspects(), storm.watched());
            reporter.hold(storm, true);
        }
    }

    private void drain(int now) {
        Drain current = drain;
        if (current == null || current.terminated().isDone()) {
            return;
        }
        if (!drains) {
            drains = true;
            examiner.stopJudging();
            current.begin(wheel.all(), now);
        }
        current.tick(now, facts, reaps);
        if (current.isOver(now)) {
            List<Heartbeat> left = wheel.all();
            left.removeIf(heartbeat -> Pulse.state(heartbeat.word()) == Pulse.ENDED);
            left.forEach(reaper::reapUnfinished);
            endDrain(left.size());
        } else if (intake.watched() == 0) {
            endDrain(0);
        }
    }

    private void endDrain(int terminated) {
        Drain current = drain;
        if (current != null) {
            current.terminated().complete(terminated);
        }
    }

    private boolean isDone(Errand errand) {
        try {
            return errand.isDone(examiner, now(), agenda.longestArmed());
        } catch (Throwable unforeseen) {
            log.warn("An errand failed", unforeseen);
            return true;
        }
    }

    private void listen() {
        long lost = attention.tick(ticker.nanoTime(), ticker.wallClockMillis(), tickNanos());
        if (lost >= STALL_WORTH_A_WARNING) {
            long pingsOut = wheel.all().stream()
                    .filter(heartbeat -> Pulse.unanswered(heartbeat.word()))
                    .count();
            stalls.notice(attention.reading(), lost, (int) pingsOut);
        }
        tellOfStall(false);
    }

    private void tellOfStall(boolean last) {
        Stall stall = stalls.settle(attention.reading(), last);
        if (stall != null) {
            log.warn(
                    "Did not listen for {}; no peer is charged for it, the verdicts on {} pings are put off",
                    Words.of(stall.lost()),
                    stall.pingsOut());
            reporter.stall(stall);
        }
    }

    private boolean isIdle() {
        return wheel.size() == 0 && errands.isEmpty() && reaper.isIdle();
    }

    private void endAll() {
        intake.end();
        intake.take(batch);
        batch.arrivals.forEach(facts::stopped);
        errands.clear();
        wheel.clear(facts::stopped);
        reaper.endAllGraces();
        weatherStorm();
        endDrain(0);
    }

    /** The next tick comes as a bucket of the wheel does, so that what is in it waits for no other. */
    private void scheduleTick() {
        Future<?> tick = executor.schedule(this, attention.untilNextTick(tickNanos()), TimeUnit.NANOSECONDS);
        if (tick.isCancelled()) { // by a JDK executor that was shut down while it took the task
            throw new RejectedExecutionException("shut down: " + executor);
        }
    }

    private long tickNanos() {
        return (long) wheel.grain() << 20;
    }
}
