package dev.heartbeat.jakarta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.heartbeat.LivenessEvent.Reap;
import dev.heartbeat.ZombieDetector;
import jakarta.websocket.SendResult;
import jakarta.websocket.Session;
import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Sessions that a container forgot to close are found, and those that have ended are forgotten. */
@ParameterizedClass(name = "{0}")
@MethodSource("dev.heartbeat.jakarta.Launcher#chosen")
class GhostTest {

    private static final int TOGETHER = 50;

    private final Launcher launcher;
    private Bench bench;

    GhostTest(Launcher launcher) {
        this.launcher = launcher;
    }

    @AfterEach
    void end() {
        if (bench != null) {
            bench.close();
        }
    }

    /** After an asynchronous send has timed out, Tomcat 11 frees the descriptor and calls nobody. */
    @Test
    void findsASessionThatTomcatForgotToClose() throws Exception {
        assumeTrue(launcher instanceof TomcatLauncher, "the other containers close the session");
        bench = new Bench(Bench.PATIENT);
        BlockingQueue<SendResult> results = new LinkedBlockingQueue<>();
        BlockingQueue<Session> opened = new LinkedBlockingQueue<>();
        bench.serve(launcher, Endpoints.at("/ghost", session -> {
            session.getAsyncRemote().setSendTimeout(300);
            bench.watches(SessionHeartbeat.attach(session, bench.detector));
            opened.add(session);
        }));
        RawPeer peer = bench.connect("/ghost");
        Session ghost = opened.poll(60, TimeUnit.SECONDS);
        assertThat(ghost).isNotNull();
        ghost.getAsyncRemote().setSendTimeout(300);
        ghost.getAsyncRemote().sendBinary(ByteBuffer.allocate(16 << 20), results::add);
        SendResult result = results.poll(60, TimeUnit.SECONDS);
        assertThat(result).isNotNull();
        assertThat(result.isOK()).isFalse();
        bench.judge(Bench.QUICK.toBuilder().reapAfter(Duration.ofSeconds(5)).build());

        Await.until(
                "found", () -> bench.events().contains("reap") || bench.events().contains("closed"));

        Await.until("its descriptor freed", () -> !bench.holds(peer));
        Await.until("no longer open", () -> !ghost.isOpen());
        Await.until("no longer watched", () -> bench.detector.watched() == 0);
        assertThat(bench.heard.of(Reap.class)).hasSizeLessThanOrEqualTo(1);
    }

    @Test
    void keepsNothingOfSessionsThatHaveEnded() throws Exception {
        assertNothingKept(300);
    }

    @Tag("stress-long")
    @Test
    void keepsNothingOfTenThousandSessionsThatHaveEnded() throws Exception {
        assertNothingKept(10_000);
    }

    private void assertNothingKept(int count) throws Exception {
        bench = new Bench(Bench.PATIENT);
        Collection<WeakReference<Object>> references = new ConcurrentLinkedQueue<>();
        // Without the bench's listener, which keeps every event and so its connection.
        try (ZombieDetector detector = ZombieDetector.create(Bench.PATIENT)) {
            bench.serve(launcher, Endpoints.at("/many", session -> {
                references.add(new WeakReference<>(SessionHeartbeat.attach(session, detector)));
                references.add(new WeakReference<>(session));
            }));
            for (int opened = 0; opened < count; opened += TOGETHER) {
                openAndClose();
            }

            assertThat(references).hasSize(2 * count);
            Await.until("none watched", () -> detector.watched() == 0);
            // A thread of the container may keep the last session that it served, until it serves another.
            Await.until("none kept", () -> kept(references) <= 20);
        }
    }

    private void openAndClose() throws Exception {
        List<RawPeer> peers = new ArrayList<>();
        for (int i = 0; i < TOGETHER; i++) {
            peers.add(RawPeer.connect(bench.server().uri("/many")).live());
        }
        for (RawPeer peer : peers) {
            peer.send(Frame.close(1000));
            Await.until("end of stream", peer::hasEnded);
            peer.close();
        }
    }

    private static long kept(Collection<? extends WeakReference<?>> references) {
        System.gc();
        return references.stream().filter(reference -> reference.get() != null).count();
    }
}
