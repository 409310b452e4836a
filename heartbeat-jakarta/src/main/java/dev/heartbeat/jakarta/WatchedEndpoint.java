package dev.heartbeat.jakarta;

import dev.heartbeat.Heartbeat;
import dev.heartbeat.ZombieDetector;
import dev.heartbeat.jakarta.internal.HandlerActivity;
import jakarta.websocket.CloseReason;
import jakarta.websocket.Endpoint;
import jakarta.websocket.EndpointConfig;
import jakarta.websocket.Session;
import jakarta.websocket.server.ServerEndpointConfig;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * The endpoint that a container sees in place of one given to {@link SessionHeartbeat#wrap}. Public because containers
 * look endpoints up by reflection; not for applications to use.
 */
@SuppressWarnings("exports") // as in SessionHeartbeat
public final class WatchedEndpoint extends Endpoint {

    private static final Logger log = LoggerFactory.getLogger(SessionHeartbeat.class);

    private final Endpoint endpoint;
    private final ServerEndpointConfig applicationConfig;
    private final ZombieDetector detector;
    private volatile @Nullable Watch watch;

    /** An endpoint for one session. */
    WatchedEndpoint(Endpoint endpoint, ServerEndpointConfig applicationConfig, ZombieDetector detector) {
        this.endpoint = endpoint;
        this.applicationConfig = applicationConfig;
        this.detector = detector;
    }

    @Override
    public void onOpen(Session session, EndpointConfig config) {
        // Pongs queue behind a slow onOpen as they do behind any handler.
        HandlerActivity activity = new HandlerActivity();
        SettingsCheck settings = new SettingsCheck();
        try {
            Watch begun = attach(session);
            watch = begun;
            activity = begun.activity();
            settings = begun.settings();
        } catch (RuntimeException refused) {
            warn(session, refused);
        }
        activity.started();
        try {
            endpoint.onOpen(
                    applicationSession(session),
                    config instanceof ServerEndpointConfig containerConfig
                            ? new ApplicationConfig(containerConfig, applicationConfig)
                            : config);
        } finally {
            activity.ended();
            settings.opened();
        }
    }

    @Override
    public void onClose(Session session, CloseReason reason) {
        Watch begun = watch;
        Heartbeat heartbeat = begun == null ? null : begun.heartbeat();
        if (heartbeat != null) {
            heartbeat.closed();
        }
        endpoint.onClose(applicationSession(session), reason);
    }

    @Override
    public void onError(Session session, Throwable thrown) {
        endpoint.onError(applicationSession(session), thrown);
    }

    private Watch attach(Session session) {
        Watch claimed = Watch.claim(session);
        claimed.settings().opening();
        PongReceiver pongs = SessionHeartbeat.receivePongs(session, claimed);
        // Before the watch begins, so that listeners see the same session as the endpoint from the first event on.
        var unused = SessionProxy.create(session, claimed, pongs);
        SessionHeartbeat.begin(session, claimed, pongs, detector);
        return claimed;
    }

    /** Of an endpoint whose sessions cannot be watched, or are by another, the first one says so. */
    private void warn(Session session, RuntimeException refused) {
        String path = applicationConfig.getPath();
        boolean isWatched = SessionHeartbeat.find(session).isPresent();
        boolean isFirst = detector.isFirst((isWatched ? "watched already: " : "not watched: ") + path);
        Level level = isFirst ? Level.WARN : Level.DEBUG;
        if (isWatched) {
            log.atLevel(level)
                    .log(
                            "Session {} is watched already, and once is enough: wrap the endpoint {} once",
                            session.getId(),
                            path);
        } else {
            log.atLevel(level).log("Session {} is not watched: {}", session.getId(), refused.toString());
        }
    }

    private Session applicationSession(Session session) {
        Watch begun = watch;
        Session proxy = begun == null ? null : begun.proxy();
        return proxy == null ? session : proxy;
    }
}
