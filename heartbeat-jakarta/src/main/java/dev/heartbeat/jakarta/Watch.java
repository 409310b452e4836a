package dev.heartbeat.jakarta;

import dev.heartbeat.Connection;
import dev.heartbeat.Heartbeat;
import dev.heartbeat.TransportFacts;
import dev.heartbeat.ZombieDetector;
import dev.heartbeat.jakarta.internal.HandlerActivity;
import jakarta.websocket.Session;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What this adapter knows of one session: its heartbeat, the activity of its handlers, its proxy. Kept in the session's
 * user properties, where {@link SessionHeartbeat#of} finds it, so that it is garbage as soon as the session is.
 *
 * <p>The property holds a registry, by session id, of the watches of all sessions that share their properties, as those
 * of a client may on Jetty. The property is written once, since the map of properties is a plain {@code HashMap} on
 * Tyrus; afterwards only the registry changes, which is safe for any thread. A watch that has ended stays in it, to be
 * found by a close handler that runs late, until another session registers.
 */
final class Watch {

    static final String PROPERTY = "dev.heartbeat.watch";

    private final ConcurrentMap<String, Watch> registry;
    private final String id;
    private final HandlerActivity activity = new HandlerActivity();
    private final SettingsCheck settings = new SettingsCheck();

    /** Bytes that a wrapped endpoint has sent, where the container does not count them; null where it does, or might. */
    private volatile @Nullable AtomicLong sent;

    private volatile @Nullable SessionConnection connection;
    private volatile @Nullable Heartbeat heartbeat;
    private volatile @Nullable Session proxy;

    private Watch(ConcurrentMap<String, Watch> registry, String id) {
        this.registry = registry;
        this.id = id;
    }

    /**
     * Registers a watch for a session that has none.
     *
     * @throws IllegalStateException if the session has one already, or is closed
     */
    static Watch claim(Session session) {
        if (!session.isOpen()) {
            throw new IllegalStateException("session " + session.getId() + " is closed");
        }
        ConcurrentMap<String, Watch> registry = registry(session);
        Watch watch = new Watch(registry, session.getId());
        if (registry.putIfAbsent(watch.id, watch) != null) {
            throw new IllegalStateException("session " + watch.id + " is watched already; a session is watched once");
        }
        registry.values().removeIf(other -> other != watch && other.hasEnded());
        return watch;
    }

    /** The session's watch, or null if it has none or does not give access to its properties. */
    static @Nullable Watch find(Session session) {
        try {
            return session.getUserProperties().get(PROPERTY) instanceof Map<?, ?> registry
                            && registry.get(session.getId()) instanceof Watch watch
                    ? watch
                    : null;
        } catch (IllegalStateException closed) {
            // Tomcat answers nothing but getId and isOpen once the session is closed.
            return null;
        }
    }

    /** Begins to watch; releases the session if the detector refuses. */
    Heartbeat begin(Session session, ZombieDetector detector, UnaryOperator<Connection> decoration) {
        try {
            SessionConnection ours = new SessionConnection(session, this);
            Heartbeat begun = detector.watch(decoration.apply(ours));
            connection = ours;
            heartbeat = begun;
            settings.by(
                    begun, () -> SettingsWarnings.check(session, begun.policy().reapAfter(), detector));
            return begun;
        } catch (RuntimeException refused) {
            release();
            throw refused;
        }
    }

    /** Null until the watch has begun. */
    @Nullable
    Heartbeat heartbeat() {
        return heartbeat;
    }

    /** A message has been received. */
    void dataReceived() {
        Heartbeat begun = heartbeat;
        if (begun != null) {
            begun.dataReceived();
        }
    }

    /** Whether the container shows what carries the session. */
    boolean showsTransport() {
        SessionConnection ours = connection;
        return ours != null && ours.showsTransport();
    }

    /** The application is about to close the session. */
    void closing() {
        Heartbeat begun = heartbeat;
        if (begun != null) {
            begun.closing();
        }
    }

    /** The application has closed the session, which no close handler need have been told of; a container may ignore that. */
    void closeCalled() {
        SessionConnection ours = connection;
        Heartbeat begun = heartbeat;
        if (ours != null && begun != null && !ours.isOpen()) {
            begun.closing();
        }
    }

    /** The counter of the bytes that the application sends, from now on. */
    synchronized AtomicLong countSent() {
        AtomicLong known = sent;
        if (known == null) {
            known = new AtomicLong();
            sent = known;
        }
        return known;
    }

    /** The bytes that the application has sent; unknown where nobody counts them. */
    long sent() {
        AtomicLong known = sent;
        return known == null ? TransportFacts.UNKNOWN : known.get();
    }

    HandlerActivity activity() {
        return activity;
    }

    SettingsCheck settings() {
        return settings;
    }

    /** The session as a wrapped endpoint sees it; null if the endpoint is not wrapped. */
    @Nullable
    Session proxy() {
        return proxy;
    }

    void proxy(Session value) {
        proxy = value;
    }

    private boolean hasEnded() {
        Heartbeat begun = heartbeat;
        return begun != null && !begun.isWatched();
    }

    /** Undoes {@link #claim}. */
    void release() {
        registry.remove(id, this);
    }

    @SuppressWarnings("unchecked") // nobody but this class writes the property
    private static ConcurrentMap<String, Watch> registry(Session session) {
        Map<String, Object> properties = session.getUserProperties();
        return (ConcurrentMap<String, Watch>) properties.computeIfAbsent(PROPERTY, key -> new ConcurrentHashMap<>(1));
    }
}
