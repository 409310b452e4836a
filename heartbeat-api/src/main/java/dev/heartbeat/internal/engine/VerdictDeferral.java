package dev.heartbeat.internal.engine;

import dev.heartbeat.Hindrance;
import dev.heartbeat.ReapReason;
import dev.heartbeat.SocketState;
import dev.heartbeat.internal.adaptive.AdaptiveLimits;
import dev.heartbeat.internal.dispatch.SafeCalls;
import dev.heartbeat.internal.state.Delays;
import dev.heartbeat.internal.state.Facts;
import dev.heartbeat.internal.state.HeardStamp;
import dev.heartbeat.internal.state.StateWord;
import dev.heartbeat.internal.storm.StormGuard;
import org.jspecify.annotations.Nullable;

/**
 * Notes that a verdict waits, so that its evidence says why, and its answer is not taken for slow. Whether it waits is for
 * {@link Delays} to say. The pacemaker's thread only.
 */
final class VerdictDeferral {

    private final Pacemaker pacemaker;
    private final StormGuard storm;
    private final Reporter reporter;

    VerdictDeferral(Pacemaker pacemaker, Reporter reporter) {
        this.pacemaker = pacemaker;
        this.storm = pacemaker.storm();
        this.reporter = reporter;
    }

    /** The deadlines of a ping begin later, by what the connection did: so many stamps after it was asked for. */
    void postpone(HeartbeatHandle heartbeat, Facts facts, int stamps) {
        ConnectionDetails details = disregardAnswer(heartbeat);
        if (details != null) {
            details.trouble().postpone(Delays.hindrance(facts), StateWord.sent(facts.word), stamps);
        }
    }

    /** Has the transport read once, which is given a pong timeout if it can. */
    void readOnce(HeartbeatHandle heartbeat, Facts facts) {
        ConnectionDetails details = heartbeat.details();
        if (details != null) {
            long sent = StateWord.sent(facts.word);
            details.trouble().readOnceFor(sent);
            if (SafeCalls.readOnce(details.connection)) {
                details.trouble().postpone(facts.hindrance, sent, facts.provenFor + facts.limits.pong());
            }
        }
    }

    /** Something of the peer has arrived that nobody was shown: a sign of life. */
    void hear(HeartbeatHandle heartbeat, Facts facts) {
        if (disregardAnswer(heartbeat) != null) {
            heartbeat.dataReceived();
            unread(heartbeat, facts);
            tellUnread(heartbeat, facts);
            noteHeard(heartbeat);
        }
    }

    /** Something of the peer lies unread. */
    void unread(HeartbeatHandle heartbeat, Facts facts) {
        ConnectionDetails details = heartbeat.details();
        SocketState socket = facts.socket;
        if (details == null || socket == null || socket.unread() == 0) {
            return;
        }
        if (details.trouble().waitsAnew(facts.now, OwnTrouble.WINDOW)) {
            pacemaker.ownTrouble().waits(facts.now);
        }
        InboundEvents.forgiveEcho(heartbeat); // it may be among what lies unread
    }

    /** Not at first sight, when it may be what has come in the last moment. */
    private void tellUnread(HeartbeatHandle heartbeat, Facts facts) {
        ConnectionDetails details = heartbeat.details();
        SocketState socket = facts.socket;
        if (details == null || socket == null || socket.unread() == 0 || !facts.wasUnreadSeen) {
            return;
        }
        if (details.trouble().tellsUnread()) {
            reporter.unread(details.connection, facts.hindrance, socket.unread());
        }
    }

    /** That it counts as heard does not mean that anybody has read. */
    private static void noteHeard(HeartbeatHandle heartbeat) {
        ConnectionDetails details = heartbeat.detailsIfAny();
        if (details != null) {
            details.transport().heardUnread(HeardStamp.at(heartbeat.heard()));
        }
    }

    private static @Nullable ConnectionDetails disregardAnswer(HeartbeatHandle heartbeat) {
        ConnectionDetails details = heartbeat.details();
        AdaptiveLimits adaptive = details == null ? null : details.adaptive;
        if (adaptive != null) {
            adaptive.disregardAnswer();
        }
        return details;
    }

    /** A pong could not have been seen: the verdict is put off by so many stamps in all. */
    void putOff(HeartbeatHandle heartbeat, Facts facts, int stamps) {
        ConnectionDetails details = disregardAnswer(heartbeat);
        if (details == null) {
            return;
        }
        Hindrance hindrance = Delays.hindrance(facts);
        details.trouble().hinder(hindrance, StateWord.sent(facts.word), stamps);
        details.trouble().wasMessageArriving = facts.hindrance == Hindrance.MESSAGE_INCOMPLETE;
        if (hindrance == Hindrance.HANDLER_RUNNING && details.trouble().waitsAnew(facts.now, OwnTrouble.WINDOW)) {
            pacemaker.ownTrouble().waits(facts.now);
        }
    }

    /** Many peers are silent at once: the verdict is held. */
    void hold(HeartbeatHandle heartbeat, ReapReason kind) {
        ConnectionDetails details = heartbeat.details();
        if (details == null) {
            return;
        }
        details.trouble().seen(Hindrance.STORM);
        AdaptiveLimits adaptive = details.adaptive;
        if (adaptive != null) {
            adaptive.disregardAnswerInStorm(details.group);
        }
        ReapReason begun = storm.hold(kind);
        if (begun != null) {
            reporter.hold(storm, begun, false);
        }
    }

    /** A verdict that is counted apart is carried out. */
    void end(ReapReason kind, Facts facts) {
        storm.reaped(kind);
        if (facts.isStormyApart && facts.limits.hold() != 0) {
            storm.takeTurn();
        }
    }

    /** The verdict waits no longer, although something may hinder the peer still. */
    void end(HeartbeatHandle heartbeat, Facts facts) {
        Hindrance hindrance = Delays.hindrance(facts);
        ConnectionDetails details = hindrance == Hindrance.NONE ? null : heartbeat.details();
        if (details != null && facts.hinderedFor > 0) {
            details.trouble().seen(hindrance);
        }
        if (facts.isStormy && facts.limits.hold() != 0) {
            storm.takeTurn();
        }
    }
}
