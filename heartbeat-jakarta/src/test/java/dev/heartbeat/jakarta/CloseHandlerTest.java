package dev.heartbeat.jakarta;

import static dev.heartbeat.jakarta.Bench.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.heartbeat.Heartbeat;
import dev.heartbeat.LivenessEvent.Reap;
import dev.heartbeat.testkit.RawPeer;
import jakarta.websocket.CloseReason;
import jakarta.websocket.Session;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** The application's close handler runs inside the reap in most containers, and may do there what it likes. */
@ParameterizedClass(name = "{0}")
@MethodSource("dev.heartbeat.jakarta.Launcher#chosen")
class CloseHandlerTest {

    private static final Duration BOUND = Duration.ofSeconds(15);

    private final Launcher launcher;
    private final Bench bench = new Bench(Bench.QUICK);
    private final AtomicInteger closes = new AtomicInteger();
    private final CountDownLatch release = new CountDownLatch(1);

    CloseHandlerTest(Launcher launcher) {
        this.launcher = launcher;
    }

    /** What the application does when its session closes. */
    interface Handler {
        void onClose(Session session) throws Exception;
    }

    @AfterEach
    void end() {
        release.countDown();
        bench.close();
    }

    @Test
    void freesTheDescriptorWhileTheCloseHandlerSleeps() throws Exception {
        serve(session -> release.await(60, TimeUnit.SECONDS));

        RawPeer peer = bench.connect("/close").mute();

        bench.await(Reap.class);
        await("descriptor freed").atMost(BOUND).until(() -> !bench.holds(peer));
        assertThat(bench.termination().freed()).as(bench.termination().means()).isTrue();
        release.countDown();
        awaitNoThreadsLeft();
        awaitOneClose();
    }

    @Test
    void freesTheDescriptorWhenTheCloseHandlerThrows() throws Exception {
        serve(session -> {
            throw new IllegalStateException("thrown by the test");
        });

        RawPeer peer = bench.connect("/close").mute();

        bench.await(Reap.class);
        await("descriptor freed").atMost(BOUND).until(() -> !bench.holds(peer));
        assertThat(bench.termination().freed()).as(bench.termination().means()).isTrue();
        awaitNoThreadsLeft();
    }

    @Test
    void letsTheCloseHandlerCallBackIntoTheLibrary() throws Exception {
        AtomicInteger returned = new AtomicInteger();
        serve(session -> {
            Heartbeat heartbeat = SessionHeartbeat.of(session);
            heartbeat.closed();
            heartbeat.stop();
            heartbeat.probe();
            session.close();
            returned.incrementAndGet();
        });

        RawPeer peer = bench.connect("/close").mute();

        bench.await(Reap.class);
        await("descriptor freed").atMost(BOUND).until(() -> !bench.holds(peer));
        awaitNoThreadsLeft();
        await("the handler has returned").until(() -> returned.get() == 1);
        assertThat(bench.events()).containsExactly("timeout", "reap");
    }

    @Test
    void reapsOnceWhenTwoThreadsOfTheApplicationCloseAtTheSameTime() throws Exception {
        AtomicReference<Session> opened = new AtomicReference<>();
        serve(session -> {}, opened::set);
        RawPeer peer = bench.connect("/close").mute();
        List<Thread> closers = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            closers.add(new Thread(() -> {
                bench.await(Reap.class);
                try {
                    opened.get().close();
                } catch (IOException | RuntimeException closedAlready) {
                    assertThat(closedAlready).isNotNull();
                }
            }));
        }
        closers.forEach(Thread::start);

        bench.await(Reap.class);
        await("descriptor freed").atMost(BOUND).until(() -> !bench.holds(peer));
        assertThat(bench.termination().freed()).as(bench.termination().means()).isTrue();
        awaitNoThreadsLeft();
        for (Thread closer : closers) {
            closer.join(60_000);
            assertThat(closer.isAlive()).isFalse();
        }
        assertThat(bench.events()).containsExactly("timeout", "reap");
        awaitOneClose();
    }

    /** Tomcat, whose session counts as closed at once, takes up to 40 s of its own. */
    @Test
    void freesTheDescriptorOfASessionThatTheApplicationClosesButItsPeerDoesNot() throws Exception {
        assumeThat(launcher).isNotInstanceOf(TomcatLauncher.class);
        AtomicReference<Session> opened = new AtomicReference<>();
        serve(session -> SessionHeartbeat.of(session).closing(), opened::set);
        RawPeer peer = bench.connect("/close").mute();
        await("opened").until(() -> opened.get() != null);

        opened.get().close();

        bench.awaitFreed(peer);
    }

    private void serve(Handler handler) throws Exception {
        serve(handler, session -> {});
    }

    private void serve(Handler handler, Endpoints.Opening opening) throws Exception {
        bench.serve(
                launcher,
                Endpoints.of(
                        "/close",
                        () ->
                                new Endpoints.Scripted(session -> {
                                    SessionHeartbeat.attach(session, bench.detector);
                                    opening.open(session);
                                }) {
                                    @Override
                                    public void onClose(Session session, CloseReason reason) {
                                        closes.incrementAndGet();
                                        try {
                                            handler.onClose(session);
                                        } catch (RuntimeException thrown) {
                                            throw thrown;
                                        } catch (Exception interrupted) {
                                            throw new IllegalStateException(interrupted);
                                        }
                                    }
                                }));
    }

    /** Some containers call the handler on a thread of theirs, after the descriptor is free. */
    private void awaitOneClose() {
        await("the handler is called").until(() -> closes.get() > 0);
        assertThat(closes).hasValue(1);
    }

    private void awaitNoThreadsLeft() {
        String id = bench.heard.of(Reap.class).get(0).connection().id();
        await("no thread left")
                .until(() -> Thread.getAllStackTraces().keySet().stream()
                        .noneMatch(thread -> thread.getName().equals("heartbeat-close-" + id)));
    }
}
