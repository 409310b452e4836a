package dev.heartbeat.jakarta;

import dev.heartbeat.HeartbeatPolicy;
import jakarta.websocket.Session;
import java.nio.ByteBuffer;
import java.time.Duration;

/** Some megabytes for a reader that takes several times the patience to read them. */
final class Download {

    static final int BYTES_PER_SECOND = 400_000;
    static final int BYTES = 2_400_000;

    /** The cap on hindrances is longer than any test, so that none is saved or found by it. */
    static final HeartbeatPolicy POLICY = HeartbeatPolicy.builder()
            .pingInterval(Duration.ofSeconds(1))
            .pongTimeout(Duration.ofMillis(300))
            .reapAfter(Duration.ofMillis(1_500))
            .hindranceCap(Duration.ofSeconds(120))
            .slowestLink(BYTES_PER_SECOND * 3 / 4)
            .holdCap(Duration.ZERO)
            .build();

    /** How long a peer that has gone after all was sent may take to be found. */
    static final Duration BOUND = POLICY.detectionTime().plusMillis(1_000L * BYTES / POLICY.slowestLink());

    private static final int MESSAGE = 20_000;

    private Download() {}

    /** Sends it, as messages of which each waits for the one before. */
    static void begin(Session session) {
        send(session, BYTES);
    }

    /** Sends some bytes, as messages of which each waits for the one before. */
    static void send(Session session, int bytes) {
        session.getAsyncRemote().sendBinary(ByteBuffer.allocate(Math.min(bytes, MESSAGE)), result -> {
            if (bytes > MESSAGE && result.isOK()) {
                send(session, bytes - MESSAGE);
            }
        });
    }
}
