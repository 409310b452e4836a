package dev.heartbeat.internal.engine;

import dev.heartbeat.Connection;
import dev.heartbeat.HeartbeatPolicy;
import dev.heartbeat.ReapReason;
import dev.heartbeat.internal.dispatch.DetectorLog;
import dev.heartbeat.internal.dispatch.WorkerPools;
import dev.heartbeat.internal.state.Limits;
import dev.heartbeat.internal.state.StateWord;
import dev.heartbeat.internal.storm.StormGuard;
import dev.heartbeat.internal.time.CoarseTime;
import dev.heartbeat.internal.time.ListeningClock;
import dev.heartbeat.internal.wheel.TimingWheel;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * The one task that ticks on an executor, for all the connections that are watched on it: counts active time, publishes it, lets the
 * wheel turn. It ticks while it has connections and then retires; a tick is scheduled when the one before it is over, never
 * at a fixed rate, which would replay what a pause has missed. What other threads tell changes a connection's state word and
 * nothing here.
 */
final class Pacemaker implements Runnable {

    /** How long a finer tick than the policies in use need is kept, in stamps: a minute, since every change visits all. */
    private static final int BEFORE_COARSER = 57_220;

    private static final int WORTH_A_SWEEP = 4_096;

    private static final Logger log = DetectorLog.LOG;

    private final SharedParts shared;
    private final ScheduledExecutorService executor;
    private final Consumer<Pacemaker> whenRetired;
    private final boolean onLoop;
    private final Reporter reporter;
    private final StallReporter stallReporter;
    private final LagReporter lagReporter;
    private final IntSupplier countsPingsOut = this::pingsOut; // made once, or else each tick would allocate
    private final Inbox inbox;
    private final Learning learning;
    private final Takeovers takeovers;
    private final InboundEvents inbound;
    private final Executor closes;
    private final Reaper reaper;
    private final ListeningClock clock;
    private final TimingWheel<HeartbeatHandle> wheel;
    private final FactGatherer gatherer;
    private final OwnTrouble ownTrouble = new OwnTrouble();
    private final Visitor visitor;
    private final Map<HeartbeatHandle, Command> commands = new LinkedHashMap<>();

    private final Inbox.Batch batch = new Inbox.Batch();
    private int regrained;

    /** The thread of the latest tick, on an event loop. */
    private volatile @Nullable Thread loopThread;

    private boolean ticks;

    private volatile @Nullable Drain drain;
    private boolean drains;
    private boolean hasTicked;
    private volatile boolean closed;

    /**
     * A pacemaker that has yet to tick.
     *
     * @param policy of its first connection
     * @param whenRetired told, under no lock, when this one has no connection left and will not tick again
     */
    Pacemaker(TickExecutor place, SharedParts shared, HeartbeatPolicy policy, Consumer<Pacemaker> whenRetired) {
        WorkerPools workers = place.isEventLoop() ? WorkerPools.on(place.executor()) : shared.workers();
        long nanoTime = shared.ticker().nanoTime();
        int tick = Limits.tick(policy);
        this.shared = shared;
        this.executor = place.executor();
        this.whenRetired = whenRetired;
        this.onLoop = place.isEventLoop();
        this.clock = new ListeningClock(nanoTime, shared.ticker().wallClockMillis());
        this.regrained = clock.now();
        this.reporter = new Reporter(shared.listeners(), shared.dryRun(), workers.events);
        this.stallReporter = new StallReporter(shared.stalls(), reporter);
        this.lagReporter = new LagReporter(shared.lags(), reporter);
        this.inbox = new Inbox(tick, clock.now());
        this.learning = new Learning(shared.histories(), shared.storm());
        this.takeovers = new Takeovers(this, shared.identities(), learning, reporter);
        this.inbound = new InboundEvents(this, shared.payloads(), learning, reporter, inbox);
        this.closes = workers.closes;
        this.reaper = new Reaper(this, reporter, shared.dryRun().isOn(), workers.reaps, shared.sockets());
        this.wheel = new TimingWheel<>(clock.now(), tick, nanoTime);
        VisitSchedule schedule = new VisitSchedule(this, wheel, !onLoop);
        Pinger pinger = new Pinger(this, shared.payloads(), reporter, onLoop ? null : workers.pings);
        this.gatherer = new FactGatherer(this, schedule, shared.sockets(), !onLoop);
        Judge judge = new Judge(this, gatherer, schedule, pinger, reporter, reaper);
        this.visitor = new Visitor(this, judge, gatherer, schedule, !onLoop);
    }

