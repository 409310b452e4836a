package dev.heartbeat.jakarta;

import static dev.heartbeat.jakarta.Bench.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.heartbeat.LivenessEvent.Reap;
import dev.heartbeat.ZombieDetector;
import dev.heartbeat.testkit.Frame;
import dev.heartbeat.testkit.RawPeer;
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

        await("found")
                .until(() -> bench.events().contains("reap") || bench.events().contains("closed"));

        await("its descriptor freed").until(() -> !bench.holds(peer));
        await("no longer open").until(() -> !ghost.isOpen());
        await("no longer watched").until(() -> bench.detector.watched() == 0);
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
            await("none watched").until(() -> detector.watched() == 0);
            // A thread of the container may keep the last session that it served, until it serves another.
            await("none kept").until(() -> kept(references) <= 20);
        }
    }

    private void openAndClose() throws Exception {
        List<RawPeer> peers = new ArrayList<>();
        for (int i = 0; i < TOGETHER; i++) {
            peers.add(RawPeer.connect(bench.server().uri("/many")).live());
        }
        for (RawPeer peer : peers) {
            peer.send(Frame.close(1000));
            await("end of stream").until(peer::hasEnded);
            peer.close();
        }
    }

    private static long kept(Collection<? extends WeakReference<?>> references) {
        System.gc();
        return references.stream().filter(reference -> reference.get() != null).count();
    }
}
