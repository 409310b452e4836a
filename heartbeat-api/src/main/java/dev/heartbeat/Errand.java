package dev.heartbeat;

/**
 * Something asked of one connection out of turn: to probe it, or to look at it under new circumstances. Its entry in the
 * wheel stays where it was armed under the old ones, so it is looked at every tick until that entry has come round.
 */
final class Errand {

    final Heartbeat heartbeat;
    private boolean probe;
    private boolean contested;
    private boolean superseded;
    private int until;
    private boolean begun;

    private Errand(Heartbeat heartbeat, boolean probe) {
        this.heartbeat = heartbeat;
        this.probe = probe;
    }

    /** To ask the peer for a sign of life, unless it is being asked. */
    static Errand probe(Heartbeat heartbeat) {
        return new Errand(heartbeat, true);
    }

    /** To take a new policy or a beginning close into account. */
    static Errand look(Heartbeat heartbeat) {
        return new Errand(heartbeat, false);
    }

    /** To make room for a newer connection with the same identity: at once, or unless the peer answers a ping. */
    static Errand contest(Heartbeat heartbeat, boolean atOnce) {
        Errand errand = new Errand(heartbeat, true);
        errand.contested = true;
        errand.superseded = atOnce;
        return errand;
    }

    /** This errand, and another one for the same connection. */
    Errand with(Errand other) {
        begun = false;
        probe |= other.probe;
        contested |= other.contested;
        superseded |= other.superseded;
        return this;
    }

    /**
     * Does what can be done in this tick.
     *
     * @param longestArmed how long an entry can have been armed for
     * @return whether nothing is left to do
     */
    boolean isDone(Examiner examiner, int now, int longestArmed) {
        if (!begun) {
            begun = true;
            examiner.plan(heartbeat);
            until = now + longestArmed;
        }
        boolean suspect = Pulse.state(heartbeat.word()) == Pulse.SUSPECT;
        if (superseded || (contested && suspect)) {
            examiner.supersede(heartbeat);
            return true;
        }
        if (probe && !Pulse.hasDeadline(heartbeat.word())) {
            long earlier = Pulse.sent(heartbeat.word());
            boolean goesOn = examiner.ping(heartbeat);
            probe = Pulse.sent(heartbeat.word()) == earlier;
            return !goesOn;
        }
        probe = false;
        contested &= Pulse.unanswered(heartbeat.word());
        return !examiner.examine(heartbeat) || (now - until >= 0 && !contested);
    }
}