    /**
     * Takes a connection in, on any thread.
     *
     * @return null if this pacemaker has retired or drains, so that another is needed
     * @throws RejectedExecutionException if the executor takes no tasks any more
     */
    @Nullable
    HeartbeatHandle watch(Connection connection, HeartbeatPolicy policy) {
        if (isDead()) {
            throw new RejectedExecutionException("shut down: " + executor);
        }
        Inbox.Arrival arrival = closed ? null : inbox.admit(connection, policy, this);
        if (arrival == null) {
            return null;
        }
        if (arrival.isFirst()) {
            try {
                scheduleTick();
            } catch (Throwable noTick) {
                inbox.hasNotBegun();
                inbound.stopped(arrival.heartbeat());
                throw noTick;
            }
        }
        return arrival.heartbeat();
    }

    Inbox inbox() {
        return inbox;
    }

    InboundEvents inbound() {
        return inbound;
    }

    Learning learning() {
        return learning;
    }

    Takeovers takeovers() {
        return takeovers;
    }

    OwnTrouble ownTrouble() {
        return ownTrouble;
    }

    MessageReports messages() {
        return shared.messages();
    }

    StormGuard storm() {
        return shared.storm();
    }

    /** Closes every connection, beginning with the next tick; judges none any more. */
    void drain(Drain drain) {
        this.drain = drain;
        if (!inbox.refuse()) {
            drain.end();
        }
    }

    /** The connection that carries one was found dead, which is reaped at once: by whoever says so on the event loop, between ticks. */
    void carrierLost(HeartbeatHandle heartbeat) {
        if (Thread.currentThread() != loopThread || ticks) {
            inbox.add(Command.carrierLost(heartbeat));
        } else if (!closed) {
            visitor.carrierLost(heartbeat);
        }
    }

    /** A connection has left; on an event loop that shuts down, which closes them all, no tick may come to notice the last. */
    void left() {
        Drain current = drain;
        if (onLoop && current != null && (isDead() || !current.hasCut()) && inbox.watched() == 0) {
            endDrain();
        }
    }

    /** Ends every watch at the next tick; no verdict is reached from now on but for one under way. */
    void close() {
        closed = true;
        endIfDead();
    }

    /** Completes what others wait for, if the executor has shut down between two ticks; whether it has. Any thread. */
    boolean endIfDead() {
        if (isDead()) {
            reaper.giveUpConfirming();
            endDrain();
        }
        return isDead();
    }

    boolean isClosed() {
        return closed;
    }

    /** Whether the executor will never tick again. */
    boolean isDead() {
        return executor.isShutdown();
    }

    long nanoTime() {
        return shared.ticker().nanoTime();
    }

    /** The fine stamp of this very moment, on any thread. */
    long fineNow() {
        return clock.fineAt(nanoTime());
    }

    long nanosSince(long fine) {
        return CoarseTime.nanosBetween(fine, fineNow());
    }

    /** The stamp of the tick; the pacemaker's thread only. */
    int now() {
        return clock.now();
    }

    /** The stamp up to which everything that had arrived has been read; the pacemaker's thread only. */
    int listened() {
        return clock.listened();
    }

