package dev.heartbeat;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * One policy on one pacemaker, shared by all the connections that keep it, and the place where they read the time: noting
 * that something was heard costs two loads and a store.
 */
final class Rhythm {

    private static final VarHandle NOW;

    static {
        try {
            NOW = MethodHandles.lookup().findVarHandle(Rhythm.class, "now", int.class);
        } catch (ReflectiveOperationException impossible) {
            throw new ExceptionInInitializerError(impossible);
        }
    }

    final Pacemaker pacemaker;
    final HeartbeatPolicy policy;
    final Limits limits;

    /** Whether the policy is adaptive, so that what is heard is counted too. */
    final boolean learns;

    /** Connections that keep this rhythm; guarded by the intake's lock. */
    int users;

    /** The stamp that a sign of life leaves, which is even, or one more if what is heard is to be learned from. */
    @SuppressWarnings("UnusedVariable") // read and written through NOW
    private int now;

    Rhythm(Pacemaker pacemaker, HeartbeatPolicy policy, int now) {
        this.pacemaker = pacemaker;
        this.policy = policy;
        this.limits = Limits.of(policy);
        this.learns = policy.wrongReapsPer1000Hours().isPresent();
        this.now = marked(now);
    }

    /** The shortest silence after which any of the connections is asked, in stamps. */
    int shortestSilence() {
        return learns ? Math.min(Patience.SOONEST_ASK, limits.idle()) : limits.eager();
    }

    /** The stamp that a sign of life leaves now. */
    int now() {
        return Pulse.heardAt(mark());
    }

    /** The stamp, odd if what is heard is to be learned from: one load tells both. */
    int mark() {
        return (int) NOW.getOpaque(this);
    }

    /** Called by the pacemaker each tick. */
    void publish(int stamp) {
        NOW.setOpaque(this, marked(stamp));
    }

    private int marked(int stamp) {
        return Pulse.heardAt(stamp) | (learns ? 1 : 0);
    }
}
