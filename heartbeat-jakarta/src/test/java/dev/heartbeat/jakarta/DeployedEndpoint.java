package dev.heartbeat.jakarta;

import dev.heartbeat.Connection;
import dev.heartbeat.HeartbeatPolicy;
import dev.heartbeat.LivenessEvent;
import dev.heartbeat.LivenessListener;
import dev.heartbeat.ZombieDetector;
import jakarta.websocket.OnOpen;
import jakarta.websocket.Session;
import jakarta.websocket.server.PathParam;
import jakarta.websocket.server.ServerEndpoint;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The endpoint of the web application that {@link War} packs. What it hears it writes to a file, a line for each event. */
@ServerEndpoint("/watched/{case}")
public class DeployedEndpoint {

    static final String FILE = "events.path";

    private static final int MORE_THAN_THE_KERNEL_TAKES = 16 << 20;

    private static final HeartbeatPolicy POLICY = HeartbeatPolicy.builder()
            .pingInterval(Duration.ofMillis(500))
            .pongTimeout(Duration.ofSeconds(1))
            .reapAfter(Duration.ofSeconds(3))
            .build();

    private static final Map<String, String> CASES = new ConcurrentHashMap<>();
    private static final Set<String> UNSENT = Set.of("unsent", "slow", "closed", "drained");
    private static final ZombieDetector DETECTOR = ZombieDetector.create(POLICY, new Recorder());
    private static final ZombieDetector DRAINED = ZombieDetector.create(POLICY, new Recorder());

    @OnOpen
    public void onOpen(Session session, @PathParam("case") String which) {
        session.setMaxIdleTimeout(0);
        CASES.put(session.getId(), which);
        SessionHeartbeat.attach(session, which.equals("drained") ? DRAINED : DETECTOR);
        if (UNSENT.contains(which)) {
            session.getAsyncRemote().sendBinary(ByteBuffer.allocate(MORE_THAN_THE_KERNEL_TAKES), sent -> {});
        }
        if (which.equals("closed")) {
            Thread closing = new Thread(() -> close(session), "application");
            closing.setDaemon(true);
            closing.start();
        } else if (which.equals("drained")) {
            DRAINED.drain(1001, Duration.ofSeconds(2));
        }
    }

    private static void close(Session session) {
        try {
            session.close();
        } catch (IOException gone) {
            throw new UncheckedIOException(gone);
        }
    }

    /** Tells the test, which is another process. */
    private static final class Recorder implements LivenessListener {

        private static final Path EVENTS = events();

        private static Path events() {
            try (InputStream path = DeployedEndpoint.class.getResourceAsStream("/" + FILE)) {
                return Path.of(new String(path.readAllBytes(), StandardCharsets.UTF_8));
            } catch (IOException unreadable) {
                throw new UncheckedIOException(unreadable);
            }
        }

        @Override
        public void onPong(LivenessEvent.Pong pong) {
            write("pong", pong.connection(), "");
        }

        @Override
        public void onReap(LivenessEvent.Reap reap) {
            write("reap", reap.connection(), reap.reason().name());
            reap.termination()
                    .thenAccept(end -> write(end.freed() ? "freed" : "not freed", reap.connection(), end.means()));
        }

        private static synchronized void write(String event, Connection about, String what) {
            String which = CASES.get(about.id());
            try {
                Files.writeString(
                        EVENTS,
                        String.join("\t", event, which, what) + "\n",
                        StandardOpenOption.CREATE,
                        StandardOpenOption.APPEND);
            } catch (IOException full) {
                throw new UncheckedIOException(full);
            }
        }
    }
}