    @Override
    public void run() {
        if (!hasTicked) {
            hasTicked = true;
            shared.ownThreads().neverWaitHere();
        }
        if (closed) {
            endAll();
            return;
        }
        loopThread = onLoop ? Thread.currentThread() : null;
        ticks = true;
        try {
            tick();
        } catch (Throwable unforeseen) {
            log.warn("A tick failed; the next one comes all the same", unforeseen);
        } finally {
            ticks = false;
        }
        if (isIdle() && inbox.endIfEmpty()) {
            endDrain();
            reportToStormGuard();
            stallReporter.tell(clock.reading(), true);
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
        inbox.publish(now);
        inbox.take(batch);
        fit(batch, now);
        visitor.beginTick(batch.shortestInterval);
        if (!batch.arrivals.isEmpty()) { // or else a tick would allocate
            batch.arrivals.forEach(visitor::admit);
        }
        wheel.turn(now, visitor);
        shared.sockets().tick();
        shared.workers().tick(clock.reading());
        drain(now);
        reaper.tick();
        if (!batch.commands.isEmpty() || !commands.isEmpty()) {
            batch.commands.forEach(command -> commands.merge(command.heartbeat, command, Command::with));
            commands.values().removeIf(this::isDone);
        }
        reportToStormGuard(); // now that no suspect is left whom a takeover has decided on
    }

    /** Makes the wheel as fine as the policies in use need it, and rids it of the ended when they are the most of it. */
    private void fit(Inbox.Batch batch, int now) {
        boolean finer = batch.finestGrain < wheel.grain();
        boolean coarser = batch.finestGrain > wheel.grain() && now - regrained >= BEFORE_COARSER;
        if (finer || coarser) {
            regrained = now;
            wheel.regrain(now, batch.finestGrain);
        }
        if (wheel.size() > 2 * batch.watched + WORTH_A_SWEEP) {
            wheel.sweep(Pacemaker::hasEnded);
        }
    }

    private static boolean hasEnded(HeartbeatHandle heartbeat) {
        return StateWord.state(heartbeat.word()) == StateWord.ENDED;
    }

    /** Reports what a storm is told from: when this pacemaker last heard anything. */
    private void reportToStormGuard() {
        StormGuard storm = shared.storm();
        long reading = clock.reading();
        long awakeSince = clock.awakeSince();
        int latest = inbound.latestPong() - visitor.latestHeard() > 0 ? inbound.latestPong() : visitor.latestHeard();
        long life = reading - CoarseTime.nanos(Math.max(0, now() - latest));
        long said = reading - CoarseTime.nanos(Math.max(0, now() - inbound.latestMessage()));
        long longest = CoarseTime.nanos(batch.longestInterval);
        storm.said(later(said, awakeSince));
        ReapReason over = storm.tick(reading, later(life, awakeSince), longest);
        if (over != null) {
            reporter.hold(storm, over, true);
        }
    }

    private static long later(long reading, long other) {
        return reading - other > 0 ? reading : other;
    }

    private void drain(int now) {
        Drain current = drain;
        if (current == null || current.isOver()) {
            return;
        }
        if (!drains) {
            drains = true;
            gatherer.stopJudging();
            current.begin(wheel.all(), now);
        }
        if (current.isTimeToCut(now, inbound, closes)) {
            List<HeartbeatHandle> left = wheel.all();
            left.removeIf(Pacemaker::hasEnded);
            current.cut(left, reaper);
        }
        current.endIfOver(now, inbox.watched());
    }

    private void endDrain() {
        Drain current = drain;
        if (current != null) {
            current.end();
        }
    }

    private boolean isDone(Command command) {
        try {
            return visitor.carryOut(command);
        } catch (Throwable unforeseen) {
            log.warn("A command failed", unforeseen);
            return true;
        }
    }

    private void listen() {
        long lost = clock.tick(nanoTime(), shared.ticker().wallClockMillis(), tickNanos());
        stallReporter.ticked(clock.reading(), lost, countsPingsOut);
        lagReporter.ticked(clock.lag());
    }

    private int pingsOut() {
        return (int) wheel.all().stream()
                .filter(heartbeat -> StateWord.unanswered(heartbeat.word()))
                .count();
    }

    private boolean isIdle() {
        Drain current = drain;
        boolean drainsStill = current != null && !current.isOver();
        boolean looksAfterOthers = !onLoop && shared.workers().hasWaiting();
        return wheel.size() == 0 && commands.isEmpty() && reaper.isIdle() && !drainsStill && !looksAfterOthers;
    }

    private void endAll() {
        inbox.end();
        inbox.take(batch);
        batch.arrivals.forEach(inbound::stopped);
        commands.clear();
        wheel.clear(inbound::stopped);
        reaper.endAllGraces();
        reportToStormGuard();
        endDrain();
    }

    /** The next tick comes as a bucket of the wheel does, so that what is in it waits for no other. */
    private void scheduleTick() {
        Future<?> tick = executor.schedule(this, clock.untilNextTick(tickNanos()), TimeUnit.NANOSECONDS);
        if (tick.isCancelled()) { // by a JDK executor that was shut down while it took the task
            throw new RejectedExecutionException("shut down: " + executor);
        }
    }

    private long tickNanos() {
        return CoarseTime.nanos(wheel.grain());
    }
}
