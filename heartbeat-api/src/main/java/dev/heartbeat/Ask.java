package dev.heartbeat;

import static java.util.Objects.requireNonNullElse;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks a connection something, and takes an exception for the answer that harms nobody: a container may throw from every method. */
final class Ask {

    private static final Logger log = LoggerFactory.getLogger(ZombieDetector.class);
    private static final Pattern LINE_BREAKING = Pattern.compile("[\\p{Cntrl}\u0085\u2028\u2029]");

    private Ask() {}

    /** Open unless the transport says otherwise: what it throws is no proof, and the verdict on the ping follows anyway. */
    static boolean isOpen(Connection connection) {
        try {
            return connection.isOpen();
        } catch (Throwable unknowable) {
            log.debug("{} does not tell whether it is open", id(connection), unknowable);
            return true;
        }
    }

    static Hindrance hindrance(Connection connection) {
        try {
            return requireNonNullElse(connection.hindrance(), Hindrance.NONE);
        } catch (Throwable unknowable) {
            log.debug("{} does not tell its hindrance", id(connection), unknowable);
            return Hindrance.NONE;
        }
    }

    static boolean seesPongs(Connection connection) {
        try {
            return connection.seesPongs();
        } catch (Throwable unknowable) {
            log.debug("{} does not tell whether it sees pongs", id(connection), unknowable);
            return true;
        }
    }

    static void toClose(Connection connection, int code) {
        try {
            connection.close(code);
        } catch (Throwable refused) {
            log.debug("{} does not close", id(connection), refused);
        }
    }

    /** The connection's own listener, if it has one. */
    static @Nullable LivenessListener listener(Connection connection) {
        try {
            return connection.listener().orElse(null);
        } catch (Throwable unknowable) {
            log.debug("{} does not tell its listener", id(connection), unknowable);
            return null;
        }
    }

    /** Words from outside, kept to one line. */
    static String oneLine(String words) {
        return LINE_BREAKING.matcher(words).replaceAll("?");
    }

    /** The id, kept to one line; a connection that cannot even name itself goes by its class. */
    static String id(Connection connection) {
        try {
            return oneLine(connection.id());
        } catch (Throwable unnameable) {
            return connection.getClass().getName();
        }
    }
}
