package dev.heartbeat.internal.state;

import dev.heartbeat.HeartbeatPolicy;
import dev.heartbeat.internal.time.CoarseTime;

/**
 * A policy in {@linkplain CoarseTime stamps}.
 *
 * @param idle silence after which a ping is due at the latest
 * @param eager silence after which a ping may be sent, an eighth earlier, so that pings spread
 * @param pong wait for an answer before the peer is suspect
 * @param reap wait for an answer before the peer is a zombie
 * @param cap longest that hindrances put a verdict off
 * @param hold longest that a storm holds a verdict
 * @param verify time between pings of a peer that talks all the time
 * @param deaf wait for the echo of a ping that was answered by other things
 * @param stale silence of the application that makes it stale; 0 for never
 * @param slowestLink bytes a second that the slowest link worth serving carries
 */
public record Limits(
        int idle, int eager, int pong, int reap, int cap, int hold, int verify, int deaf, int stale, int slowestLink) {

    /** More would overflow a product, and takes longer than any cap at a rate that anybody serves. */
    private static final long MOST_BYTES = 1L << 33;

    public static Limits of(HeartbeatPolicy policy) {
        int idle = CoarseTime.of(policy.pingInterval());
        int reap = CoarseTime.of(policy.reapAfter());
        int verify = Math.max(idle, CoarseTime.of(policy.verifyEvery()));
        return new Limits(
                idle,
                idle - idle / 8,
                CoarseTime.of(policy.pongTimeout()),
                reap,
                CoarseTime.of(policy.hindranceCap()),
                CoarseTime.of(policy.holdCap()),
                verify,
                Math.max(verify / 2, reap),
                policy.staleAfter().map(CoarseTime::of).orElse(0),
                policy.slowestLink());
    }

    /** The time that the slowest link worth serving takes for so many bytes, in stamps; up to the cap. */
    public int allowanceFor(long bytes) {
        long stamps = (bytes * 1_000_000_000 / slowestLink) >> 20;
        return bytes > MOST_BYTES ? cap : (int) Math.min(cap, stamps);
    }

    /** The length of a tick that is fine enough for a policy, in stamps. */
    public static int tick(HeartbeatPolicy policy) {
        return CoarseTime.tick(policy.pongTimeout(), policy.pingInterval());
    }

    /** These limits for a device that is asked after another silence. */
    public Limits withIdle(int silence) {
        return new Limits(silence, silence - silence / 8, pong, reap, cap, hold, verify, deaf, stale, slowestLink);
    }

    /**
     * These limits for a device that is given another time to answer.
     *
     * @param held longest that a storm holds a verdict then
     */
    public Limits withPatience(int suspect, int patience, int held) {
        return new Limits(idle, eager, suspect, patience, cap, held, verify, deaf, stale, slowestLink);
    }
}
