package dev.heartbeat.internal.dispatch;

import dev.heartbeat.Connection;
import dev.heartbeat.LivenessEvent;
import dev.heartbeat.LivenessListener;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;

/** All listeners, a connection's own among them, as one that never throws and knows which callbacks nobody overrides. */
public final class Listeners {

    private static final Logger log = DetectorLog.LOG;

    private final List<LivenessListener> all;
    private final Set<Callback> heardByAll = EnumSet.noneOf(Callback.class);
    private final Map<Class<?>, Set<Callback>> heardByClass = new ConcurrentHashMap<>();
    private final Set<Class<?>> complainedAbout = ConcurrentHashMap.newKeySet();

    public Listeners(List<LivenessListener> listeners) {
        this.all = List.copyOf(listeners);
        all.forEach(listener -> heardByAll.addAll(overrides(listener.getClass())));
    }

    /** Whether anybody listens to a callback that concerns the whole detector. */
    public boolean hear(Callback callback) {
        return heardByAll.contains(callback);
    }

    /** Whether anybody listens to a callback for a connection. */
    public boolean hear(Callback callback, Connection connection) {
        if (heardByAll.contains(callback)) {
            return true;
        }
        LivenessListener own = SafeCalls.listener(connection);
        return own != null
                && heardByClass
                        .computeIfAbsent(own.getClass(), Listeners::overrides)
                        .contains(callback);
    }

    /** Calls the connection's own listener, then the others. */
    public void tell(Callback callback, LivenessEvent.OfConnection event) {
        LivenessListener own = SafeCalls.listener(event.connection());
        if (own != null) {
            tell(own, callback, event);
        }
        tellAll(callback, event);
    }

    /** Calls every listener; what one throws, even an error, keeps neither the next nor the detector from its work. */
    public void tellAll(Callback callback, LivenessEvent event) {
        for (LivenessListener listener : all) {
            tell(listener, callback, event);
        }
    }

    private void tell(LivenessListener listener, Callback callback, LivenessEvent event) {
        try {
            callback.call(listener, event);
        } catch (Throwable thrown) {
            if (complainedAbout.add(listener.getClass())) {
                log.warn(
                        "{} threw on {}; logged once for this class",
                        listener.getClass().getName(),
                        callback,
                        thrown);
            }
        }
    }

    /** The callbacks in which a listener does anything; all of them for one that overrides none, as a mock does not. */
    private static Set<Callback> overrides(Class<?> listener) {
        Set<Callback> overridden = EnumSet.noneOf(Callback.class);
        for (Callback callback : Callback.values()) {
            if (callback.isOverriddenIn(listener)) {
                overridden.add(callback);
            }
        }
        return overridden.isEmpty() ? EnumSet.allOf(Callback.class) : overridden;
    }
}
