package dev.heartbeat.jakarta.spring;

import dev.heartbeat.Connection;
import dev.heartbeat.Descriptor;
import dev.heartbeat.Hindrance;
import dev.heartbeat.LivenessListener;
import dev.heartbeat.ReapReason;
import dev.heartbeat.Termination;
import dev.heartbeat.TransportFacts;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import org.springframework.web.socket.WebSocketSession;

/**
 * A session of Spring's as the detector sees it: the connection of the session that carries it, with the id and the handlers that
 * Spring knows. It sends nothing by Spring's session, where pings would wait behind the application's messages, or block.
 */
final class SpringConnection implements Connection {

    private final Connection carrier;
    private final SpringWatch watch;
    private volatile boolean countsInput = true;

    /** The connection of a watch, over that of the session below. */
    SpringConnection(Connection carrier, SpringWatch watch) {
        this.carrier = carrier;
        this.watch = watch;
    }

    WebSocketSession session() {
        return watch.session();
    }

    @Override
    public String id() {
        return watch.session().getId();
    }

    @Override
    public boolean isOpen() {
        return carrier.isOpen();
    }

    @Override
    public Descriptor descriptor() {
        return carrier.descriptor();
    }

    @Override
    public void ping(ByteBuffer payload) throws IOException {
        if (seesPongs() || countsInput) {
            carrier.ping(payload);
        } else {
            watch.giveUp();
        }
    }

    @Override
    public Termination terminate(ReapReason reason) throws IOException {
        return carrier.terminate(reason);
    }

    @Override
    public void close(int code) throws IOException {
        carrier.close(code);
    }

    @Override
    public TransportFacts facts() {
        TransportFacts facts = carrier.facts();
        countsInput = facts.received() != TransportFacts.UNKNOWN;
        return facts;
    }

    @Override
    public Hindrance hindrance() {
        // Both are asked, since each tells what has been since it was asked before.
        Hindrance below = carrier.hindrance();
        return watch.activity().activeSinceLastCall() ? Hindrance.HANDLER_RUNNING : below;
    }

    @Override
    public boolean readOnce() {
        return carrier.readOnce();
    }

    @Override
    public boolean seesPongs() {
        return watch.seesPongs();
    }

    @Override
    public Optional<Duration> idleTimeout() {
        return carrier.idleTimeout();
    }

    @Override
    public Optional<LivenessListener> listener() {
        return carrier.listener();
    }

    @Override
    public String toString() {
        return id();
    }
}
