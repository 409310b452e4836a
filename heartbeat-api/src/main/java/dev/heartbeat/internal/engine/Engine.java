package dev.heartbeat.internal.engine;

import dev.heartbeat.Connection;
import dev.heartbeat.Heartbeat;
import dev.heartbeat.HeartbeatPolicy;
import dev.heartbeat.LivenessListener;
import dev.heartbeat.Ticker;
import dev.heartbeat.internal.adaptive.HistoryStore;
import dev.heartbeat.internal.dispatch.DetectorLog;
import dev.heartbeat.internal.dispatch.Listeners;
import dev.heartbeat.internal.dispatch.OpenDetectors;
import dev.heartbeat.internal.dispatch.OwnThreads;
import dev.heartbeat.internal.dispatch.WorkerPools;
import dev.heartbeat.internal.identity.IdentityRegistry;
import dev.heartbeat.internal.kernel.SocketLooks;
import dev.heartbeat.internal.kernel.SocketTable;
import dev.heartbeat.internal.state.PingPayloads;
import dev.heartbeat.internal.storm.StormGuard;
import dev.heartbeat.internal.time.Lags;
import dev.heartbeat.internal.time.Stalls;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What stands behind a detector: one pacemaker for each executor, and what they share. Any thread. */
public final class Engine {

    /** How long a close waits for the threads to end: less than anybody notices who stops an application. */
    private static final long LONGEST_WAIT = TimeUnit.MILLISECONDS.toNanos(300);

    private final HeartbeatPolicy policy;
    private final SharedParts shared;
    private final Map<TickExecutor, Pacemaker> pacemakers = new ConcurrentHashMap<>();
    private final @Nullable ScheduledExecutorService givenScheduler;
    private final OpenDetectors openDetectors;
    private final boolean ownsThreads;
    private final IssuedWarnings warnings = new IssuedWarnings();
    private final Object lock = new Object();
    private @Nullable ScheduledExecutorService ownScheduler; // guarded by lock
    private @Nullable CompletionStage<Integer> drained; // guarded by lock
    private volatile boolean closed;

    /**
     * An engine at rest.
     *
     * @param executor where pings, listeners and terminations run that may block; null for threads of its own
     * @param scheduler what ticks for transports that may block; null for a thread of its own
     * @param dryRun whether verdicts are told only
     * @param sockets what the kernel knows of sockets
     * @param openDetectors where this one counts, if it has threads of its own, until it is closed
     */
    public Engine(
            HeartbeatPolicy policy,
            List<LivenessListener> listeners,
            Ticker ticker,
            @Nullable Executor executor,
            @Nullable ScheduledExecutorService scheduler,
            boolean dryRun,
            SocketTable sockets,
            OpenDetectors openDetectors) {
        this.policy = policy;
        this.openDetectors = openDetectors;
        this.ownsThreads = executor == null || scheduler == null;
        this.givenScheduler = scheduler;
        OwnThreads ownThreads = new OwnThreads();
        WorkerPools workers = executor == null ? WorkerPools.own(ownThreads) : WorkerPools.on(executor);
        this.shared = new SharedParts(
                ticker,
                new Listeners(listeners),
                new PingPayloads(),
                new StormGuard(ticker.nanoTime()),
                new MessageReports(),
                new Stalls(),
                new Lags(),
                new DryRun(dryRun),
                new IdentityRegistry<>(),
                new HistoryStore(ticker),
                workers,
                ownThreads,
                new SocketLooks(sockets, workers.looks, ticker::nanoTime, DetectorLog.LOG));
        if (ownsThreads) {
            openDetectors.opened();
        }
    }

    /** Watches a connection on the engine's own thread, or the scheduler it was given. */
    public Heartbeat watch(Connection connection) {
        return watch(connection, new TickExecutor(scheduler(), false));
    }

    /** Watches a connection on its event loop. */
    public Heartbeat watch(Connection connection, ScheduledExecutorService eventLoop) {
        return watch(connection, new TickExecutor(eventLoop, true));
    }

    public HeartbeatPolicy policy() {
        return policy;
    }

    public Optional<Heartbeat> find(String identity) {
        return shared.identities().find(identity).map(heartbeat -> heartbeat);
    }

