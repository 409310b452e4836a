package dev.heartbeat.jakarta;

import dev.heartbeat.Heartbeat;
import dev.heartbeat.ZombieDetector;
import jakarta.websocket.Session;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * One session's heartbeat, kept where {@link SessionHeartbeat#of} finds it: in the session's own user properties, so that
 * it goes when the session goes.
 *
 * <p>The property is one map for all sessions that share their properties, as a client's may on Jetty, and is written once:
 * afterwards only that map, which is ours and safe for any thread, changes. The session's own is a plain {@code HashMap} on
 * Tyrus. What has ended stays to be found by a late close handler, until another session of the same map begins.
 */
final class Watch {

    static final String PROPERTY = "dev.heartbeat.watch";

    private final ConcurrentMap<String, Watch> shelf;
    private final String id;
    private final HandlerActivity activity = new HandlerActivity();
    private volatile @Nullable Heartbeat heartbeat;
    private volatile @Nullable Session facade;

    private Watch(ConcurrentMap<String, Watch> shelf, String id) {
        this.shelf = shelf;
        this.id = id;
    }

    /**
     * Takes the session's one place for a watch.
     *
     * @throws IllegalStateException if it is taken, or the session is closed
     */
    static Watch claim(Session session) {
        if (!session.isOpen()) {
            throw new IllegalStateException("session " + session.getId() + " is closed");
        }
        ConcurrentMap<String, Watch> shelf = shelf(session);
        Watch watch = new Watch(shelf, session.getId());
        if (shelf.putIfAbsent(watch.id, watch) != null) {
            throw new IllegalStateException("session " + watch.id + " is watched already; a session is watched once");
        }
        shelf.values().removeIf(other -> other != watch && other.hasEnded());
        return watch;
    }

    /** The session's watch, or null if there is none or the session does not say. */
    static @Nullable Watch find(Session session) {
        try {
            return session.getUserProperties().get(PROPERTY) instanceof Map<?, ?> shelf
                            && shelf.get(session.getId()) instanceof Watch watch
                    ? watch
                    : null;
        } catch (IllegalStateException closed) {
            // Tomcat answers nothing but getId and isOpen once the session is closed.
            return null;
        }
    }

    /** Begins to watch; gives the place back if the detector refuses. */
    Heartbeat begin(Session session, ZombieDetector detector) {
        try {
            Heartbeat begun = detector.watch(new SessionConnection(session, this));
            heartbeat = begun;
            return begun;
        } catch (RuntimeException refused) {
            forget();
            throw refused;
        }
    }

    /** Null until the watch has begun. */
    @Nullable
    Heartbeat heartbeat() {
        return heartbeat;
    }

    /** A message has come. */
    void dataReceived() {
        Heartbeat begun = heartbeat;
        if (begun != null) {
            begun.dataReceived();
        }
    }

    HandlerActivity activity() {
        return activity;
    }

    /** What the application holds in place of the session, if its endpoint is wrapped. */
    @Nullable
    Session facade() {
        return facade;
    }

    void facade(Session value) {
        facade = value;
    }

    private boolean hasEnded() {
        Heartbeat begun = heartbeat;
        return begun != null && !begun.isWatched();
    }

    /** Gives the place back. */
    void forget() {
        shelf.remove(id, this);
    }

    @SuppressWarnings("unchecked") // nobody but this class writes the property
    private static ConcurrentMap<String, Watch> shelf(Session session) {
        Map<String, Object> properties = session.getUserProperties();
        return (ConcurrentMap<String, Watch>) properties.computeIfAbsent(PROPERTY, key -> new ConcurrentHashMap<>(1));
    }
}
