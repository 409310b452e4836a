package dev.heartbeat.internal.state;

import dev.heartbeat.Hindrance;
import dev.heartbeat.ReapReason;
import dev.heartbeat.SocketState;
import dev.heartbeat.TransportFacts;
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

    /** The part of that which the connection's own doings have to answer for, as a {@link Finding} says; it has no cap. */
    public int provenFor;

    /** What the transport knows; nothing where that does not count. */
    public TransportFacts transport = TransportFacts.NONE;

    /** What the kernel knows; null if that cannot be asked, or has not been. */
    public @Nullable SocketState socket;

    /** Whether the transport and the kernel have been asked for what they know, as they are only when something is due. */
    public boolean isGathered;

    /** What the transport had sent when the kernel was asked, if {@link #socket} is known. */
    public long sentWhenAsked;

    /** Whether the kernel has been asked and has not answered yet. */
    public boolean isAwaited;

    /** Whether output is in front of the ping, in the transport or in the kernel. */
    boolean outputWaits;

    /** Whether it has moved since the last look. */
    boolean hasOutputMoved;

    /** Whether it may have moved, since more was added to it than can be told from what has left. */
    boolean isOutputUnclear;

    /** Whether it is on its way, and its acknowledgement not overdue. */
    boolean isOutputInFlight;

    /** The stamp at which it was last seen to move, or first seen to wait. */
    int outputMovedAt;

    /** Whether it has been seen to move since the ping. */
    boolean hasOutputEverMoved;

    /** Whether the ping was held in this process at the last look, and is not any more. */
    boolean hasJustLeft;

    /** Whether something has come from the peer since the ping that nobody was shown. */
    boolean hasInputArrived;

    /** Whether what the transport has read since the ping is counted. */
    boolean isInputCounted;

    /** Whether unread input was looked for before, so that more of it is new. */
    public boolean wasUnreadSeen;

    /** The bytes that were sent in front of the latest ping since the one that was echoed last. */
    public long sentInFront;

    /** The stamp at which the ping call began that has not returned. */
    public int callSince;

    /** Whether a message of the peer was still arriving when the verdict was put off last. */
    public boolean wasMessageArriving;

    /** Whether a ping that is due waits, for output in front of it or for a thread. */
    public boolean isHeldBack;

    /** Whether most connections have unread input or running handlers, so that the trouble is ours and hindrances have no cap. */
    public boolean isOurTrouble;

    /** Whether the latest round trip took as long as it did through a fault of ours. */
    public boolean isRoundTripOurs;

    /** Whether the transport was told to read once since the ping although reading is paused. */
    public boolean hasReadOnce;

    /** Whether the deadlines run although no ping was sent, because the output in front of it had not moved. */
    public boolean isAskedInVain;

    /** What all that says of the missing answer. */
    public Finding finding = Finding.NOTHING;

    /** Whether the latest ping could not be sent. */
    public boolean pingFailed;

    /** Whether the transport took no ping when it was asked last. */
    public boolean isRefused;

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

    /** Whether the connection that carries this one was found dead. */
    public boolean isCarrierLost;

    /** Whether a ping that may go out need not yet, because its last moment is not crowded. */
    public boolean mayWait;

    /** Whether the transport calls the connection open. */
    public boolean isOpen;

    /** Whether the descriptor of a connection that is not open is held, or may be as long as the kernel has not answered. */
    public boolean isHeld;

    /** What the transport says is in a pong's way. */
    public Hindrance hindrance;

    /** Whether many peers are silent at once, and this one is suspect. */
    public boolean isStormy;

    /** The kind of a verdict that is due and that the storm guard counts apart, deaf or stale; null if there is none. */
    public @Nullable ReapReason dueApart;

    /** Whether that verdict waits for a moment, since others of its kind may become due and show that the fault is ours. */
    public boolean isLookedAt;

    /** Whether it is held because of many others of its kind, or many silent peers. */
    public boolean isStormyApart;

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

    /** Forgets what the connection last said of itself, for a visit that does not ask. */
    public void knowNothing() {
        isGathered = false;
        transport = TransportFacts.NONE;
        socket = null;
        isAwaited = false;
        outputWaits = false;
        hasOutputMoved = false;
        isOutputUnclear = false;
        isOutputInFlight = false;
        hasOutputEverMoved = false;
        hasJustLeft = false;
        hasInputArrived = false;
        isInputCounted = false;
        wasUnreadSeen = false;
        sentInFront = 0;
        finding = Finding.NOTHING;
    }

    /** The stamp at which output in front of the ping was last seen to move, or first seen to wait. */
    public int outputMovedAt() {
        return outputMovedAt;
    }

    /** Whether output is known to be in front of a ping that is due: a transport that refuses it may not tell, but the kernel does. */
    public boolean isPingBehindOutput() {
        return transport.waiting() > 0 || (isRefused && outputWaits);
    }

    /** Concludes from what is known. */
    public void conclude() {
        isGathered = true;
        finding = Finding.of(this);
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