    public boolean isFirst(String warning) {
        return warnings.isFirst(warning);
    }

    public int watched() {
        return closed
                ? 0
                : pacemakers.values().stream()
                        .mapToInt(pacemaker -> pacemaker.inbox().watched())
                        .sum();
    }

    public int suspects() {
        return closed ? 0 : shared.storm().suspects();
    }

    /** Closes every connection within a time; a second call returns what the first one did. */
    public CompletionStage<Integer> drain(int code, Duration within) {
        pacemakers.values().removeIf(Pacemaker::endIfDead); // or else the drain would wait for their ticks
        synchronized (lock) {
            requireNotClosed();
            if (drained == null) {
                CompletableFuture<Integer> total = CompletableFuture.completedFuture(0);
                for (Pacemaker pacemaker : pacemakers.values()) {
                    Drain drain = new Drain(code, within);
                    pacemaker.drain(drain);
                    total = total.thenCombine(drain.terminated(), Integer::sum);
                }
                drained = total.minimalCompletionStage();
            }
            return drained;
        }
    }

    /**
     * Ends every watch, lets the threads end, and waits a moment for that where the calling thread may; connections stay open.
     * Closing again does nothing.
     */
    public void close() {
        ScheduledExecutorService scheduler;
        synchronized (lock) {
            if (closed) {
                return;
            }
            closed = true;
            pacemakers.values().forEach(Pacemaker::close);
            pacemakers.clear();
            scheduler = ownScheduler;
            if (scheduler != null) {
                scheduler.shutdown();
            }
        }
        if (ownsThreads) {
            openDetectors.closed();
        }
        long deadline = System.nanoTime() + LONGEST_WAIT;
        boolean waits = shared.ownThreads().mayWaitHere();
        if (waits && scheduler != null) {
            awaitLastTick(scheduler, deadline);
        }
        shared.sockets().close();
        shared.workers().close();
        if (waits) {
            shared.ownThreads().awaitEnd(deadline);
        }
    }

    /** The last tick hands the verdicts under way to the workers, which take nothing any more once they are closed. */
    private static void awaitLastTick(ScheduledExecutorService scheduler, long deadline) {
        try {
            var unused = scheduler.awaitTermination(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    private Heartbeat watch(Connection connection, TickExecutor place) {
        requireTakingConnections();
        try {
            while (true) {
                Pacemaker pacemaker = pacemaker(place);
                Heartbeat heartbeat = pacemaker.watch(connection, policy);
                if (heartbeat != null) {
                    return heartbeat;
                }
                requireTakingConnections();
                pacemakers.remove(place, pacemaker);
            }
        } catch (RejectedExecutionException shutDown) {
            pacemakers.remove(place);
            requireNotClosed();
            throw new IllegalStateException("the executor is shut down: " + place.executor(), shutDown);
        }
    }

    private Pacemaker pacemaker(TickExecutor place) {
        Pacemaker known = pacemakers.get(place);
        if (known != null) {
            return known;
        }
        pacemakers.values().removeIf(Pacemaker::endIfDead);
        Pacemaker fresh = new Pacemaker(place, shared, policy, retired -> pacemakers.remove(place, retired));
        synchronized (lock) {
            requireTakingConnections();
            Pacemaker other = pacemakers.putIfAbsent(place, fresh);
            return other == null ? fresh : other;
        }
    }

    private ScheduledExecutorService scheduler() {
        if (givenScheduler != null) {
            return givenScheduler;
        }
        synchronized (lock) {
            requireNotClosed();
            if (ownScheduler == null) {
                ScheduledThreadPoolExecutor own = new ScheduledThreadPoolExecutor(
                        1, task -> shared.ownThreads().make(task, "heartbeat-pacemaker"));
                own.setKeepAliveTime(10, TimeUnit.SECONDS);
                own.allowCoreThreadTimeOut(true);
                ownScheduler = own;
            }
            return ownScheduler;
        }
    }

    private void requireTakingConnections() {
        requireNotClosed();
        synchronized (lock) {
            if (drained != null) {
                throw new IllegalStateException("the detector is draining");
            }
        }
    }

    private void requireNotClosed() {
        if (closed) {
            throw new IllegalStateException("the detector is closed");
        }
    }
}
