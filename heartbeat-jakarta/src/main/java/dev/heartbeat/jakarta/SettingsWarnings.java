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
    boolean check(Session session, Duration pingInterval) {
        try {
            boolean timeout = checkIdleTimeout(session, pingInterval);
            return checkThreads(session) || timeout;
        } catch (RuntimeException unknown) {
            log.debug("Session {} does not tell its settings", session.getId(), unknown);
            return false;
        }
    }

    private boolean checkIdleTimeout(Session session, Duration pingInterval) {
        long timeout = session.getMaxIdleTimeout();
        if (timeout <= 0 || timeout > pingInterval.toMillis() || !issued.add(Warning.IDLE_TIMEOUT)) {
            return false;
        }
        log.warn(
                "The container closes sessions that are idle for {} ms, live or not, before a ping is due, which is after "
                        + "{} ms of silence; call session.setMaxIdleTimeout(0), or ping more often",
                timeout,
                pingInterval.toMillis());
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
