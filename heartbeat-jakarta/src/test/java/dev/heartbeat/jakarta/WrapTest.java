package dev.heartbeat.jakarta;

import static dev.heartbeat.jakarta.Bench.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.heartbeat.LivenessEvent.Closed;
import dev.heartbeat.LivenessEvent.Reap;
import dev.heartbeat.testkit.Frame;
import dev.heartbeat.testkit.RawPeer;
import jakarta.websocket.CloseReason;
import jakarta.websocket.Session;
import jakarta.websocket.server.ServerEndpointConfig;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** An endpoint that knows nothing of Heartbeat, deployed through {@link SessionHeartbeat#wrap}. */
@ParameterizedClass(name = "{0}")
@MethodSource("dev.heartbeat.jakarta.Launcher#chosen")
class WrapTest {

    private final Launcher launcher;
    private final BlockingQueue<CloseReason> closes = new LinkedBlockingQueue<>();
    private Bench bench;

    WrapTest(Launcher launcher) {
        this.launcher = launcher;
    }

    @AfterEach
    void end() {
        if (bench != null) {
            bench.close();
        }
    }

    @Test
    void watchesAnEndpointThatStaysAsItIs() throws Exception {
        bench = new Bench(Bench.PATIENT);
        serveWrapped(session -> session.addMessageHandler(
                String.class, text -> session.getAsyncRemote().sendText("echo " + text)));

        RawPeer peer = bench.connect("/wrapped").live();
        peer.send(Frame.text("hello"));

        assertThat(peer.await(Frame.TEXT).text()).isEqualTo("echo hello");
        await("round trips").until(() -> bench.events().size() >= 2);
        assertThat(bench.events()).containsOnly("pong");
    }

    @Test
    void reapsAndTellsTheEndpoint() throws Exception {
        bench = new Bench(Bench.QUICK);
        serveWrapped(session -> {});

        RawPeer peer = bench.connect("/wrapped").mute();

        bench.await(Reap.class);
        bench.awaitFreed(peer);
        assertThat(closes.poll(60, TimeUnit.SECONDS)).isNotNull();
        assertThat(bench.events()).containsExactly("timeout", "reap");
    }

    @Test
    void noticesACloseAtOnce() throws Exception {
        bench = new Bench(Bench.PATIENT);
        serveWrapped(session -> {});
        RawPeer peer = bench.connect("/wrapped").live();
        peer.await(Frame.PING);

        peer.send(Frame.close(1000));

        assertThat(closes.poll(60, TimeUnit.SECONDS).getCloseCode()).isEqualTo(CloseReason.CloseCodes.NORMAL_CLOSURE);
        bench.await(Closed.class);
        assertThat(bench.events()).doesNotContain("timeout", "reap").endsWith("closed");
    }

    @Test
    void servesOnUnwatchedAfterTheDetectorWasClosed() throws Exception {
        bench = new Bench(Bench.PATIENT);
        serveWrapped(session -> session.addMessageHandler(
                String.class, text -> session.getAsyncRemote().sendText("echo " + text)));
        bench.detector.close();

        RawPeer peer = bench.connect("/wrapped").live();
        peer.send(Frame.text("hello"));

        assertThat(peer.await(Frame.TEXT).text()).isEqualTo("echo hello");
    }

    @Test
    void refusesAnAnnotatedClass() {
        ServerEndpointConfig config =
                ServerEndpointConfig.Builder.create(String.class, "/").build();

        try (Bench unused = new Bench(Bench.PATIENT)) {
            assertThatExceptionOfType(IllegalArgumentException.class)
                    .isThrownBy(() -> SessionHeartbeat.wrap(config, unused.detector))
                    .withMessageContaining("attach")
                    .withMessageContaining("java.lang.String");
        }
    }

    private void serveWrapped(Endpoints.Opening opening) throws Exception {
        ServerEndpointConfig config = Endpoints.of("/wrapped", () -> new Endpoints.Scripted(opening) {
            @Override
            public void onClose(Session session, CloseReason reason) {
                closes.add(reason);
            }
        });
        bench.serve(launcher, SessionHeartbeat.wrap(config, bench.detector));
    }
}
