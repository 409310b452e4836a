package dev.heartbeat.jakarta;

import static dev.heartbeat.jakarta.Bench.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.heartbeat.LivenessEvent.Pong;
import dev.heartbeat.LivenessEvent.Reap;
import dev.heartbeat.testkit.RawPeer;
import jakarta.websocket.RemoteEndpoint;
import jakarta.websocket.Session;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** An application that collects its messages in batches leaves no ping in them. */
@Execution(ExecutionMode.CONCURRENT)
@ParameterizedClass(name = "{0}")
@MethodSource("dev.heartbeat.jakarta.Launcher#chosen")
class BatchingTest {

    private enum Remote {
        ASYNC(Session::getAsyncRemote),
        BASIC(Session::getBasicRemote);

        private final Function<Session, RemoteEndpoint> of;

        Remote(Function<Session, RemoteEndpoint> of) {
            this.of = of;
        }
    }

    private final Launcher launcher;
    private final Bench bench = new Bench(Bench.PATIENT);

    BatchingTest(Launcher launcher) {
        this.launcher = launcher;
    }

    @AfterEach
    void end() {
        bench.close();
    }

    @ParameterizedTest
    @EnumSource
    void asksAnIdlePeerBehindABatch(Remote remote) throws Exception {
        assumeTrue(remote == Remote.ASYNC || launcher.takesBlockingSends(), "there is no such remote in a handler");
        serve(remote, new CompletableFuture<>());

        RawPeer peer = bench.connect("/batching").live();

        await("round trips").until(() -> bench.heard.of(Pong.class).size() >= 3);
        assertThat(peer.pings()).isGreaterThanOrEqualTo(3);
        assertThat(bench.heard.of(Reap.class)).isEmpty();
    }

    @Test
    void breaksNoMessageThatIsUnderWay() throws Exception {
        CompletableFuture<Session> opened = new CompletableFuture<>();
        serve(Remote.ASYNC, opened);
        RawPeer peer = bench.connect("/batching").live();
        Session session = opened.get(60, TimeUnit.SECONDS);

        session.getBasicRemote().sendText("half a ", false);
        int before = peer.pings();
        await("pings in the middle of the message").until(() -> peer.pings() >= before + 3);
        session.getBasicRemote().sendText("message", true);
        session.getAsyncRemote().flushBatch();

        assertThat(peer.awaitData().text() + peer.awaitData().text()).isEqualTo("half a message");
        assertThat(peer.hasEnded()).isFalse();
    }

    @Test
    void freesADeadPeerBehindABatch() throws Exception {
        CompletableFuture<Session> opened = new CompletableFuture<>();
        serve(Remote.ASYNC, opened);
        RawPeer peer = bench.connect("/batching").mute();
        var unused = opened.get(60, TimeUnit.SECONDS).getAsyncRemote().sendText("in the batch");

        bench.judge(Bench.QUICK);

        bench.await(Reap.class);
        bench.awaitFreed(peer);
    }

    private void serve(Remote remote, CompletableFuture<Session> opened) throws Exception {
        bench.serve(launcher, Endpoints.at("/batching", session -> {
            remote.of.apply(session).setBatchingAllowed(true);
            bench.watches(SessionHeartbeat.attach(session, bench.detector));
            opened.complete(session);
        }));
    }
}
