package dev.heartbeat.internal.engine;

import dev.heartbeat.HeartbeatPolicy;
import dev.heartbeat.internal.adaptive.PatienceEstimate;
import dev.heartbeat.internal.state.HeardStamp;
import dev.heartbeat.internal.state.Limits;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * One policy on one pacemaker, shared by all the connections that keep it, and the place where they read the time: noting
 * that something was heard costs two loads and a store.
 */
final class PolicyBinding {

    private static final VarHandle CLOCK;

    /** In the lowest bit of what is published, which a stamp of hearing does without: that what is heard is learned from. */
    private static final int LEARNS = 1;

    static {
        try {
            CLOCK = MethodHandles.lookup().findVarHandle(PolicyBinding.class, "clock", int.class);
        } catch (ReflectiveOperationException impossible) {
            throw new ExceptionInInitializerError(impossible);
        }
    }

    final Pacemaker pacemaker;

    /** The policy that the connections were given. */
    final HeartbeatPolicy given;

    /** The policy in force, whose pings come in time for the connections' idle timeout. */
    final HeartbeatPolicy policy;

    final Limits limits;

    /** Whether the policy is adaptive, so that what is heard is counted too. */
    final boolean learns;

    /** The budget of an adaptive policy for 1000 connection-hours. */
    final int wrongReaps;

    /** Connections that keep this policy; guarded by the inbox's lock. */
    int users;

    @SuppressWarnings("UnusedVariable") // read and written through CLOCK
    private int clock;

    PolicyBinding(Pacemaker pacemaker, HeartbeatPolicy given, HeartbeatPolicy policy, int now) {
        this.pacemaker = pacemaker;
        this.given = given;
        this.policy = policy;
        this.limits = Limits.of(policy);
        this.learns = policy.wrongReapsPer1000Hours().isPresent();
        this.wrongReaps = policy.wrongReapsPer1000Hours().orElse(0);
        this.clock = published(now);
    }

    /** The shortest silence after which any of the connections is asked, in stamps. */
    int shortestSilence() {
        return learns ? Math.min(PatienceEstimate.SOONEST_ASK, limits.idle()) : limits.eager();
    }

    /** The stamp that a sign of life leaves now. */
    int now() {
        return HeardStamp.at(clock());
    }

    /** The same stamp together with a bit that {@link #learns} reads: one load tells both. */
    int clock() {
        return (int) CLOCK.getOpaque(this);
    }

    /** Whether what is heard is to be learned from. */
    static boolean learns(int clock) {
        return (clock & LEARNS) != 0;
    }

    /** Called by the pacemaker each tick. */
    void publish(int stamp) {
        CLOCK.setOpaque(this, published(stamp));
    }

    private int published(int stamp) {
        return HeardStamp.at(stamp) | (learns ? LEARNS : 0);
    }
}
