package dev.heartbeat.internal.state;

import dev.heartbeat.Hindrance;
import dev.heartbeat.internal.time.CoarseTime;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a connection when it is looked at: gathered once, then decided on by the {@link Rules}. One object is
 * used for every visit, since a visit must not allocate; it belongs to the thread of a pacemaker.
 */
public final class Facts {

    /** The present, in stamps. */
    public int now;

    /** The stamp up to which everything that had arrived has surely been read. */
    public int listened;

    /** The connection's {@link StateWord}. */
    public long word;

    /** Its {@link HeardStamp}. */
    public int heard;

    /** What the policy, or what has been learned of the device, allows it. */
    public Limits limits;

    /** By how much the verdicts on the latest ping are put off, whatever the cause. */
    public int putOff;

    /** The part of that which hindrances have to answer for; the policy caps it. */
    public int hinderedFor;

    /** Whether the latest ping could not be sent. */
    public boolean pingFailed;

    /** For how long a ping that is due has waited, for a message in front of it or for a thread. */
    public int heldBackFor;

    /** The stamp of the first ping since the latest echo. */
    public int owedSince;

    /** Whether the peer's pongs can be seen; true where that does not count. */
    public boolean seesPongs;

    /** The end of a silence that the peer has announced; null unless that lasts. */
    public @Nullable Sleep sleep;

    /** The stamp at which the application behind the peer has been silent for too long, if {@link #countsFreshness}. */
    public int staleAt;

    /** Whether the policy counts what the application says, and nobody has been told yet that it has gone stale. */
    public boolean countsFreshness;

    /** Whether the application is silent, and the policy has it reaped for that. */
    public boolean reapsAsStale;

    /** Whether verdicts are reached at all: no longer while connections are drained. */
    public boolean isJudged;

    /** Whether a dry run has reached a verdict already, which nothing has refuted. */
    public boolean hasVerdict;

    /** Whether the application asks for a ping, however lately the peer was heard. */
    public boolean isProbed;

    /** Whether a newer connection of the same device takes this one's place, which did not answer in time or is not asked. */
    public boolean isSuperseded;

    /** Whether a ping that may go out need not yet, because its last moment is not crowded. */
    public boolean mayWait;

    /** Whether the transport calls the connection open. */
    public boolean isOpen;

    /** What the transport says is in a pong's way. */
    public Hindrance hindrance;

    /** Whether many peers are silent at once, and this one is suspect. */
    public boolean isStormy;

    /** Whether the pace after a hold allows one more verdict now. */
    public boolean hasTurn;

    /**
     * Facts of nobody yet.
     *
     * @param limits any
     */
    public Facts(Limits limits) {
        this.limits = limits;
        this.hindrance = Hindrance.NONE;
    }

    /** The stamp of the latest ping, of the plan for the first one, or of the beginning of a close. */
    public int sent() {
        return CoarseTime.coarse(StateWord.sent(word));
    }

    /** Whether the peer has announced a silence that lasts. */
    boolean isAsleep() {
        return sleep != null && StateWord.state(word) < StateWord.CLOSING;
    }
}
