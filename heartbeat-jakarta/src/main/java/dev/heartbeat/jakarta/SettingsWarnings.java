package dev.heartbeat.jakarta;

import dev.heartbeat.ZombieDetector;
import jakarta.websocket.Session;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Warns of settings of the container that are sure to cause trouble; once of each for a detector, since all sessions share
 * them. Each warning names the setting that the user of that container has.
 */
final class SettingsWarnings {

    private static final Logger log = LoggerFactory.getLogger(SessionHeartbeat.class);

    private SettingsWarnings() {}

    /** Checks the settings of a session that has been set up; throws nothing. */
    static void check(Session session, Duration patience, ZombieDetector detector) {
        try {
            checkIdleTimeout(session.getMaxIdleTimeout(), patience, "session.setMaxIdleTimeout(0)", detector);
            checkThreads(session, detector);
        } catch (RuntimeException unknown) {
            log.debug("Session {} does not tell its settings", session.getId(), unknown);
        }
    }

    /**
     * No second ping follows an unanswered one, so that the timeout runs from it.
     *
     * @param millis the timeout; none if it is not positive
     * @param remedy what the application calls
     */
    static void checkIdleTimeout(long millis, Duration patience, String remedy, ZombieDetector detector) {
        if (millis > 0 && millis <= patience.toMillis() && detector.isFirst("idle timeout: " + remedy)) {
            log.warn(
                    "The container closes sessions {} ms after a ping that is not answered, dead or slow, before a verdict is "
                            + "due, which is {} ms after it; call {}",
                    millis,
                    patience.toMillis(),
                    remedy);
        }
    }

    private static void checkThreads(Session session, ZombieDetector detector) {
        Object container = Reflection.invoke(session, "getContainer");
        if (container != null
                && Boolean.FALSE.equals(Reflection.field(container, "dispatchToWorker"))
                && Reflection.method(session, "forceClose") != null
                && detector.isFirst("handlers on I/O threads")) {
            log.warn(
                    "Undertow runs message handlers on its I/O threads: one that is slow keeps the pongs of other sessions "
                            + "from being read; {}",
                    dispatchSetting(session));
        }
    }

    /** Quarkus has a fork of Undertow on Netty, whose session shows a channel of Netty's instead of Undertow's. */
    private static String dispatchSetting(Session session) {
        boolean isUndertow = Reflection.method(session, "getWebSocketChannel") != null;
        return isUndertow || Reflection.method(session, "getChannel") == null
                ? "call WebSocketDeploymentInfo.setDispatchToWorkerThread(true), in Spring Boot in an "
                        + "UndertowDeploymentInfoCustomizer"
                : "set quarkus.websocket.dispatch-to-worker=true";
    }
}
