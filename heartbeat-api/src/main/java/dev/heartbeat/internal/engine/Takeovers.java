package dev.heartbeat.internal.engine;

import dev.heartbeat.Connection;
import dev.heartbeat.internal.adaptive.AdaptiveLimits;
import dev.heartbeat.internal.dispatch.DetectorLog;
import dev.heartbeat.internal.identity.IdentityRegistry;
import dev.heartbeat.internal.identity.Takeover;
import dev.heartbeat.internal.state.StateWord;
import dev.heartbeat.internal.text.LogText;
import org.slf4j.Logger;

/** Lets the newer of two connections with one identity have it, and has the older one pinged, which makes room if it does not answer. Any thread. */
final class Takeovers {

    private static final Logger log = DetectorLog.LOG;

    private final Pacemaker pacemaker;
    private final IdentityRegistry<HeartbeatHandle> identities;
    private final Learning learning;
    private final Reporter reporter;

    Takeovers(Pacemaker pacemaker, IdentityRegistry<HeartbeatHandle> identities, Learning learning, Reporter reporter) {
        this.pacemaker = pacemaker;
        this.identities = identities;
        this.learning = learning;
        this.reporter = reporter;
    }

    /** The application says whose connection it is; saying it again is no news, though a newer connection has come since. */
    void identify(HeartbeatHandle heartbeat, String identity) {
        ConnectionDetails details = heartbeat.details();
        if (details == null || !details.identify(identity)) {
            return;
        }
        Takeover<HeartbeatHandle> takeover = identities.take(identity, heartbeat, pacemaker.nanoTime());
        if (StateWord.state(heartbeat.word()) == StateWord.ENDED) {
            identities.leave(identity, heartbeat);
        }
        HeartbeatHandle older = takeover == null ? null : takeover.older();
        if (heartbeat.binding().learns) {
            learning.recall(heartbeat, details, older);
        }
        Connection superseded = older == null ? null : older.connection();
        if (takeover != null && older != null && superseded != null) {
            reporter.takeover(heartbeat, identity, superseded, takeover.lately());
            if (takeover.becomesSuspicious()) {
                log.warn(
                        "{} was taken over {} times within a minute: two devices may share it",
                        LogText.oneLine(identity),
                        takeover.lately());
            }
            older.binding()
                    .pacemaker
                    .takeovers()
                    .contest(older, heartbeat.policy().supersedes());
        }
    }

    /** Asks an older connection, though its peer may have announced a silence: the device is awake elsewhere. */
    private void contest(HeartbeatHandle heartbeat, boolean atOnce) {
        ConnectionDetails details = heartbeat.detailsIfAny();
        if (details != null) {
            details.sleep = null;
        }
        pacemaker.inbox().add(Command.contest(heartbeat, atOnce));
    }

    /** The watch of a connection has ended, so that it holds its identity no longer. */
    void leave(HeartbeatHandle heartbeat, ConnectionDetails details) {
        String identity = details.identity;
        if (identity == null) {
            return;
        }
        AdaptiveLimits adaptive = details.adaptive;
        if (identities.leave(identity, heartbeat) && adaptive != null) {
            learning.remember(identity, adaptive);
        }
    }
}
