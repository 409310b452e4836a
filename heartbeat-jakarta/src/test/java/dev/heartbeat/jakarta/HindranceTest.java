package dev.heartbeat.jakarta;

import static dev.heartbeat.jakarta.Bench.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.heartbeat.HeartbeatPolicy;
import dev.heartbeat.LivenessEvent.Pong;
import dev.heartbeat.LivenessEvent.Reap;
import dev.heartbeat.testkit.Frame;
import dev.heartbeat.testkit.RawPeer;
import jakarta.websocket.OnError;
import jakarta.websocket.OnMessage;
import jakarta.websocket.OnOpen;
import jakarta.websocket.Session;
import jakarta.websocket.server.PathParam;
import jakarta.websocket.server.ServerEndpoint;
import jakarta.websocket.server.ServerEndpointConfig;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Pongs queue behind the application's own handler, in every container. */
@Execution(ExecutionMode.CONCURRENT)
@ParameterizedClass(name = "{0}")
@MethodSource("dev.heartbeat.jakarta.Launcher#chosen")
class HindranceTest {

    /** In force only while the handler runs: live peers must not be reaped for a slow machine before that and after. */
    private static final HeartbeatPolicy QUICK =
            Bench.QUICK.toBuilder().reapAfter(Duration.ofMillis(1_500)).build();

    /** Several times as long as it takes to reap a peer that is not heard. */
    private static final Duration LONG = QUICK.detectionTime().multipliedBy(3);

    /** By container. */
    private static final Map<String, HindranceTest> RUNNING = new ConcurrentHashMap<>();

    private final Launcher launcher;
    private final CountDownLatch entered = new CountDownLatch(1);
    private final CountDownLatch release = new CountDownLatch(1);
    private final Bench bench = new Bench(Bench.PATIENT);

    HindranceTest(Launcher launcher) {
        this.launcher = launcher;
    }

    @AfterEach
    void end() {
        release.countDown();
        RUNNING.remove(launcher.toString(), this);
        bench.close();
    }

    @Test
    void sparesAPeerBehindASlowHandlerOfAWrappedEndpoint() throws Exception {
        bench.serve(launcher, wrapped());

        assertSpared();
    }

    @Test
    void sparesAPeerBehindASlowOpeningOfAWrappedEndpoint() throws Exception {
        bench.serve(
                launcher,
                SessionHeartbeat.wrap(
                        Endpoints.at("/slow", session -> {
                            bench.watches(SessionHeartbeat.of(session));
                            block();
                        }),
                        bench.detector));
        bench.connect("/slow").live();

        assertThat(entered.await(60, TimeUnit.SECONDS)).isTrue();
        blockForLong();

        await("pongs").until(() -> bench.heard.of(Pong.class).size() >= 2);
        assertThat(bench.heard.of(Reap.class)).isEmpty();
    }

    @Test
    void sparesAPeerBehindAHandlerThatSaysItIsBusy() throws Exception {
        bench.serve(launcher, Endpoints.at("/slow", session -> {
            bench.watches(SessionHeartbeat.attach(session, bench.detector));
            session.addMessageHandler(String.class, text -> {
                SessionHeartbeat.Busy busy = SessionHeartbeat.busy(session);
                block();
                busy.close();
                busy.close();
            });
        }));

        assertSpared();
    }

    @Test
    void sparesAPeerBehindAHandlerOfAnAttachedSessionThatHandlesItsMessageByOneCall() throws Exception {
        RUNNING.put(launcher.toString(), this);
        bench.serve(launcher, Launcher.Deployment.of(Annotated.class));

        assertSpared("/slow/" + launcher);
    }

    /** It is frozen when it is asked; a live one is spared beyond the cap, by its pong that lies unread. */
    @Test
    void sparesADeadPeerNoLongerThanTheCap() throws Exception {
        assumeThat(launcher.runsHandlersOnIoThreads())
                .as("a ping waits for the thread on which the handler runs")
                .isFalse();
        HeartbeatPolicy capped =
                QUICK.toBuilder().hindranceCap(Duration.ofSeconds(1)).build();
        bench.serve(launcher, wrapped());

        RawPeer peer = bench.connect("/slow").mute();
        peer.send(Frame.text("work"));
        assertThat(entered.await(60, TimeUnit.SECONDS)).isTrue();
        bench.judge(capped);

        bench.await(Reap.class);
        release.countDown();
        bench.awaitFreed(peer);
    }

    private ServerEndpointConfig wrapped() {
        return SessionHeartbeat.wrap(
                Endpoints.at("/slow", session -> {
                    bench.watches(SessionHeartbeat.of(session));
                    session.addMessageHandler(String.class, text -> block());
                }),
                bench.detector);
    }

    private void assertSpared() throws Exception {
        assertSpared("/slow");
    }

    private void assertSpared(String path) throws Exception {
        RawPeer peer = bench.connect(path).live();
        bench.await(Pong.class);
        peer.send(Frame.text("work"));
        assertThat(entered.await(60, TimeUnit.SECONDS)).isTrue();
        long before = bench.heard.of(Pong.class).size();

        blockForLong();

        await("pongs again").until(() -> bench.heard.of(Pong.class).size() >= before + 2);
        assertThat(bench.heard.of(Reap.class)).isEmpty();
        assertThat(bench.holds(peer)).isTrue();
    }

    private void blockForLong() throws Exception {
        bench.judge(QUICK);
        long until = System.nanoTime() + LONG.toNanos();
        await("the handler has run for long").until(() -> System.nanoTime() - until > 0);
        bench.judge(Bench.PATIENT);
        release.countDown();
    }

    private void block() {
        entered.countDown();
        try {
            release.await(60, TimeUnit.SECONDS);
        } catch (InterruptedException reaped) {
            Thread.currentThread().interrupt();
        }
    }

    /** An endpoint as the documents have it; made by the container, so that it finds its test by its path. */
    @ServerEndpoint("/slow/{container}")
    public static class Annotated {

        @OnOpen
        public void open(@PathParam("container") String container, Session session) {
            Bench bench = RUNNING.get(container).bench;
            bench.watches(SessionHeartbeat.attach(session, bench.detector));
        }

        @OnMessage
        public String hear(@PathParam("container") String container, String message, Session session) {
            return SessionHeartbeat.handleMessage(session, () -> {
                RUNNING.get(container).block();
                return message;
            });
        }

        @OnError
        public void error(Throwable gone) {
            // its peer goes without a close frame at the end of the test
        }
    }
}
