package dev.heartbeat.jakarta.spring;

import dev.heartbeat.HeartbeatPolicy;
import dev.heartbeat.LivenessEvent;
import dev.heartbeat.Termination;
import dev.heartbeat.ZombieDetector;
import dev.heartbeat.testkit.Descriptors;
import dev.heartbeat.testkit.RawPeer;
import dev.heartbeat.testkit.RecordingListener;
import java.io.Closeable;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.web.context.support.AnnotationConfigWebApplicationContext;
import org.springframework.web.servlet.DispatcherServlet;

/** A Spring application on a server, its detector, what that told, and peers. */
final class SpringBench implements AutoCloseable {

    static final HeartbeatPolicy POLICY = HeartbeatPolicy.builder()
            .pingInterval(Duration.ofMillis(300))
            .pongTimeout(Duration.ofMillis(200))
            .reapAfter(Duration.ofSeconds(3))
            .build();

    /** Longer than it takes to reap a peer that is not heard. */
    static final Duration LONG = POLICY.detectionTime().plusSeconds(2);

    final RecordingListener heard = new RecordingListener();
    final ZombieDetector detector = ZombieDetector.create(POLICY, heard);
    private final List<Closeable> closeables = new ArrayList<>();
    private final Host.Running server;

    SpringBench(Host host, Recorder recorder, Class<?> configuration) throws Exception {
        Host.hush();
        GenericApplicationContext given = new GenericApplicationContext();
        given.registerBean(Host.class, () -> host);
        given.registerBean(Recorder.class, () -> recorder);
        given.registerBean(ZombieDetector.class, () -> detector);
        given.refresh();
        AnnotationConfigWebApplicationContext application = new AnnotationConfigWebApplicationContext();
        application.setParent(given);
        application.register(configuration);
        server = host.start(new DispatcherServlet(application));
    }

    /** A peer that is watched. */
    RawPeer dial(String path) throws Exception {
        int before = detector.watched();
        RawPeer peer = connect(path);
        await("the peer is watched").until(() -> detector.watched() > before);
        return peer;
    }

    RawPeer connect(String path) throws Exception {
        RawPeer peer = RawPeer.connect(URI.create("ws://127.0.0.1:" + server.port() + path));
        closeables.add(peer);
        return peer;
    }

    URI http(String path) {
        return URI.create("http://127.0.0.1:" + server.port() + path);
    }

    <E extends LivenessEvent> E await(Class<E> type) {
        await(type.getSimpleName()).until(() -> !heard.of(type).isEmpty());
        return heard.of(type).get(0);
    }

    /** Of the first reap. */
    Termination termination() throws Exception {
        return await(LivenessEvent.Reap.class)
                .termination()
                .toCompletableFuture()
                .get(60, TimeUnit.SECONDS);
    }

    boolean holds(RawPeer peer) {
        return Descriptors.isHeld(server.port(), peer.localPort());
    }

    void awaitLong() {
        long start = System.nanoTime();
        await("a peer that is not heard would have been reaped")
                .until(() -> System.nanoTime() - start > LONG.toNanos());
    }

    static ConditionFactory await(String what) {
        return Awaitility.await(what).atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofMillis(10));
    }

    @Override
    public void close() throws IOException {
        for (Closeable closeable : closeables) {
            closeable.close();
        }
        detector.close();
        server.end().run();
    }
}
