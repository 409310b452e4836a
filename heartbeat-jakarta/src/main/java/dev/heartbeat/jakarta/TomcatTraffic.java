package dev.heartbeat.jakarta;

import dev.heartbeat.TransportFacts;
import jakarta.websocket.Session;
import java.nio.ByteBuffer;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * What Tomcat shows of a session's output and input. It counts whole frames only: that more than these has come is told by
 * the state of the frame being read and, on the NIO connector, by the time of the latest read.
 */
final class TomcatTraffic {

    /** Of a frame to a client; what longer ones have more is little against their payload. */
    private static final int SHORTEST_HEADER = 2;

    private final Session session;
    private final @Nullable Object socket;
    private final @Nullable Object sendPermit;
    private final @Nullable Object frame;
    private final Output output = new Output();
    private final Changes input = new Changes();
    private final boolean isPlain;
    private long sent;

    TomcatTraffic(Session session, @Nullable Object socket) {
        this.session = session;
        this.socket = socket;
        this.sendPermit = Reflection.field(session, "wsRemoteEndpoint", "messagePartInProgress");
        this.frame = Reflection.field(session, "wsFrame");
        Object endpoint = socket == null ? null : Reflection.field(socket, "endpoint");
        this.isPlain = endpoint != null && Boolean.FALSE.equals(Reflection.invoke(endpoint, "isSSLEnabled"));
    }

    TransportFacts addTo(TransportFacts known) {
        Object counters = frame == null ? null : Reflection.field(frame, "upgradeInfo");
        TransportFacts facts = counters == null ? known : withSent(known, counters);
        return withOutput(frame == null ? facts : facts.withReceived(received(frame)));
    }

    /** Tomcat counts payloads, compressed but before encryption, when their write begins: what is left of that write waits. */
    private TransportFacts withSent(TransportFacts facts, Object counters) {
        if (!(Reflection.invoke(counters, "getBytesSent") instanceof Long payloads)) {
            return facts;
        }
        long headers = SHORTEST_HEADER * number(Reflection.invoke(counters, "getMsgsSent"), 0);
        sent = Math.max(sent, payloads + headers - left());
        return isPlain ? facts.withSent(sent) : facts.withSentAbout(sent);
    }

    /** A part of a message that is being sent holds a permit, which a ping has to wait for as well. */
    private TransportFacts withOutput(TransportFacts facts) {
        if (!(sendPermit instanceof Semaphore permit)) {
            return facts;
        }
        if (permit.availablePermits() > 0) {
            return output.addTo(facts, 0, 0);
        }
        if (socket == null) {
            // Of a client's write nothing shows whether it moves.
            return facts;
        }
        Object operation = Reflection.field(socket, "writeOperation");
        long left = left();
        long written = operation == null ? 0 : number(Reflection.field(operation, "nBytes"), 0);
        long lastWrite = number(Reflection.invoke(socket, "getLastWrite"), 0);
        return output.addTo(facts, Math.max(1, left), Changes.mix(left, written, lastWrite));
    }

    private long left() {
        Object operation = socket == null ? null : Reflection.field(socket, "writeOperation");
        return Buffers.remaining(Reflection.field(session, "wsRemoteEndpoint", "buffers"))
                + (operation == null ? 0 : Buffers.remaining(Reflection.field(operation, "buffers")));
    }

    private long received(Object reading) {
        Object buffer = Reflection.field(reading, "inputBuffer");
        return input.look(Changes.mix(
                number(Reflection.field(session, "lastActiveRead"), 0),
                socket == null ? 0 : number(Reflection.invoke(socket, "getLastRead"), 0),
                number(Reflection.field(reading, "payloadWritten"), 0),
                buffer instanceof ByteBuffer bytes ? bytes.position() : 0,
                buffer instanceof ByteBuffer bytes ? bytes.limit() : 0));
    }

    private static long number(@Nullable Object value, long otherwise) {
        return value instanceof Long number ? number : otherwise;
    }
}
