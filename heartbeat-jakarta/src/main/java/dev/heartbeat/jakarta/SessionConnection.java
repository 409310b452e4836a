package dev.heartbeat.jakarta;

import dev.heartbeat.Connection;
import dev.heartbeat.Descriptor;
import dev.heartbeat.Hindrance;
import dev.heartbeat.ReapReason;
import dev.heartbeat.Termination;
import dev.heartbeat.TransportFacts;
import dev.heartbeat.jakarta.internal.Opening;
import jakarta.websocket.CloseReason;
import jakarta.websocket.RemoteEndpoint;
import jakarta.websocket.Session;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/** A session as the detector sees it. */
final class SessionConnection implements Connection, Opening {

    private final Session session;
    private final String id;
    private final Watch watch;
    private final FactSource facts;
    private long received = TransportFacts.UNKNOWN;
    private boolean isMessageIncomplete;
    private final AtomicBoolean finishing = new AtomicBoolean();

    SessionConnection(Session session, Watch watch) {
        this.session = session;
        this.id = session.getId();
        this.watch = watch;
        this.facts = new FactSource(session);
    }

    Session session() {
        return session;
    }

    Watch watch() {
        return watch;
    }

    @Override
    public String id() {
        return id;
    }

    /** A session that throws counts as open: then the silence of its peer decides. */
    @Override
    public boolean isOpen() {
        try {
            facts.resolve();
            return session.isOpen()
                    && !facts.connection().map(TransportConnection::isClosing).orElse(false);
        } catch (RuntimeException unknown) {
            return true;
        }
    }

    @Override
    public void opening() {
        watch.settings().opening();
    }

    @Override
    public void opened() {
        watch.settings().opened();
    }

    /** Whether the container shows the connection that carries the session, which is looked for if it has not been found. */
    boolean showsTransport() {
        facts.resolve();
        return facts.connection().isPresent();
    }

    /**
     * A connection that both sides have closed, and the container leaves to the peer, is closed here; a write that one which is closed
     * has left waiting is ended, since nobody is reaped where the application has closed it.
     */
    @Override
    public Descriptor descriptor() {
        TransportConnection connection = facts.connection().orElse(null);
        if (connection == null) {
            return facts.hasAddresses() ? Descriptor.UNKNOWN : Descriptor.FREE; // as far as anybody can know
        }
        Descriptor descriptor = connection.descriptor();
        if (descriptor == Descriptor.HELD && connection.isLeftToPeer() && finishing.compareAndSet(false, true)) {
            TerminationLadder.finish(connection, id);
        }
        if (descriptor == Descriptor.FREE) {
            connection
                    .unfinishedWrite()
                    .filter(write -> finishing.compareAndSet(false, true))
                    .ifPresent(write -> TerminationLadder.daemon(write, "heartbeat-close-" + id)
                            .start());
        }
        return descriptor;
    }

    /**
     * Through the asynchronous remote: on Jetty a ping through the basic one breaks a partial message being sent. Where the
     * application collects messages in batches, Tomcat and Undertow keep a ping in the batch, which is sent early for it.
     */
    @Override
    public void ping(ByteBuffer payload) throws IOException {
        watch.settings().pinging();
        RemoteEndpoint.Async remote = remote();
        remote.sendPing(payload);
        if (remote.getBatchingAllowed() || session.getBasicRemote().getBatchingAllowed()) {
            remote.flushBatch();
        }
    }

    /** A session that gives none is closed, whatever it says; one whose remote refuses a ping is busy. */
    private RemoteEndpoint.Async remote() throws IOException {
        try {
            return session.getAsyncRemote();
        } catch (IllegalStateException closed) {
            throw new IOException("the session gives no remote", closed);
        }
    }

    @Override
    public Optional<Duration> idleTimeout() {
        long millis = session.getMaxIdleTimeout();
        return millis > 0 ? Optional.of(Duration.ofMillis(millis)) : Optional.empty();
    }

    /**
     * Where the container does not tell whether a message is incomplete, bytes that have come since the last facts although no
     * handler has run are taken for part of one. What the application sends is counted before it is framed, compressed and
     * encrypted.
     */
    @Override
    public TransportFacts facts() {
        TransportFacts known = facts.facts();
        boolean hasMoreCome = received != TransportFacts.UNKNOWN && known.received() != received;
        isMessageIncomplete = facts.isMessageIncomplete().orElse(hasMoreCome);
        received = known.received();
        return known.sent() == TransportFacts.UNKNOWN ? known.withSentAbout(watch.sent()) : known;
    }

    @Override
    public Hindrance hindrance() {
        if (watch.activity().activeSinceLastCall()) {
            return Hindrance.HANDLER_RUNNING;
        }
        return isMessageIncomplete ? Hindrance.MESSAGE_INCOMPLETE : Hindrance.NONE;
    }

    @Override
    public void close(int code) throws IOException {
        CloseReason reason = new CloseReason(CloseReason.CloseCodes.getCloseCode(code), null);
        TransportConnection connection = facts.connection().orElse(null);
        if (connection == null) {
            session.close(reason);
        } else {
            connection.close(session, reason);
        }
    }

    @Override
    public Termination terminate(ReapReason reason) {
        return TerminationLadder.of(session, facts.connection(), id, reason).terminate();
    }

    @Override
    public String toString() {
        return id;
    }
}
