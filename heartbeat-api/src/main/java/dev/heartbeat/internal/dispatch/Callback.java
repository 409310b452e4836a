package dev.heartbeat.internal.dispatch;

import dev.heartbeat.LivenessEvent;
import dev.heartbeat.LivenessEvent.Closed;
import dev.heartbeat.LivenessEvent.Hold;
import dev.heartbeat.LivenessEvent.Lag;
import dev.heartbeat.LivenessEvent.Mistake;
import dev.heartbeat.LivenessEvent.Pong;
import dev.heartbeat.LivenessEvent.Quirky;
import dev.heartbeat.LivenessEvent.Reap;
import dev.heartbeat.LivenessEvent.Recovery;
import dev.heartbeat.LivenessEvent.Stale;
import dev.heartbeat.LivenessEvent.Stall;
import dev.heartbeat.LivenessEvent.Takeover;
import dev.heartbeat.LivenessEvent.Timeout;
import dev.heartbeat.LivenessListener;

/** The callbacks of a {@link LivenessListener}, each with its event. */
public enum Callback {
    PONG("onPong", Pong.class),
    TIMEOUT("onTimeout", Timeout.class),
    RECOVERY("onRecovery", Recovery.class),
    REAP("onReap", Reap.class),
    CLOSE("onClose", Closed.class),
    QUIRK("onQuirk", Quirky.class),
    STALE("onStale", Stale.class),
    MISTAKE("onMistake", Mistake.class),
    TAKEOVER("onTakeover", Takeover.class),
    STALL("onStall", Stall.class),
    LAG("onLag", Lag.class),
    HOLD("onHold", Hold.class);

    private final String method;
    private final Class<? extends LivenessEvent> type;

    Callback(String method, Class<? extends LivenessEvent> type) {
        this.method = method;
        this.type = type;
    }

    /** Whether a listener of a class does anything in it; if in doubt it does. */
    boolean isOverriddenIn(Class<?> listener) {
        try {
            return listener.getMethod(method, type).getDeclaringClass() != LivenessListener.class;
        } catch (NoSuchMethodException | LinkageError | SecurityException unknowable) {
            return true;
        }
    }

    public void call(LivenessListener listener, LivenessEvent event) {
        switch (this) {
            case PONG -> listener.onPong((Pong) event);
            case TIMEOUT -> listener.onTimeout((Timeout) event);
            case RECOVERY -> listener.onRecovery((Recovery) event);
            case REAP -> listener.onReap((Reap) event);
            case CLOSE -> listener.onClose((Closed) event);
            case STALL -> listener.onStall((Stall) event);
            case LAG -> listener.onLag((Lag) event);
            case STALE -> listener.onStale((Stale) event);
            case TAKEOVER -> listener.onTakeover((Takeover) event);
            case MISTAKE -> listener.onMistake((Mistake) event);
            case QUIRK -> listener.onQuirk((Quirky) event);
            case HOLD -> listener.onHold((Hold) event);
        }
    }
}
