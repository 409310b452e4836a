package dev.heartbeat.jakarta;

import dev.heartbeat.Heartbeat;
import dev.heartbeat.HeartbeatPolicy;
import dev.heartbeat.LivenessEvent;
import dev.heartbeat.Termination;
import dev.heartbeat.ZombieDetector;
import dev.heartbeat.testkit.Descriptors;
import dev.heartbeat.testkit.RawPeer;
import dev.heartbeat.testkit.RecordingListener;
import jakarta.websocket.server.ServerEndpointConfig;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;

/** A container, a detector, what its listener heard, and peers; all of it ended at the end of the test. */
final class Bench implements AutoCloseable {

    /** Finds a zombie in about a second. */
    static final HeartbeatPolicy QUICK = HeartbeatPolicy.builder()
            .pingInterval(Duration.ofMillis(300))
            .pongTimeout(Duration.ofMillis(200))
            .reapAfter(Duration.ofMillis(600))
            .build();

    /** Pings often, but suspects nobody for as long as a slow machine may take. */
    static final HeartbeatPolicy PATIENT = HeartbeatPolicy.builder()
            .pingInterval(Duration.ofMillis(100))
            .pongTimeout(Duration.ofSeconds(60))
            .reapAfter(Duration.ofSeconds(60))
            .build();

    /** So long that slowness is never a failure. */
    static final Duration LIMIT = Duration.ofSeconds(60);

    final RecordingListener heard = new RecordingListener();
    final ZombieDetector detector;
    private final List<Closeable> closeables = new ArrayList<>();
    private final CompletableFuture<Heartbeat> watched = new CompletableFuture<>();
    private Launcher.Running server;

    Bench(HeartbeatPolicy policy) {
        detector = ZombieDetector.create(policy, heard);
    }

    Bench serve(Launcher launcher, ServerEndpointConfig... configs) throws Exception {
        return serve(launcher, Launcher.Deployment.of(configs));
    }

    Bench serve(Launcher launcher, Launcher.Deployment deployment) throws Exception {
        server = launcher.start(deployment);
        return this;
    }

    /** Serves one endpoint at {@code /attached} whose sessions are attached. */
    Bench serveAttached(Launcher launcher) throws Exception {
        return serve(
                launcher, Endpoints.at("/attached", session -> watches(SessionHeartbeat.attach(session, detector))));
    }

    /** Keeps the heartbeat of the first session, for {@link #judge}. */
    void watches(Heartbeat heartbeat) {
        watched.complete(heartbeat);
    }

    /**
     * Changes the policy of the first session. What comes before is a matter of patience, so that nobody is judged for a slow
     * start.
     */
    void judge(HeartbeatPolicy policy) throws Exception {
        watched.get(LIMIT.toSeconds(), TimeUnit.SECONDS).policy(policy);
    }

    /** Waits for something to come true, which is looked at so often that how long it took says something. */
    static ConditionFactory await(String what) {
        return Awaitility.await(what)
                .atMost(LIMIT)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(5))
                .pollInSameThread();
    }

    Launcher.Running server() {
        return server;
    }

    RawPeer connect(String path) throws IOException {
        return closing(RawPeer.connect(server.uri(path)));
    }

    <C extends Closeable> C closing(C closeable) {
        closeables.add(closeable);
        return closeable;
    }

    /** All events so far, by name, but for what is told of peers that answer oddly, and of a machine that is slow. */
    List<String> events() {
        return heard.events().stream()
                .filter(event -> !(event instanceof LivenessEvent.Quirky
                        || event instanceof LivenessEvent.Stall
                        || event instanceof LivenessEvent.Lag))
                .map(event -> event.getClass().getSimpleName().toLowerCase(Locale.ROOT))
                .toList();
    }

    <E extends LivenessEvent> E await(Class<E> type) {
        await(type.getSimpleName()).until(() -> !heard.of(type).isEmpty());
        return heard.of(type).get(0);
    }

    /** What became of the first reap. */
    Termination termination() throws Exception {
        return await(LivenessEvent.Reap.class)
                .termination()
                .toCompletableFuture()
                .get(LIMIT.toSeconds(), TimeUnit.SECONDS);
    }

    /** Waits until the server holds no descriptor for the peer. */
    void awaitFreed(RawPeer peer) {
        await("descriptor of " + peer.localPort() + " freed")
                .until(() -> !Descriptors.isHeld(server.port(), peer.localPort()));
    }

    boolean holds(RawPeer peer) {
        return Descriptors.isHeld(server.port(), peer.localPort());
    }

    @Override
    public void close() {
        for (Closeable closeable : closeables) {
            try {
                closeable.close();
            } catch (IOException gone) {
                throw new UncheckedIOException(gone);
            }
        }
        detector.close();
        if (server != null) {
            server.close();
        }
    }
}
