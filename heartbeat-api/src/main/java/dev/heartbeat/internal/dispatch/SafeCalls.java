package dev.heartbeat.internal.dispatch;

import static java.util.Objects.requireNonNullElse;

import dev.heartbeat.Connection;
import dev.heartbeat.Descriptor;
import dev.heartbeat.HeartbeatPolicy;
import dev.heartbeat.Hindrance;
import dev.heartbeat.LivenessListener;
import dev.heartbeat.TransportFacts;
import dev.heartbeat.internal.text.LogText;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/** Calls a connection, and takes the harmless answer where it throws: a container may throw from every method. */
public final class SafeCalls {

    private static final Logger log = DetectorLog.LOG;

    private SafeCalls() {}

    /** Open unless the transport says otherwise: what it throws is no proof, and the verdict on the ping follows anyway. */
    public static boolean isOpen(Connection connection) {
        try {
            return connection.isOpen();
        } catch (Throwable unknowable) {
            log.debug("{} does not tell whether it is open", id(connection), unknowable);
            return true;
        }
    }

    /** What a connection that is called closed still holds; unknown if it throws, as a closed session may. */
    public static Descriptor descriptor(Connection connection) {
        try {
            return requireNonNullElse(connection.descriptor(), Descriptor.UNKNOWN);
        } catch (Throwable unknowable) {
            log.debug("{} does not tell of its descriptor", id(connection), unknowable);
            return Descriptor.UNKNOWN;
        }
    }

    public static Hindrance hindrance(Connection connection) {
        try {
            return requireNonNullElse(connection.hindrance(), Hindrance.NONE);
        } catch (Throwable unknowable) {
            log.debug("{} does not tell its hindrance", id(connection), unknowable);
            return Hindrance.NONE;
        }
    }

    public static TransportFacts facts(Connection connection) {
        try {
            return requireNonNullElse(connection.facts(), TransportFacts.NONE);
        } catch (Throwable unknowable) {
            log.debug("{} does not tell its facts", id(connection), unknowable);
            return TransportFacts.NONE;
        }
    }

    public static boolean readOnce(Connection connection) {
        try {
            return connection.readOnce();
        } catch (Throwable refused) {
            log.debug("{} does not read", id(connection), refused);
            return false;
        }
    }

    public static boolean seesPongs(Connection connection) {
        try {
            return connection.seesPongs();
        } catch (Throwable unknowable) {
            log.debug("{} does not tell whether it sees pongs", id(connection), unknowable);
            return true;
        }
    }

    /** The policy for a connection, which goes by the connection's own idle timeout if it has one. */
    public static HeartbeatPolicy fit(HeartbeatPolicy policy, Connection connection) {
        try {
            return connection.idleTimeout().map(policy::forIdleTimeout).orElse(policy);
        } catch (Throwable unknowable) {
            log.debug("{} does not tell its idle timeout", id(connection), unknowable);
            return policy;
        }
    }

    public static void toClose(Connection connection, int code) {
        try {
            connection.close(code);
        } catch (Throwable refused) {
            log.debug("{} does not close", id(connection), refused);
        }
    }

    /** The connection's own listener, if it has one. */
    public static @Nullable LivenessListener listener(Connection connection) {
        try {
            return connection.listener().orElse(null);
        } catch (Throwable unknowable) {
            log.debug("{} does not tell its listener", id(connection), unknowable);
            return null;
        }
    }

    /** The id, kept to one line; a connection that cannot even name itself goes by its class. */
    public static String id(Connection connection) {
        try {
            return LogText.oneLine(connection.id());
        } catch (Throwable unnameable) {
            return connection.getClass().getName();
        }
    }
}
