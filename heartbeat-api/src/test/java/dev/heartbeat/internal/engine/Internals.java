package dev.heartbeat.internal.engine;

import dev.heartbeat.Connection;
import dev.heartbeat.Heartbeat;
import java.util.concurrent.Executor;

/** What tests of a whole detector look at that no user can see. */
public final class Internals {

    /** How long listeners may look at a connection before it is terminated all the same, in stamps. */
    public static final int GRACE = Reaping.GRACE;

    private Internals() {}

    /** The connection that a heartbeat holds, null once its watch has ended. */
    public static Connection connection(Heartbeat heartbeat) {
        return ((HeartbeatHandle) heartbeat).connection();
    }

    /** Whether more is kept of a connection than its state. */
    public static boolean hasDetails(Heartbeat heartbeat) {
        return ((HeartbeatHandle) heartbeat).detailsIfAny() != null;
    }

    /** Where events of a connection go, for a thread that was about to add one. */
    public static Events events(Heartbeat heartbeat) {
        ConnectionDetails details = ((HeartbeatHandle) heartbeat).details();
        return details.events::add;
    }

    /** Whether a task sends a ping. */
    public static boolean isPing(Runnable task) {
        return task.getClass().getName().startsWith(Pinger.class.getName());
    }

    /** Takes a callback. */
    public interface Events {
        boolean add(Runnable callback, Executor executor);
    }
}
