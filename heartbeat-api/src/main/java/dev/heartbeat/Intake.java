package dev.heartbeat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What crosses from other threads to a pacemaker's own: connections that arrive and leave, errands, and the policies in
 * use. Everything is under one lock, held for a few instructions, under which nothing foreign is called.
 */
final class Intake {

    private final Object lock = new Object();

    // Guarded by lock.
    private final Map<HeartbeatPolicy, Rhythm> rhythms = new HashMap<>();
    private List<Heartbeat> arrivals = new ArrayList<>();
    private List<Errand> errands = new ArrayList<>();
    private int watched;
    private int finestGrain;
    private int shortestInterval = Integer.MAX_VALUE;
    private int longestInterval;
    private boolean begun;
    private boolean refuses;
    private boolean ended;

    private volatile Rhythm[] published = {};
    private volatile int now;

    Intake(int grain, int now) {
        this.finestGrain = grain;
        this.now = now;
    }

    /** A connection that has been taken in; the first one starts the tick. */
    record Arrival(Heartbeat heartbeat, boolean isFirst) {}

    /** What has come between two ticks, in lists that are used again; belongs to the pacemaker's thread. */
    static final class Batch {
        List<Heartbeat> arrivals = new ArrayList<>();
        List<Errand> errands = new ArrayList<>();

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
        synchronized (lock) {
            if (ended || refuses) {
                return null;
            }
            Heartbeat heartbeat = new Heartbeat(connection, join(policy, pacemaker));
            watched++;
            pacemaker.storm().watched(1);
            arrivals.add(heartbeat);
            boolean first = !begun;
            begun = true;
            return new Arrival(heartbeat, first);
        }
    }

    /** A connection has ended, and its word says so. */
    void leave(Heartbeat heartbeat) {
        synchronized (lock) {
            heartbeat.rhythm().users--;
            watched--;
            heartbeat.rhythm().pacemaker.storm().watched(-1);
        }
    }

    void add(Errand errand) {
        synchronized (lock) {
            if (!ended) {
                errands.add(errand);
            }
        }
    }

    void changePolicy(Heartbeat heartbeat, HeartbeatPolicy policy, Pacemaker pacemaker) {
        synchronized (lock) {
            if (ended || Pulse.state(heartbeat.word()) == Pulse.ENDED) {
                return;
            }
            Rhythm rhythm = join(policy, pacemaker);
            heartbeat.rhythm().users--;
            heartbeat.rhythm(rhythm);
            errands.add(Errand.look(heartbeat));
        }
    }

    int watched() {
        synchronized (lock) {
            return watched;
        }
    }

    /** Shows every connection the time. */
    void publish(int stamp) {
        now = stamp;
        for (Rhythm rhythm : published) {
            rhythm.publish(stamp);
        }
    }

    /** Hands over what has come since the last call. */
    void take(Batch batch) {
        batch.arrivals = emptied(batch.arrivals);
        batch.errands = emptied(batch.errands);
        synchronized (lock) {
            List<Heartbeat> arrived = arrivals;
            arrivals = batch.arrivals;
            batch.arrivals = arrived;
            List<Errand> asked = errands;
            errands = batch.errands;
            batch.errands = asked;
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
            ended = arrivals.isEmpty() && errands.isEmpty();
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
    private Rhythm join(HeartbeatPolicy policy, Pacemaker pacemaker) {
        Rhythm rhythm = rhythms.get(policy);
        if (rhythm == null) {
            rhythm = new Rhythm(pacemaker, policy, now);
            rhythms.put(policy, rhythm);
            publishRhythms();
        }
        rhythm.users++;
        return rhythm;
    }

    /** Under the lock. A single one stays, for its connections may be on their way back. */
    private void forgetUnused() {
        if (rhythms.size() > 1 && rhythms.values().removeIf(rhythm -> rhythm.users == 0)) {
            publishRhythms();
        }
    }

    private void publishRhythms() {
        published = rhythms.values().toArray(Rhythm[]::new);
        finestGrain = Stamp.TICK;
        shortestInterval = Integer.MAX_VALUE;
        longestInterval = 0;
        for (Rhythm rhythm : published) {
            finestGrain = Math.min(finestGrain, rhythm.policy.grain());
            shortestInterval = Math.min(shortestInterval, rhythm.shortestSilence());
            longestInterval = Math.max(longestInterval, rhythm.limits.idle());
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
