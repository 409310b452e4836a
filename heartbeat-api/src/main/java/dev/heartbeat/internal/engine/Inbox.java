package dev.heartbeat.internal.engine;

import dev.heartbeat.Connection;
import dev.heartbeat.HeartbeatPolicy;
import dev.heartbeat.internal.dispatch.SafeCalls;
import dev.heartbeat.internal.state.Limits;
import dev.heartbeat.internal.state.StateWord;
import dev.heartbeat.internal.time.CoarseTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What crosses from other threads to a pacemaker's own: connections that arrive and leave, commands, and the policies in
 * use. Everything is under one lock, held for a few instructions, under which nothing foreign is called.
 */
final class Inbox {

    private final Object lock = new Object();

    // Guarded by lock.
    private final Map<BindingKey, PolicyBinding> bindings = new HashMap<>();
    private List<HeartbeatHandle> arrivals = new ArrayList<>();
    private List<Command> commands = new ArrayList<>();
    private int watched;
    private int finestGrain;
    private int shortestInterval = Integer.MAX_VALUE;
    private int longestInterval;
    private boolean begun;
    private boolean refuses;
    private boolean ended;

    private volatile PolicyBinding[] published = {};
    private volatile int now;

    Inbox(int grain, int now) {
        this.finestGrain = grain;
        this.now = now;
    }

    /** A connection that has been taken in; the first one starts the tick. */
    record Arrival(HeartbeatHandle heartbeat, boolean isFirst) {}

    /** A policy, and the interval that it is kept with where connections have an idle timeout. */
    private record BindingKey(HeartbeatPolicy given, Duration pingInterval) {

        // From JDK 25 on the generated methods leave their components' classes, and so the application's class loader,
        // in a cache of the platform's.
        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof BindingKey key && given.equals(key.given) && pingInterval.equals(key.pingInterval);
        }

