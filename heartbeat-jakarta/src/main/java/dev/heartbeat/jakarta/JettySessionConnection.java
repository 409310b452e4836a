package dev.heartbeat.jakarta;

import dev.heartbeat.Connection;
import dev.heartbeat.Descriptor;
import dev.heartbeat.Hindrance;
import dev.heartbeat.ReapReason;
import dev.heartbeat.Termination;
import dev.heartbeat.TransportFacts;
import dev.heartbeat.jakarta.internal.Opening;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import org.eclipse.jetty.websocket.api.Callback;
import org.eclipse.jetty.websocket.api.Session;
import org.jspecify.annotations.Nullable;

/** A session of Jetty's own API as the detector sees it. Names nothing of Jakarta WebSocket, which need not be there. */
final class JettySessionConnection implements Connection, Opening {

    private static final int GOING_AWAY = 1001;

    private final Session session;
    private final String id;
    private final boolean seesPongs;
    private final Optional<TransportConnection> transport;
    private final SettingsCheck settings = new SettingsCheck();
    private @Nullable TransportFacts addresses;

    JettySessionConnection(Session session, boolean seesPongs) {
        this.session = session;
        this.id = name(session);
        this.seesPongs = seesPongs;
        this.transport = JettyConnection.find(session);
    }

    /** By its peer, since Jetty gives it no name; no address is looked up. */
    private static String name(Session session) {
        return session.getRemoteSocketAddress() instanceof InetSocketAddress remote
                ? remote.getHostString() + ":" + remote.getPort()
                : "jetty-" + Integer.toHexString(System.identityHashCode(session));
    }

    Session session() {
        return session;
    }

    SettingsCheck settings() {
        return settings;
    }

    @Override
    public void opening() {
        settings.opening();
    }

    @Override
    public void opened() {
        settings.opened();
    }

    /** Whether what comes from the peer is counted, be it a pong that nobody is shown. */
    boolean countsInput() {
        return facts().received() != TransportFacts.UNKNOWN;
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public boolean isOpen() {
        return session.isOpen();
    }

    @Override
    public Descriptor descriptor() {
        return transport.map(TransportConnection::descriptor).orElse(Descriptor.UNKNOWN);
    }

    /** Does not wait for what is sent before it. */
    @Override
    public void ping(ByteBuffer payload) {
        settings.pinging();
        session.sendPing(payload, Callback.NOOP);
    }

    @Override
    public TransportFacts facts() {
        TransportFacts ends = addresses;
        if (ends == null) {
            ends = transport
                    .flatMap(TransportConnection::addresses)
                    .or(() -> Addresses.of(session.getLocalSocketAddress(), session.getRemoteSocketAddress()))
                    .map(found -> found.addTo(TransportFacts.NONE))
                    .orElse(TransportFacts.NONE);
            addresses = ends;
        }
        return transport.isPresent() ? transport.get().addTo(ends) : ends;
    }

    @Override
    public Hindrance hindrance() {
        return transport.flatMap(TransportConnection::isMessageIncomplete).orElse(false)
                ? Hindrance.MESSAGE_INCOMPLETE
                : Hindrance.NONE;
    }

    @Override
    public boolean seesPongs() {
        return seesPongs;
    }

    @Override
    public Optional<Duration> idleTimeout() {
        Duration timeout = session.getIdleTimeout();
        return timeout == null || timeout.isNegative() || timeout.isZero() ? Optional.empty() : Optional.of(timeout);
    }

    @Override
    public void close(int code) {
        session.close(code, null, Callback.NOOP);
    }

    @Override
    public Termination terminate(ReapReason reason) {
        return new TerminationLadder(
                        id,
                        transport,
                        new TerminationStep(
                                "close " + GOING_AWAY,
                                TerminationLadder.CLOSE_TIMEOUT,
                                () -> session.close(GOING_AWAY, reason.phrase(), Callback.NOOP)),
                        new TerminationStep(
                                "Jetty's disconnect", TerminationLadder.FORCE_CLOSE_TIMEOUT, session::disconnect))
                .terminate();
    }

    @Override
    public String toString() {
        return id;
    }
}
