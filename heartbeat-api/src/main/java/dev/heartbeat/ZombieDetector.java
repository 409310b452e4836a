package dev.heartbeat;

import static java.util.Objects.requireNonNull;

import dev.heartbeat.internal.dispatch.OpenDetectors;
import dev.heartbeat.internal.engine.Engine;
import dev.heartbeat.internal.kernel.ProcNetTable;
import dev.heartbeat.internal.kernel.SocketTable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;

/**
 * Watches connections and reaps those whose peer is gone. An application makes one, shares it between all its endpoints,
 * and closes it when it shuts down.
 *
 * <p>All methods may be called from any thread. The detector owns its threads, all of them daemons that end when they are
 * idle: one named {@code heartbeat-pacemaker} that judges and never waits for anything, and up to 256 named {@code
 * heartbeat-ping-}, {@code heartbeat-event-} and {@code heartbeat-reap-} that send pings, call listeners and terminate
 * connections, which all may block. A connection watched on an event loop uses none of them. More than 16 that are open at the same
 * time with threads of their own are warned of, once: one that is a field of an endpoint, of which containers make an instance for each
 * session, has to be static.
 */
public final class ZombieDetector implements AutoCloseable {

    private static final int GOING_AWAY = 1001;
    private static final int SERVICE_RESTART = 1012;

    private final Engine engine;

    private ZombieDetector(Builder builder) {
        this.engine = new Engine(
                builder.policy,
                builder.listeners,
                builder.ticker,
                builder.executor,
                builder.scheduler,
                builder.dryRun,
                builder.sockets,
                builder.openDetectors);
    }

    /**
     * Makes a detector with threads of its own.
     *
     * @param policy for every connection that is not given another
     * @param listeners told of everything, in this order
     * @return a detector to be closed
     * @throws NullPointerException if an argument is null
     */
    public static ZombieDetector create(HeartbeatPolicy policy, LivenessListener... listeners) {
        return builder(policy).listeners(List.of(listeners)).build();
    }

    /**
     * Begins to build a detector that is given its threads, its clock or more.
     *
     * @param policy for every connection that is not given another
     * @return a new builder
     * @throws NullPointerException if the policy is null
     */
    public static Builder builder(HeartbeatPolicy policy) {
        return new Builder(requireNonNull(policy, "policy"));
    }

    /**
     * Watches a connection whose transport may block: pings, listeners and terminations run on worker threads. The detector
     * asks {@link Connection#isOpen()} every five seconds, so it notices a close that nobody reports.
     *
     * <p>The detector keeps no register of connections: watching one twice gives two heartbeats that ping and reap on their
     * own. The adapters refuse it.
     *
     * @param connection the connection
     * @return its heartbeat, to be told what the peer sends
     * @throws IllegalStateException if the detector is closed or draining
     * @throws NullPointerException if the connection is null
     */
    public Heartbeat watch(Connection connection) {
        return engine.watch(requireNonNull(connection, "connection"));
    }

    /**
     * Watches a connection that belongs to an event loop: everything about it happens there, on one tick for all the
     * connections of that loop. The adapter reports every close by {@link Heartbeat#closed()}.
     *
     * @param connection the connection
     * @param eventLoop a single-threaded executor, which the detector never shuts down
     * @return its heartbeat, to be told what the peer sends
     * @throws IllegalStateException if the detector is closed or draining, or the event loop shut down
     * @throws NullPointerException if an argument is null
     */
    public Heartbeat watch(Connection connection, ScheduledExecutorService eventLoop) {
        return engine.watch(requireNonNull(connection, "connection"), requireNonNull(eventLoop, "eventLoop"));
    }

    /**
     * The policy for every connection that is not given another.
     *
     * @return the policy this was made with
     */
    public HeartbeatPolicy policy() {
        return engine.policy();
    }

    /**
     * Finds the heartbeat that holds an identity: the newest one that was {@linkplain Heartbeat#identify given} it
     * and has not ended.
     *
     * @param identity as given
     * @return empty if nobody holds it, or all who did have ended
     * @throws NullPointerException if it is null
     */
    public Optional<Heartbeat> find(String identity) {
        return engine.find(requireNonNull(identity, "identity"));
    }

    /**
     * How many connections are watched.
     *
     * @return 0 once closed
     */
    public int watched() {
        return engine.watched();
    }

    /**
     * How many of the watched peers are suspect.
     *
     * @return 0 once closed
     */
    public int suspects() {
        return engine.suspects();
    }

    /**
     * Tells an adapter whether a warning is to be logged: whether this detector has not been asked for it before. So one
     * that concerns every connection is logged once for each application, not once for all that share an adapter's classes.
     *
     * @param warning names it; the thousand first are told apart
     * @return true the first time, from whatever thread; false then, and for any more than a thousand
     * @throws NullPointerException if it is null
     */
    public boolean isFirst(String warning) {
        return engine.isFirst(requireNonNull(warning, "warning"));
    }

