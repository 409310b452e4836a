package dev.heartbeat.internal.engine;

import dev.heartbeat.internal.identity.Contest;
import org.jspecify.annotations.Nullable;

/**
 * Something asked of one connection out of turn: to probe it, or to look at it under new circumstances. Its entry in the
 * wheel stays where it was armed under the old ones, so it is looked at every tick until that entry has come round.
 */
final class Command {

    final HeartbeatHandle heartbeat;

    /** Whether the peer is to be asked for a sign of life, unless it is being asked. */
    boolean isProbe;

    /** The question that the connection has to answer to keep its identity, while that is open. */
    @Nullable
    Contest contest;

    /** Whether the connection that carries it was found dead. */
    boolean isCarrierLost;

    private boolean begun;
    private int until;

    private Command(HeartbeatHandle heartbeat, boolean isProbe, @Nullable Contest contest) {
        this.heartbeat = heartbeat;
        this.isProbe = isProbe;
        this.contest = contest;
    }

    /** To ask the peer for a sign of life, unless it is being asked. */
    static Command probe(HeartbeatHandle heartbeat) {
        return new Command(heartbeat, true, null);
    }

    /** To take a new policy, a beginning close or an announced silence into account. */
    static Command look(HeartbeatHandle heartbeat) {
        return new Command(heartbeat, false, null);
    }

    /** To make room for a newer connection with the same identity: at once, or unless the peer answers a ping. */
    static Command contest(HeartbeatHandle heartbeat, boolean atOnce) {
        return new Command(heartbeat, true, new Contest(atOnce));
    }

    /** To reap it with the connection that carries it. */
    static Command carrierLost(HeartbeatHandle heartbeat) {
        Command command = look(heartbeat);
        command.isCarrierLost = true;
        return command;
    }

    /** This command, and another one for the same connection. */
    Command with(Command other) {
        begun = false;
        isProbe |= other.isProbe;
        isCarrierLost |= other.isCarrierLost;
        contest = contest == null || other.contest == null
                ? (contest == null ? other.contest : contest)
                : contest.with(other.contest);
        return this;
    }

    /**
     * Begins, unless it has begun.
     *
     * @param until the stamp at which the connection's entry in the wheel will have come round
     * @return whether it has begun now
     */
    boolean begin(int until) {
        boolean begins = !begun;
        if (begins) {
            begun = true;
            this.until = until;
        }
        return begins;
    }

    /** Whether the connection has to answer for its identity, so that what it has said so far has to be taken in first. */
    boolean isContested() {
        return contest != null && !contest.isLostAtOnce();
    }

    /** Whether nothing is left to look for. */
    boolean isOver(int now) {
        return now - until >= 0 && contest == null;
    }
}
