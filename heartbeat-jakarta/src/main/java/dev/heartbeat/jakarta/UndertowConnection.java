package dev.heartbeat.jakarta;

import dev.heartbeat.Descriptor;
import dev.heartbeat.TransportFacts;
import jakarta.websocket.CloseReason;
import jakarta.websocket.Session;
import java.io.IOException;
import java.lang.reflect.Method;
import java.util.Collection;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The channel of an Undertow session. A close only sends a frame: then TCP decides how long a dead peer is kept. */
final class UndertowConnection implements TransportConnection {

    private static final String PING = "PING";

    private final Session session;
    private final Method forceClose;
    private final Output output = new Output();
    private @Nullable UndertowConduits conduits;

    private UndertowConnection(Session session, Method forceClose) {
        this.session = session;
        this.forceClose = forceClose;
    }

    static Optional<TransportConnection> find(Session session) {
        Method forceClose = Reflection.method(session, "forceClose");
        return forceClose == null ? Optional.empty() : Optional.of(new UndertowConnection(session, forceClose));
    }

    /** Undertow's session is open for as long as its socket is. */
    @Override
    public Descriptor descriptor() {
        return session.isOpen() ? Descriptor.HELD : Descriptor.FREE;
    }

    @Override
    public boolean isClosing() {
        return isTrue("isCloseFrameSent") || isTrue("isCloseFrameReceived");
    }

    /** Undertow does not close the connection after the peer's close frame, and has sent its own when no frame waits. */
    @Override
    public boolean isLeftToPeer() {
        Object channel = Reflection.invoke(session, "getWebSocketChannel");
        return channel != null
                && isTrue("isCloseFrameSent")
                && isTrue("isCloseFrameReceived")
                && isEmpty(channel, "newFrames")
                && isEmpty(channel, "pendingFrames")
                && isEmpty(channel, "heldFrames");
    }

    private boolean isTrue(String told) {
        return Boolean.TRUE.equals(Reflection.invoke(session, "getWebSocketChannel", told));
    }

    private static boolean isEmpty(Object channel, String frames) {
        return Reflection.field(channel, frames) instanceof Collection<?> waiting && waiting.isEmpty();
    }

    /** A peer's answer to a code that Undertow does not know would be the application's error. */
    @Override
    public void close(Session closing, CloseReason reason) throws IOException {
        UndertowCloseReader.readOn(closing);
        closing.close(reason);
    }

    @Override
    public void forceClose() throws ReflectiveOperationException {
        forceClose.invoke(session);
    }

    @Override
    public Optional<Addresses> addresses() {
        Object channel = Reflection.invoke(session, "getWebSocketChannel");
        Object stream = channel == null ? null : Reflection.field(channel, "channel");
        // A proxy's protocol tells the ends of another connection than that which is below it.
        Object below = stream == null ? null : Reflection.field(stream, "delegate");
        Object end = below == null ? stream : below;
        return end == null
                ? Optional.empty()
                : Addresses.of(Reflection.invoke(end, "getLocalAddress"), Reflection.invoke(end, "getPeerAddress"));
    }

    /** What waits are frames, not those that wait for the application to flush its batch. Read without a lock. */
    @Override
    public TransportFacts addTo(TransportFacts known) {
        Object channel = Reflection.invoke(session, "getWebSocketChannel");
        if (channel == null) {
            return known;
        }
        if (conduits == null) {
            conduits = UndertowConduits.insert(channel);
        }
        TransportFacts counted = conduits.isInserted() ? withCounts(known, conduits) : known;
        TransportFacts facts = counted.withPingWaiting(isPingQueued(channel));
        return conduits.isInserted() && Reflection.field(channel, "pendingFrames") instanceof Collection<?> frames
                ? output.addTo(facts, frames.size(), conduits.sent())
                : facts;
    }

    private static TransportFacts withCounts(TransportFacts known, UndertowConduits conduits) {
        TransportFacts facts = known.withReceived(conduits.received());
        return conduits.isEncryptedBelow() ? facts.withSentAbout(conduits.sent()) : facts.withSent(conduits.sent());
    }

    /** Whether a ping waits for the thread that does the I/O, on which a handler may run: no other thread writes it. */
    private static boolean isPingQueued(Object channel) {
        return Reflection.field(channel, "newFrames") instanceof Collection<?> frames
                && frames.stream().anyMatch(frame -> PING.equals(String.valueOf(Reflection.invoke(frame, "getType"))));
    }

    @Override
    public Optional<Boolean> isMessageIncomplete() {
        Object channel = Reflection.invoke(session, "getWebSocketChannel");
        if (channel == null || !(Reflection.field(channel, "frameDataRemaining") instanceof Long left)) {
            return Optional.empty();
        }
        return Optional.of(left > 0
                || Reflection.field(channel, "partialFrame") != null
                || Reflection.field(channel, "fragmentedChannel") != null
                // Of a TLS record that has come in part nothing can be read yet.
                || Reflection.field(channel, "channel", "sslConduit", "dataToUnwrap") != null);
    }

    @Override
    public String means() {
        return "Undertow's forceClose";
    }
}
