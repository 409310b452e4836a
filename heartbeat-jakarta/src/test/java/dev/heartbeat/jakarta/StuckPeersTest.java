package dev.heartbeat.jakarta;

import static dev.heartbeat.jakarta.Bench.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.Connection;
import dev.heartbeat.HeartbeatPolicy;
import dev.heartbeat.LivenessEvent;
import dev.heartbeat.LivenessEvent.Pong;
import dev.heartbeat.LivenessEvent.Reap;
import jakarta.websocket.Session;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Fifty peers that do not read, with a large message stuck in front of each, hold up nobody else. */
@ParameterizedClass(name = "{0}")
@MethodSource("dev.heartbeat.jakarta.Launcher#chosen")
class StuckPeersTest {

    private static final int STUCK = 50;
    private static final int HEALTHY = 200;
    /** More than the kernel takes. */
    private static final ByteBuffer LARGE = ByteBuffer.allocate(6 << 20);

    /** All that a detector may have, however many peers there are: its pingers, listeners and reapers, and itself. */
    private static final int MOST_THREADS = 128 + 64 + 64 + 1;

    /** The stuck are neither spared nor reaped while the test looks. */
    private static final HeartbeatPolicy PACE = HeartbeatPolicy.builder()
            .pingInterval(Duration.ofMillis(500))
            .pongTimeout(Duration.ofMinutes(5))
            .reapAfter(Duration.ofMinutes(5))
            .hindranceCap(Duration.ofSeconds(1))
            .build();

    private static final Logger log = LoggerFactory.getLogger(StuckPeersTest.class);

    private final Launcher launcher;
    private final Bench bench = new Bench(PACE);
    private final Collection<Session> stuck = new ConcurrentLinkedQueue<>();

    StuckPeersTest(Launcher launcher) {
        this.launcher = launcher;
    }

    @AfterEach
    void end() {
        bench.close();
    }

    @Test
    void holdsUpNobodyElse() throws Exception {
        bench.serve(
                launcher,
                Endpoints.at("/healthy", session -> SessionHeartbeat.attach(session, bench.detector)),
                Endpoints.at("/stuck", session -> {
                    session.getAsyncRemote().sendBinary(LARGE.duplicate(), result -> {});
                    SessionHeartbeat.attach(session, bench.detector);
                    stuck.add(session);
                }));
        for (int i = 0; i < STUCK; i++) {
            bench.connect("/stuck");
        }
        int before = ours();
        for (int i = 0; i < HEALTHY; i++) {
            bench.connect("/healthy").live();
        }

        await("six round trips of each healthy peer").until(() -> {
            Map<Connection, Integer> roundTrips = roundTrips();
            return roundTrips.size() == HEALTHY && roundTrips.values().stream().allMatch(count -> count >= 6);
        });

        List<Duration> sorted = bench.heard.of(Pong.class).stream()
                .map(Pong::roundTrip)
                .sorted()
                .toList();
        Duration median = sorted.get(sorted.size() / 2);
        log.info("{}: median round trip {}, slowest {}", launcher, median, sorted.get(sorted.size() - 1));
        assertThat(median)
                .as("a ping that waits for a stuck one waits for minutes")
                .isLessThan(Duration.ofSeconds(5));
        assertThat(sorted.get(sorted.size() - 1))
                .as("no healthy peer waits for long")
                .isLessThan(Duration.ofSeconds(30));
        assertThat(bench.heard.of(Reap.class)).isEmpty();
        assertThat(bench.heard.of(LivenessEvent.Timeout.class)).isEmpty();
        await("no more threads in a ping than there are stuck peers").until(() -> pinging() <= STUCK);
        assertThat(ours() - before).isLessThanOrEqualTo(MOST_THREADS);
        for (Session session : stuck) {
            assertThat(queued(session)).as("pings in line for a stuck peer").isLessThanOrEqualTo(2);
        }
    }

    private Map<Connection, Integer> roundTrips() {
        Map<Connection, Integer> counts = new HashMap<>();
        for (Pong pong : bench.heard.of(Pong.class)) {
            counts.merge(pong.connection(), 1, Integer::sum);
        }
        return counts;
    }

    private static int ours() {
        return (int) Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("heartbeat-"))
                .count();
    }

    private static long pinging() {
        return Thread.getAllStackTraces().entrySet().stream()
                .filter(entry -> entry.getKey().getName().startsWith("heartbeat-ping-"))
                .filter(entry -> Stream.of(entry.getValue())
                        .anyMatch(frame -> frame.getMethodName().equals("sendPing")))
                .count();
    }

    /** The frames in line where the container queues: the message itself, and pings behind it. */
    private static int queued(Session session) {
        Object tasks = Reflection.field(
                session, "basicRemote", "webSocket", "protocolHandler", "writer", "taskProcessor", "taskQueue");
        Object channel = Reflection.invoke(session, "getWebSocketChannel");
        Object frames = channel == null ? null : Reflection.field(channel, "pendingFrames");
        return Stream.of(tasks == null ? List.of() : tasks, frames == null ? List.of() : frames)
                .mapToInt(queue -> ((Collection<?>) queue).size())
                .sum();
    }
}
