package dev.heartbeat.internal.engine;

import dev.heartbeat.Hindrance;
import dev.heartbeat.SocketState;
import dev.heartbeat.internal.kernel.SocketLook;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What troubles the latest ping of a connection, or the one that is due: what puts its verdict off and by how much, what holds it
 * back, and what the kernel said of it. The pacemaker's thread only.
 */
final class PingTrouble {

    private @Nullable EnumSet<Hindrance> hindrances;

    private int hinderedFor;
    private int provenFor;
    private long hinderedPing;

    /** The question to the kernel whose answer has not been taken, and the stamp at which it was put. */
    @Nullable
    SocketLook look;

    int lookedAt;

    /** Whether that question is put again, since the first one had no answer. */
    boolean isAskedTwice;

    /** What the transport had sent when it was put. */
    long sentWhenAsked;

    /** The number of the socket as the kernel has shown it last; 0 if it has not. */
    long socketNumber;

    /** What the kernel said last of a ping that is unanswered. */
    @Nullable
    SocketState socket;

    /** The fine stamp of the deadlines that run without a ping, because the output in front of it had not moved. */
    private long askedInVain;

    private boolean wasAskedInVain;

    /** The stamp at which the ping call began that has not returned, while {@link #isCallStuck}. */
    private int callSince;

    private boolean isCallStuck;

    /** The fine stamp of the ping since which the transport was told to read once; negative for none. */
    private long readOnceFor = -1;

    /** Whether a message of the peer was still arriving when the verdict was put off last, be it on an earlier ping. */
    boolean wasMessageArriving;

    private boolean hasWaited;
    private int waitedAt;
    private boolean toldUnread;

    private boolean isOfClose;
    private boolean isCloseLookedAt;

    private boolean heldBack;
    private int heldBackSince;
    private int heldBackHeard;

    /** A new ping is going out: what troubled the one before it is history. */
    void beginPing() {
        hindrances = null;
        socket = null;
        look = null;
        isAskedTwice = false;
        isOfClose = false;
    }

    /**
     * A close has begun, unless that is known: what troubled a ping before it is history.
     *
     * @return whether that is news
     */
    boolean beginClose() {
        boolean begins = !isOfClose;
        if (begins) {
            beginPing();
            isOfClose = true;
            isCloseLookedAt = false;
        }
        return begins;
    }

    /** Whether the first of the two looks is still to be taken between which the output in front of a close moves or stands. */
    boolean wantsFirstLook() {
        return isOfClose && !isCloseLookedAt;
    }

    void firstLookTaken() {
        isCloseLookedAt = true;
    }

    /** Whether all this is of a close rather than of a ping. */
    boolean isOfClose() {
        return isOfClose;
    }

    /** By how much hindrances have put off the verdicts on the ping that was sent at a fine stamp. */
    int hinderedFor(long sent) {
        return hinderedPing == sent ? hinderedFor : 0;
    }

    /** By how much the deadlines of the ping that was sent at a fine stamp begin later, by what the connection did. */
    int provenFor(long sent) {
        return hinderedPing == sent ? provenFor : 0;
    }

    void hinder(Hindrance hindrance, long sent, int stamps) {
        seen(hindrance);
        provenFor = provenFor(sent);
        hinderedPing = sent;
        hinderedFor = stamps;
    }

    /** The deadlines of a ping begin later by so much, because of a hindrance or of none that has a name. */
    void postpone(Hindrance hindrance, long sent, int stamps) {
        seen(hindrance);
        hinderedFor = hinderedFor(sent);
        hinderedPing = sent;
        provenFor = stamps;
    }

    /** The deadlines run from a fine stamp on without a ping. */
    void askInVain(long sent) {
        wasAskedInVain = true;
        askedInVain = sent;
    }

    /** Whether the deadlines of the ping that would have been sent at a fine stamp run without it. */
    boolean isAskedInVain(long sent) {
        return wasAskedInVain && askedInVain == sent;
    }

    /** Another ping is decided on while the call of an earlier one, begun at a stamp, has not returned. */
    void callIsStuck(int since) {
        if (!isCallStuck) {
            isCallStuck = true;
            callSince = since;
        }
    }

    /** The stamp at which the ping call began that has not returned, given that of the latest ping. */
    int callSince(boolean isRunning, int latestPing) {
        isCallStuck &= isRunning;
        return isCallStuck ? callSince : latestPing;
    }

    /** Gives the call that has not returned the patience once more, from now on. */
    void spareCall(int now) {
        isCallStuck = true;
        callSince = now;
    }

    void readOnceFor(long sent) {
        readOnceFor = sent;
    }

    /** Whether the transport was told to read once since the ping that was sent at a fine stamp. */
    boolean hasReadOnce(long sent) {
        return readOnceFor == sent;
    }

    /** Whether it is the first time within so many stamps that the verdict waits because of us. */
    boolean waitsAnew(int now, int window) {
        boolean isAnew = !hasWaited || now - waitedAt >= window;
        if (isAnew) {
            hasWaited = true;
            waitedAt = now;
        }
        return isAnew;
    }

    /** Whether nobody has been told yet that the connection's input lies unread. */
    boolean tellsUnread() {
        boolean isNews = !toldUnread;
        toldUnread = true;
        return isNews;
    }

    void seen(Hindrance hindrance) {
        if (hindrance == Hindrance.NONE) {
            return;
        }
        if (hindrances == null) {
            hindrances = EnumSet.of(hindrance);
        } else {
            hindrances.add(hindrance);
        }
    }

    Set<Hindrance> hindrances() {
        return hindrances == null ? Set.of() : hindrances;
    }

    /** For how long the ping has been held back that is due because nothing has been heard since a stamp. */
    int heldBackFor(int now, int heard) {
        return isHeldBack(heard) ? now - heldBackSince : 0;
    }

    /** Whether the ping that is due because nothing has been heard since a stamp is held back. */
    boolean isHeldBack(int heard) {
        return heldBack && heldBackHeard == heard;
    }

    /** Holds that ping back, from now on unless it is held back already. */
    void holdBack(int now, int heard) {
        if (!heldBack || heldBackHeard != heard) {
            heldBack = true;
            heldBackSince = now;
            heldBackHeard = heard;
        }
    }

    /** Whatever holds a ping back from now on does so anew. */
    void endHoldingBack() {
        heldBack = false;
    }
}
