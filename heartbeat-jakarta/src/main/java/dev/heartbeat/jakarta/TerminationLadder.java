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
 * Terminates a session without the help of its peer: takes one {@link TerminationStep} after the other until the file
 * descriptor is free. All steps together take about a second, whatever the container does; a descriptor that is not
 * free five seconds after the last one is reported. Each step runs on a thread of its own, because in most containers
 * it calls the application's close handler, which may block. Time in which the machine runs neither of the two threads
 * does not count.
 */
final class TerminationLadder {

    /** The property for how long Tomcat waits for the peer's close frame, a Long of milliseconds; others ignore it. */
    private static final String TOMCAT_CLOSE_TIMEOUT = "org.apache.tomcat.websocket.SESSION_CLOSE_TIMEOUT";

    /** The property for how long a message of Tomcat's own waits behind one that is being sent; others ignore it. */
    private static final String TOMCAT_SEND_TIMEOUT = "org.apache.tomcat.websocket.BLOCKING_SEND_TIMEOUT";

    /** Versions before 10.1.8 hold a close frame for 20 s, and with it a lock; later ones for 50 ms, whatever the property says. */
    private static final long CLOSE_FRAME_MILLIS = 100;

    static final Duration CLOSE_TIMEOUT = Duration.ofMillis(250);
    static final Duration FORCE_CLOSE_TIMEOUT = Duration.ofMillis(500);
    private static final Duration IDLE_EXPIRY_TIMEOUT = Duration.ofMillis(250);

    /** How long to wait after a step has returned, because some containers finish it on their I/O thread. */
    private static final Duration COMPLETION_TIMEOUT = Duration.ofMillis(20);

    /** How long the container's own threads have after the last step, before a descriptor is reported as not free. */
    private static final Duration FINAL_TIMEOUT = Duration.ofSeconds(5);

    /** How long to wait for a step's thread to start running. */
    private static final Duration START_TIMEOUT = Duration.ofSeconds(5);

    private static final int GOING_AWAY = 1001;

    private static final long POLL_INTERVAL_NANOS = Duration.ofMillis(1).toNanos();

    /** The most that a late poll counts for, since the step's thread may have been kept from running as well. */
    private static final long MAX_COUNTED_NANOS = 4 * POLL_INTERVAL_NANOS;

    private static final Logger log = LoggerFactory.getLogger(SessionHeartbeat.class);

    private final String id;
    private final Optional<TransportConnection> connection;
    private final ThreadFactory threads;
    private final List<TerminationStep> steps = new ArrayList<>();

    /**
     * The steps of a session.
     *
     * @param known its connection, if it was found before: in some containers that of a closed session cannot be found any more
     */
    TerminationLadder(
            Session session, Optional<TransportConnection> known, String id, ReapReason reason, ThreadFactory threads) {
        this.id = id;
        this.threads = threads;
        this.connection = known.or(() -> TransportConnection.find(session));
        // By its number: the constant would make the verifier load the API, which sessions of Jetty's own do without.
        CloseReason closeReason = new CloseReason(CloseCodes.getCloseCode(GOING_AWAY), reason.phrase());
        steps.add(new TerminationStep("close " + GOING_AWAY, CLOSE_TIMEOUT, () -> {
            shortenTomcatTimeouts(session);
            if (connection.isPresent()) {
                connection.get().closeAtOnce(session, closeReason);
            } else {
                session.close(closeReason);
            }
        }));
        connection.ifPresent(
                found -> steps.add(new TerminationStep(found.means(), FORCE_CLOSE_TIMEOUT, found::forceClose)));
        steps.add(new TerminationStep(
                "an idle timeout of 1 ms", IDLE_EXPIRY_TIMEOUT, () -> session.setMaxIdleTimeout(1)));
    }

