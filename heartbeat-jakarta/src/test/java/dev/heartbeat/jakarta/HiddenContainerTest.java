package dev.heartbeat.jakarta;

import static dev.heartbeat.jakarta.Bench.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.LivenessEvent.Pong;
import dev.heartbeat.ReapReason;
import dev.heartbeat.testkit.RawPeer;
import jakarta.websocket.CloseReason;
import jakarta.websocket.EndpointConfig;
import jakarta.websocket.Session;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A slow reader of a wrapped endpoint, in a container whose own classes are out of reach: little more is known than what the
 * endpoint has sent; and its twin, frozen in the middle.
 */
@Execution(ExecutionMode.CONCURRENT)
@ParameterizedClass(name = "{0}")
@MethodSource("dev.heartbeat.jakarta.Launcher#chosen")
class HiddenContainerTest {

    private final Launcher launcher;
    private final Bench bench = new Bench(Bench.PATIENT);
    private final Verdicts verdicts = new Verdicts(bench.heard);
    private final CompletableFuture<Session> opened = new CompletableFuture<>();

    HiddenContainerTest(Launcher launcher) {
        this.launcher = launcher;
    }

    @AfterEach
    void end() {
        bench.close();
    }

    @Test
    void isNotReaped() throws Exception {
        RawPeer peer = slowReader();

        verdicts.staysAliveUntil("it has read all", () -> peer.taken() >= Download.BYTES);

        int before = pongs();
        verdicts.staysAliveUntil("it answers again", () -> pongs() >= before + 2);
    }

    @Test
    void isReapedAfterTheAllowanceIfItFreezes() throws Exception {
        RawPeer peer = slowReader();
        verdicts.staysAliveUntil("it has read a quarter", () -> peer.taken() > Download.BYTES / 4);

        peer.freeze();

        // Jetty tells the two ends even so, and of what stands the kernel is asked.
        verdicts.isReapedWithin(
                Download.BOUND,
                launcher instanceof JettyLauncher
                        ? new ReapReason[] {ReapReason.PING_STUCK, ReapReason.NOT_ANSWERED}
                        : new ReapReason[] {ReapReason.NO_ANSWER});
    }

    private RawPeer slowReader() throws Exception {
        bench.serve(launcher, Endpoints.of("/hidden", Hidden::new));
        RawPeer peer = bench.connect("/hidden").slow(Download.BYTES_PER_SECOND).live();
        await("a round trip").until(() -> pongs() > 0);
        Session session = opened.get(Bench.LIMIT.toSeconds(), TimeUnit.SECONDS);
        assertThat(TransportConnection.find(SessionProxy.unwrap(session))).isEmpty();
        Watch.find(SessionProxy.unwrap(session)).heartbeat().policy(Download.POLICY);
        Download.begin(session);
        return peer;
    }

    private int pongs() {
        return bench.heard.of(Pong.class).size();
    }

    /** Stands between the container and what {@link SessionHeartbeat#wrap} puts there, and hides the container. */
    private final class Hidden extends Endpoints.Scripted {

        private final WatchedEndpoint wrapped = new WatchedEndpoint(
                new Endpoints.Scripted(opened::complete), Endpoints.at("/hidden", session -> {}), bench.detector);

        Hidden() {
            super(session -> {});
        }

        @Override
        public void onOpen(Session session, EndpointConfig config) {
            wrapped.onOpen(apiOnly(session), config);
        }

        @Override
        public void onClose(Session session, CloseReason reason) {
            wrapped.onClose(apiOnly(session), reason);
        }

        private static Session apiOnly(Session session) {
            return (Session) Proxy.newProxyInstance(
                    HiddenContainerTest.class.getClassLoader(),
                    new Class<?>[] {Session.class},
                    (proxy, method, arguments) -> {
                        try {
                            return method.invoke(session, arguments);
                        } catch (InvocationTargetException thrown) {
                            throw thrown.getCause();
                        }
                    });
        }
    }
}