        @Override
        public int hashCode() {
            return 31 * given.hashCode() + pingInterval.hashCode();
        }
    }

    /** What has come between two ticks, in lists that are used again; belongs to the pacemaker's thread. */
    static final class Batch {
        List<HeartbeatHandle> arrivals = new ArrayList<>();
        List<Command> commands = new ArrayList<>();

        /** Connections watched. */
        int watched;

        /** The tick that the finest policy in use needs, in stamps. */
        int finestGrain;

        /** The shortest time between pings of one connection by any policy in use, in stamps. */
        int shortestInterval;

        /** The longest one. */
        int longestInterval;
    }

    /** Takes a connection in; null once {@link #end} or {@link #refuse} has been called. */
    @Nullable
    Arrival admit(Connection connection, HeartbeatPolicy policy, Pacemaker pacemaker) {
        HeartbeatPolicy fitted = SafeCalls.fit(policy, connection);
        synchronized (lock) {
            if (ended || refuses) {
                return null;
            }
            HeartbeatHandle heartbeat = new HeartbeatHandle(connection, join(policy, fitted, pacemaker));
            watched++;
            pacemaker.storm().watched(1);
            arrivals.add(heartbeat);
            boolean first = !begun;
            begun = true;
            return new Arrival(heartbeat, first);
        }
    }

    /** A connection has ended, and its word says so. */
    void leave(HeartbeatHandle heartbeat) {
        synchronized (lock) {
            heartbeat.binding().users--;
            watched--;
            heartbeat.binding().pacemaker.storm().watched(-1);
        }
    }

    void add(Command command) {
        synchronized (lock) {
            if (!ended) {
                commands.add(command);
            }
        }
    }

    /** Puts a policy in force for a connection. */
    void changePolicy(HeartbeatHandle heartbeat, HeartbeatPolicy policy) {
        Connection connection = heartbeat.connection();
        if (connection == null) {
            return;
        }
        HeartbeatPolicy fitted = SafeCalls.fit(policy, connection);
        synchronized (lock) {
            if (rebind(heartbeat, policy, fitted)) {
                commands.add(Command.look(heartbeat));
            }
        }
    }

    /**
     * Fits the policy of a connection to its idle timeout anew: the application may have set that since the watch began.
     *
     * @return whether another policy is in force now
     */
    boolean refit(HeartbeatHandle heartbeat) {
        Connection connection = heartbeat.connection();
        PolicyBinding before = heartbeat.binding();
        HeartbeatPolicy fitted = connection == null ? before.policy : SafeCalls.fit(before.given, connection);
        if (fitted.pingInterval().equals(before.policy.pingInterval())) {
            return false;
        }
        synchronized (lock) {
            // Unless the application has just given it a policy, which was fitted then.
            return heartbeat.binding() == before && rebind(heartbeat, before.given, fitted);
        }
    }

    /** Under the lock; whether the connection is still watched. */
    private boolean rebind(HeartbeatHandle heartbeat, HeartbeatPolicy given, HeartbeatPolicy fitted) {
        if (ended || StateWord.state(heartbeat.word()) == StateWord.ENDED) {
            return false;
        }
        PolicyBinding before = heartbeat.binding();
        heartbeat.binding(join(given, fitted, before.pacemaker));
        before.users--;
        return true;
    }

    int watched() {
        synchronized (lock) {
            return watched;
        }
    }

    /** Shows every connection the time. */
    void publish(int stamp) {
        now = stamp;
        for (PolicyBinding binding : published) {
            binding.publish(stamp);
        }
    }

    /** Hands over what has come since the last call. */
    void take(Batch batch) {
        batch.arrivals = emptied(batch.arrivals);
        batch.commands = emptied(batch.commands);
        synchronized (lock) {
            List<HeartbeatHandle> arrived = arrivals;
            arrivals = batch.arrivals;
            batch.arrivals = arrived;
            List<Command> asked = commands;
            commands = batch.commands;
            batch.commands = asked;
            batch.watched = watched;
            forgetUnused();
            batch.finestGrain = finestGrain;
            batch.shortestInterval = shortestInterval;
            batch.longestInterval = longestInterval;
        }
    }

    /** The tick that the first connection should have started could not be scheduled; the next connection starts it. */
    void hasNotBegun() {
        synchronized (lock) {
            begun = false;
        }
    }

    /**
     * Takes no further connection in.
     *
     * @return whether a tick is to come
     */
    boolean refuse() {
        synchronized (lock) {
            refuses = true;
            return begun && !ended;
        }
    }

    /** Takes nothing in any more, unless something has come. */
    boolean endIfEmpty() {
        synchronized (lock) {
            ended = arrivals.isEmpty() && commands.isEmpty();
            return ended;
        }
    }

    /** Takes nothing in any more. */
    void end() {
        synchronized (lock) {
            ended = true;
        }
    }

    /** Under the lock. */
    private PolicyBinding join(HeartbeatPolicy given, HeartbeatPolicy fitted, Pacemaker pacemaker) {
        BindingKey key = new BindingKey(given, fitted.pingInterval());
        PolicyBinding binding = bindings.get(key);
        if (binding == null) {
            binding = new PolicyBinding(pacemaker, given, fitted, now);
            bindings.put(key, binding);
            publishBindings();
        }
        binding.users++;
        return binding;
    }

    /** Under the lock. A single one stays, for its connections may be on their way back. */
    private void forgetUnused() {
        if (bindings.size() > 1 && bindings.values().removeIf(binding -> binding.users == 0)) {
            publishBindings();
        }
    }

    private void publishBindings() {
        published = bindings.values().toArray(PolicyBinding[]::new);
        finestGrain = CoarseTime.TICK;
        shortestInterval = Integer.MAX_VALUE;
        longestInterval = 0;
        for (PolicyBinding binding : published) {
            finestGrain = Math.min(finestGrain, Limits.tick(binding.policy));
            shortestInterval = Math.min(shortestInterval, binding.shortestSilence());
            longestInterval = Math.max(longestInterval, binding.limits.idle());
        }
    }

    /** An empty list in place of one that has been dealt with; not the same if a herd has made it large. */
    private static <T> List<T> emptied(List<T> list) {
        if (list.size() > 1_024) {
            return new ArrayList<>();
        }
        list.clear();
        return list;
    }
}