    /** The steps that a session of another API takes. */
    TerminationLadder(String id, Optional<TransportConnection> connection, TerminationStep... steps) {
        this.id = id;
        this.threads = task -> daemon(task, "heartbeat-close-" + id);
        this.connection = connection;
        this.steps.addAll(List.of(steps));
    }

    static TerminationLadder of(Session session, Optional<TransportConnection> known, String id, ReapReason reason) {
        return new TerminationLadder(session, known, id, reason, task -> daemon(task, "heartbeat-close-" + id));
    }

    /** Closes a connection that both sides have closed, on a thread of its own. */
    static void finish(TransportConnection connection, String id) {
        Runnable close = () -> {
            try {
                connection.forceClose();
            } catch (Throwable refused) {
                log.debug("{} of session {} failed", connection.means(), id, refused);
            }
        };
        daemon(close, "heartbeat-close-" + id).start();
    }

    /** A thread that may call the application's close handler. */
    static Thread daemon(Runnable task, String name) {
        Thread thread = new Thread(null, task, name, 0, false);
        thread.setDaemon(true);
        // The application's close handler may load its own classes by the context class loader, which would be the
        // system
        // class loader since Java 19.
        thread.setContextClassLoader(TerminationLadder.class.getClassLoader());
        return thread;
    }

    /** Returns when the descriptor is known to be free, or there is nothing left to try. */
    Termination terminate() {
        Termination termination = takeSteps();
        connection.flatMap(TransportConnection::unfinishedWrite).ifPresent(this::start);
        return termination;
    }

    private Termination takeSteps() {
        StringBuilder means = new StringBuilder();
        for (TerminationStep step : steps) {
            means.append(means.length() == 0 ? "" : ", then ").append(step.means());
            if (isFreedBy(step)) {
                return Termination.freed(means.toString());
            }
        }
        if (connection.isPresent() && isFreedWithin(FINAL_TIMEOUT, () -> true)) {
            return Termination.freed(means.toString());
        }
        return Termination.notFreed(
                means + (connection.isPresent() ? "" : ", on a container that does not show its connections"));
    }

    private boolean isFreedBy(TerminationStep step) {
        AtomicBoolean started = new AtomicBoolean();
        Runnable task = () -> {
            started.set(true);
            run(step);
        };
        Thread thread = start(task);
        return isFreedWithin(START_TIMEOUT, () -> !started.get())
                || isFreedWithin(step.timeout(), thread::isAlive)
                || isFreedWithin(COMPLETION_TIMEOUT, () -> true);
    }

    private Thread start(Runnable task) {
        Thread thread = threads.newThread(task);
        try {
            thread.start();
        } catch (OutOfMemoryError noThread) {
            // Zombies may be what uses up the threads, so blocking here is better than leaving this one its resources.
            task.run();
        }
        return thread;
    }

    private boolean isFreedWithin(Duration timeout, BooleanSupplier whileTrue) {
        long remaining = timeout.toNanos();
        long before = System.nanoTime();
        boolean interrupted = false;
        while (!isFreed() && whileTrue.getAsBoolean() && remaining > 0) {
            LockSupport.parkNanos(this, POLL_INTERVAL_NANOS);
            interrupted |= Thread.interrupted();
            long now = System.nanoTime();
            remaining -= Math.min(now - before, MAX_COUNTED_NANOS);
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
        } catch (RuntimeException unknown) {
            return false;
        }
    }

    private void run(TerminationStep step) {
        try {
            step.action().run();
        } catch (Throwable refused) {
            log.debug("{} of session {} failed", step.means(), id, refused);
        }
    }

    private void shortenTomcatTimeouts(Session session) {
        try {
            session.getUserProperties().putIfAbsent(TOMCAT_CLOSE_TIMEOUT, 1L);
            session.getUserProperties().put(TOMCAT_SEND_TIMEOUT, CLOSE_FRAME_MILLIS);
        } catch (RuntimeException refused) {
            log.debug("Session {} takes no properties", id, refused);
        }
    }
}