    /**
     * Closes every watched connection in an orderly way, for a server that is about to stop or restart: sends no ping and
     * reaches no verdict from now on, spreads the close frames over the first half of the time, and terminates what is still
     * open a quarter of the time, or two seconds, before its end. Connections are refused from now on; the detector itself
     * stays open until it is closed. A second call changes nothing and returns what the first one did.
     *
     * @param code 1001 if the server goes away, 1012 if it restarts and peers should come back (RFC 6455 section 7.4)
     * @param within the time for all of it, from 1 ms to 1 day
     * @return completes on a detector's thread, or on an event loop, when every descriptor is free or the time is over, with the
     *     number of those that had to be cut. What is not known to be free by then is named in a warning
     * @throws IllegalArgumentException if the code is another, or the time out of range
     * @throws IllegalStateException if the detector is closed
     * @throws NullPointerException if the time is null
     */
    public CompletionStage<Integer> drain(int code, Duration within) {
        if (code != GOING_AWAY && code != SERVICE_RESTART) {
            throw new IllegalArgumentException("code must be 1001 (going away) or 1012 (service restart): " + code);
        }
        return engine.drain(code, HeartbeatPolicy.inRange("within", within));
    }

    /**
     * Stops watching every connection and lets the detector's own threads end. Connections stay open; no verdict is reached
     * from now on but for one that is under way; a connection that has been reaped is still terminated. Executors given by
     * the application are left alone. Closing again does nothing.
     *
     * <p>Waits up to 0.3 s for the detector's own threads to end, so that a container finds none of them in an application that
     * it stops; one that is blocked in a listener or a termination may outlive that. Does not wait on a thread of the detector's
     * or of an event loop that it ticks on, nor when interrupted, and leaves the interrupt set.
     */
    @Override
    public void close() {
        engine.close();
    }

    /** Puts a detector together. Not thread-safe. */
    public static final class Builder {

        private final HeartbeatPolicy policy;
        private final List<LivenessListener> listeners = new ArrayList<>();
        private Ticker ticker = Ticker.system();
        private @Nullable Executor executor;
        private @Nullable ScheduledExecutorService scheduler;
        private boolean dryRun;
        private SocketTable sockets = new ProcNetTable();
        private OpenDetectors openDetectors = OpenDetectors.HERE;

        private Builder(HeartbeatPolicy policy) {
            this.policy = policy;
        }

        /**
         * Adds listeners, called in the order in which they were added. Takes what {@code ServiceLoader}, CDI's {@code
         * Instance} and Spring's {@code ObjectProvider} are.
         *
         * @param more the listeners, read once, now
         * @return this builder
         * @throws NullPointerException if one is null
         */
        public Builder listeners(Iterable<? extends LivenessListener> more) {
            List<LivenessListener> checked = new ArrayList<>();
            for (LivenessListener listener : more) {
                checked.add(requireNonNull(listener, "listener"));
            }
            listeners.addAll(checked);
            return this;
        }

        /**
         * Sets the source of time; {@link Ticker#system()} unless set.
         *
         * @param value the ticker
         * @return this builder
         * @throws NullPointerException if it is null
         */
        public Builder ticker(Ticker value) {
            this.ticker = requireNonNull(value, "ticker");
            return this;
        }

        /**
         * Sets where pings, listeners and terminations run for transports that may block, instead of threads of the
         * detector's own: an executor with a thread for each task that blocks, such as one of virtual threads. It is never
         * shut down.
         *
         * @param value the executor
         * @return this builder
         * @throws NullPointerException if it is null
         */
        public Builder executor(Executor value) {
            this.executor = requireNonNull(value, "executor");
            return this;
        }

        /**
         * Sets what the pacemaker ticks on for transports that may block, instead of a thread of the detector's own. It is
         * never shut down.
         *
         * @param value a scheduler with a thread to spare for tasks that never block
         * @return this builder
         * @throws NullPointerException if it is null
         */
        public Builder scheduler(ScheduledExecutorService value) {
            this.scheduler = requireNonNull(value, "scheduler");
            return this;
        }

        /**
         * Makes the detector judge and report without terminating anything, so that a policy can be tried on a fleet in
         * production: it tells of each verdict by {@link LivenessListener#onReap}, goes on watching, and tells of each peer
         * that lives in spite of its verdict by {@link LivenessListener#onMistake}. A drain terminates all the same.
         *
         * @return this builder
         */
        public Builder dryRun() {
            this.dryRun = true;
            return this;
        }

        /** Where sockets are looked up, in a test that has none. */
        Builder sockets(SocketTable value) {
            this.sockets = value;
            return this;
        }

        /** Where it counts while it is open, in a test that disturbs no other. */
        Builder openDetectors(OpenDetectors value) {
            this.openDetectors = value;
            return this;
        }

        /**
         * Makes the detector.
         *
         * @return a detector to be closed
         */
        public ZombieDetector build() {
            return new ZombieDetector(this);
        }
    }
}
