package dev.heartbeat.internal.state;

import static java.util.Objects.requireNonNull;

import dev.heartbeat.ReapReason;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the {@link Rules} make of the {@link Facts}.
 *
 * @param action what is to be done
 * @param reason why, for {@link Action#REAP} only
 * @param putOff by how much the verdict is put off from its own deadline, in stamps, for {@link Action#DEFER} and {@link Action#POSTPONE} only
 */
public record Decision(Action action, @Nullable ReapReason reason, int putOff) {

    static final Decision REST = of(Action.REST);
    static final Decision PING = of(Action.PING);
    static final Decision HOLD_PING_BACK = of(Action.HOLD_PING_BACK);
    static final Decision SETTLE = of(Action.SETTLE);
    static final Decision RECOVER = of(Action.RECOVER);
    static final Decision SUSPECT = of(Action.SUSPECT);
    static final Decision TELL_STALE = of(Action.TELL_STALE);
    static final Decision HOLD = of(Action.HOLD);
    static final Decision AWAIT = of(Action.AWAIT);
    static final Decision ASK_IN_VAIN = of(Action.ASK_IN_VAIN);
    static final Decision HEAR = of(Action.HEAR);
    static final Decision ASK_AGAIN = of(Action.ASK_AGAIN);
    static final Decision SPARE_CALL = of(Action.SPARE_CALL);
    static final Decision READ_ONCE = of(Action.READ_ONCE);
    static final Decision CLOSE = of(Action.CLOSE);
    static final Decision CLOSED = of(Action.CLOSED);
    static final Decision FORGET = of(Action.FORGET);

    /** What can be done with a connection. */
    public enum Action {
        /** Nothing yet. */
        REST,
        /** Send the one ping. */
        PING,
        /** A ping is due, and waits for a large message in front of it. */
        HOLD_PING_BACK,
        /** A ping is due, and what is in front of it has not moved for the pong timeout: its deadlines run without it. */
        ASK_IN_VAIN,
        /** The kernel has yet to say what it knows. */
        AWAIT,
        /** The peer lives: something of it has arrived that nobody was shown. */
        HEAR,
        /** Something lies unread that may have come before the ping: another ping tells, since more of it would be new. */
        ASK_AGAIN,
        /** Reading is paused, nothing else is known, and no more is to be put off for that: one read may tell. */
        READ_ONCE,
        /** The ping's call has not returned for long, but what is in front of it moves. */
        SPARE_CALL,
        /** The ping is answered. */
        SETTLE,
        /** Tell the application that the suspect lives. */
        RECOVER,
        /** Tell the application that the peer is suspect. */
        SUSPECT,
        /** Tell the application that the one behind the peer has fallen silent. */
        TELL_STALE,
        /** A verdict is due too early: its deadline begins later, by what the connection did. */
        POSTPONE,
        /** A verdict is due, and waits because a pong could not have been seen. */
        DEFER,
        /** A verdict is due, and waits because many peers are silent at once. */
        HOLD,
        /** The peer is a zombie, or has to make room. */
        REAP,
        /** The transport calls the connection closed and holds its descriptor: its patience runs. */
        CLOSE,
        /** The transport has closed the connection; tell the application. */
        CLOSED,
        /** The watch has ended; let go of it. */
        FORGET
    }

    /** One for each reason, since a verdict that is held is reached again at every look, and a look must not allocate. */
    private static final Map<ReapReason, Decision> REAPS = new EnumMap<>(ReapReason.class);

    static {
        for (ReapReason reason : ReapReason.values()) {
            REAPS.put(reason, new Decision(Action.REAP, reason, 0));
        }
    }

    static Decision reap(ReapReason reason) {
        return requireNonNull(REAPS.get(reason));
    }

    static Decision postpone(int putOff) {
        return new Decision(Action.POSTPONE, null, putOff);
    }

    static Decision defer(int putOff) {
        return new Decision(Action.DEFER, null, putOff);
    }

    private static Decision of(Action action) {
        return new Decision(action, null, 0);
    }
}
