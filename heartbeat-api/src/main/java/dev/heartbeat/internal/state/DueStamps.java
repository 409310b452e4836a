package dev.heartbeat.internal.state;

import static dev.heartbeat.internal.state.StateWord.CLOSING;
import static dev.heartbeat.internal.state.StateWord.NEW;
import static dev.heartbeat.internal.state.StateWord.QUIET;
import static dev.heartbeat.internal.state.StateWord.WAITING;
import static dev.heartbeat.internal.time.CoarseTime.earlier;

/** When a connection has to be looked at again, so that no rule is applied late. */
public final class DueStamps {

    private DueStamps() {}

    /**
     * The latest stamp by which a connection must be looked at again, whatever other threads do to its word meanwhile: an
     * answer may turn a waiting connection quiet at once, so the next ping counts as much as the verdict.
     */
    public static int due(Facts facts) {
        Limits limits = facts.limits;
        int sent = facts.sent();
        return switch (StateWord.state(facts.word)) {
            case NEW -> sent;
            case QUIET -> earlier(facts.heard + limits.idle(), sent + limits.verify());
            case WAITING -> sent + Math.min(limits.pong() + facts.putOff + 1, limits.eager());
            default -> sent + limits.reap() + facts.putOff + 1;
        };
    }

    /** The stamp by which a quiet connection is looked at although its ping is due later: it may be deaf or stuck by then. */
    public static int dueIfDeaf(Facts facts, int due) {
        int overdue = StateWord.call(facts.word) == StateWord.CALL_RUNNING && !facts.hasVerdict
                ? earlier(due, facts.callSince + facts.limits.reap() + 1)
                : due;
        return TalkingPeers.owesEcho(facts) && !facts.hasVerdict
                ? earlier(overdue, TalkingPeers.deafAt(facts))
                : overdue;
    }

    /** The stamp by which a connection is looked at for its application's sake, or not before because its peer sleeps. */
    public static int dueForTheApplication(Facts facts, int due) {
        if (StateWord.state(facts.word) >= CLOSING) {
            return due;
        }
        int awake = facts.sleep == null ? due : facts.sleep.until();
        return facts.countsFreshness ? earlier(awake, facts.staleAt) : awake;
    }
}
