package dev.heartbeat.jakarta;

import dev.heartbeat.ReapReason;
import dev.heartbeat.Termination;
import jakarta.websocket.CloseReason;
import jakarta.websocket.CloseReason.CloseCodes;
import jakarta.websocket.Session;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends a session whose peer will not help, one {@link Rung} after the other until its file descriptor is free, in about a
 * second whatever the container does; five seconds later it reports a descriptor that is not. Each rung runs on a thread of
 * its own, because the application's close handler runs inside it in most containers and may sleep. Time in which the
 * machine runs neither of the two threads does not count.
 */
final class Ladder {

    /** Tomcat's wait for the peer's close frame, in milliseconds; it must be a Long. Other containers do not know it. */
    private static final String TOMCAT_CLOSE_TIMEOUT = "org.apache.tomcat.websocket.SESSION_CLOSE_TIMEOUT";

    private static final Duration CLOSE = Duration.ofMillis(250);
    private static final Duration FORCE_CLOSE = Duration.ofMillis(500);
    private static final Duration IDLE = Duration.ofMillis(250);

    /** What a rung that has returned is given for its last steps, which some containers take on their I/O thread. */
    private static final Duration SETTLING = Duration.ofMillis(20);

    /** What the container's own threads are given after the last rung, before a descriptor is reported that is not free. */
    private static final Duration LAST = Duration.ofSeconds(5);

    /** How long a rung may wait for the machine to run its thread. */
    private static final Duration START = Duration.ofSeconds(5);

    private static final long POLL = Duration.ofMillis(1).toNanos();

    /** What a poll that comes late counts for at most: the rung had no better chance to run meanwhile. */
    private static final long LONGEST_POLL = 4 * POLL;

    private static final Logger log = LoggerFactory.getLogger(SessionHeartbeat.class);

    private final String id;
    private final Optional<TransportConnection> connection;
    private final ThreadFactory threads;
    private final List<Rung> rungs = new ArrayList<>();

    Ladder(Session session, String id, ReapReason reason, ThreadFactory threads) {
        this.id = id;
        this.threads = threads;
        this.connection = TransportConnection.find(session);
        CloseReason why = new CloseReason(CloseCodes.GOING_AWAY, reason.phrase());
        rungs.add(new Rung("close " + CloseCodes.GOING_AWAY.getCode(), CLOSE, () -> {
            shortenTomcatsWait(session);
            session.close(why);
        }));
        connection.ifPresent(found -> rungs.add(new Rung(found.means(), FORCE_CLOSE, found::forceClose)));
        rungs.add(new Rung("an idle timeout of 1 ms", IDLE, () -> session.setMaxIdleTimeout(1)));
    }

    static Ladder under(Session session, String id, ReapReason reason) {
        return new Ladder(session, id, reason, task -> climber(task, "heartbeat-close-" + id));
    }

    private static Thread climber(Runnable task, String name) {
        Thread climber = new Thread(null, task, name, 0, false);
        climber.setDaemon(true);
        // The application's close handler may look for its own classes; since Java 19 a new thread would have the
        // system's.
        climber.setContextClassLoader(Ladder.class.getClassLoader());
        return climber;
    }

    /** Returns when the descriptor is known to be free, or there is nothing left to try. */
    Termination climb() {
        StringBuilder means = new StringBuilder();
        for (Rung rung : rungs) {
            means.append(means.length() == 0 ? "" : ", then ").append(rung.means());
            if (isFreedBy(rung)) {
                return Termination.freed(means.toString());
            }
        }
        if (connection.isPresent() && isFreedWithin(LAST, () -> true)) {
            return Termination.freed(means.toString());
        }
        return Termination.notFreed(
                means + (connection.isPresent() ? "" : ", on a container that does not show its connections"));
    }

    private boolean isFreedBy(Rung rung) {
        AtomicBoolean begun = new AtomicBoolean();
        Runnable attempt = () -> {
            begun.set(true);
            attempt(rung);
        };
        Thread climber = threads.newThread(attempt);
        try {
            climber.start();
        } catch (OutOfMemoryError noThread) {
            // Which zombies may be the cause of, so better to wait for this one than to let it keep what it holds.
            attempt.run();
        }
        return isFreedWithin(START, () -> !begun.get())
                || isFreedWithin(rung.budget(), climber::isAlive)
                || isFreedWithin(SETTLING, () -> true);
    }

    private boolean isFreedWithin(Duration budget, BooleanSupplier meanwhile) {
        long left = budget.toNanos();
        long before = System.nanoTime();
        boolean interrupted = false;
        while (!isFreed() && meanwhile.getAsBoolean() && left > 0) {
            LockSupport.parkNanos(this, POLL);
            interrupted |= Thread.interrupted();
            long now = System.nanoTime();
            left -= Math.min(now - before, LONGEST_POLL);
            before = now;
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return isFreed();
    }

    private boolean isFreed() {
        try {
            return connection.isPresent() && connection.get().isFreed();
        } catch (RuntimeException unknowable) {
            return false;
        }
    }

    private void attempt(Rung rung) {
        try {
            rung.attempt().run();
        } catch (Throwable refused) {
            log.debug("{} of session {} failed", rung.means(), id, refused);
        }
    }

    private void shortenTomcatsWait(Session session) {
        try {
            session.getUserProperties().putIfAbsent(TOMCAT_CLOSE_TIMEOUT, 1L);
        } catch (RuntimeException refused) {
            log.debug("Session {} takes no properties", id, refused);
        }
    }
}
