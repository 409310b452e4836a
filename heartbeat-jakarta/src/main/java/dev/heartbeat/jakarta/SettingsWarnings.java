package dev.heartbeat.jakarta;

import jakarta.websocket.Session;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Warns of settings of the container that are sure to cause trouble; once of each, since all sessions share them. */
final class SettingsWarnings {

    private static final Logger log = LoggerFactory.getLogger(SessionHeartbeat.class);

    private final Set<Warning> issued = ConcurrentHashMap.newKeySet();

    private enum Warning {
        IDLE_TIMEOUT,
        HANDLERS_ON_IO_THREADS
    }

    /**
     * Checks the settings of a session that is about to be watched.
     *
     * @return whether a warning was logged
     */
    boolean check(Session session, Duration patience) {
        try {
            boolean timeout = checkIdleTimeout(session, patience);
            return checkThreads(session) || timeout;
        } catch (RuntimeException unknown) {
            log.debug("Session {} does not tell its settings", session.getId(), unknown);
            return false;
        }
    }

    /** No second ping follows an unanswered one, so that the timeout runs from it. */
    private boolean checkIdleTimeout(Session session, Duration patience) {
        long timeout = session.getMaxIdleTimeout();
        if (timeout <= 0 || timeout > patience.toMillis() || !issued.add(Warning.IDLE_TIMEOUT)) {
            return false;
        }
        log.warn(
                "The container closes sessions {} ms after a ping that is not answered, dead or slow, before a verdict is "
                        + "due, which is {} ms after it; call session.setMaxIdleTimeout(0)",
                timeout,
                patience.toMillis());
        return true;
    }

    private boolean checkThreads(Session session) {
        Object container = Reflection.invoke(session, "getContainer");
        boolean dispatches = container == null
                || !Boolean.FALSE.equals(Reflection.field(container, "dispatchToWorker"))
                || Reflection.method(session, "forceClose") == null;
        if (dispatches || !issued.add(Warning.HANDLERS_ON_IO_THREADS)) {
            return false;
        }
        log.warn(
                "Undertow runs message handlers on its I/O threads: one that is slow keeps the pongs of other sessions "
                        + "from being read; call WebSocketDeploymentInfo.setDispatchToWorkerThread(true)");
        return true;
    }
}
