package dev.heartbeat.jakarta;

import static dev.heartbeat.jakarta.Bench.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.HeartbeatPolicy;
import dev.heartbeat.LivenessEvent.Reap;
import dev.heartbeat.testkit.RawPeer;
import jakarta.websocket.SendResult;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** A live peer that takes a large message in slowly is neither reaped nor harmed by a ping. */
@Execution(ExecutionMode.CONCURRENT)
@ParameterizedClass(name = "{0}")
@MethodSource("dev.heartbeat.jakarta.Launcher#chosen")
class SlowDownloadTest {

    /** Shorter than the download by far, longer than the kernel's own buffers take to drain on a busy machine. */
    private static final HeartbeatPolicy IMPATIENT = HeartbeatPolicy.builder()
            .pingInterval(Duration.ofMillis(300))
            .pongTimeout(Duration.ofMillis(500))
            .reapAfter(Duration.ofSeconds(10))
            .build();

    private final Launcher launcher;
    private Bench bench = new Bench(IMPATIENT);
    private final BlockingQueue<SendResult> results = new LinkedBlockingQueue<>();

    SlowDownloadTest(Launcher launcher) {
        this.launcher = launcher;
    }

    @AfterEach
    void end() {
        bench.close();
    }

    @Test
    void sparesAPeerThatTakesALargeMessageInSlowly() throws Exception {
        // Tomcat gives up on a ping, and on the session with it, after 20 s behind a message; here after half of them,
        // which is half of the download as well.
        assertSpared(40 << 20, 2 << 20, Map.of("org.apache.tomcat.websocket.BLOCKING_SEND_TIMEOUT", 10_000L));
    }

    /** Twice as long as Tomcat lets a ping wait, which it does at least once the kernel has taken what it takes. */
    @Tag("stress-long")
    @Test
    void sparesADownloadOfFortySecondsInAContainerWithItsDefaults() throws Exception {
        bench.close();
        // The default patience: on the loopback interface the kernel takes megabytes at a time.
        bench = new Bench(
                IMPATIENT.toBuilder().reapAfter(Duration.ofSeconds(30)).build());
        assertSpared(10 << 20, 250_000, Map.of());
    }

    private void assertSpared(int size, int bytesPerSecond, Map<String, Object> settings) throws Exception {
        bench.serve(launcher, Endpoints.at("/download", session -> {
            session.getUserProperties().putAll(settings);
            SessionHeartbeat.attach(session, bench.detector);
            session.getAsyncRemote().sendBinary(ByteBuffer.allocate(size), results::add);
        }));

        RawPeer peer = bench.closing(
                        RawPeer.connect(bench.server().uri("/download")).slow(bytesPerSecond))
                .live();

        SendResult result = results.poll(240, TimeUnit.SECONDS);
        assertThat(result).isNotNull();
        assertThat(result.getException()).isNull();
        int arrived = 0;
        while (arrived < size) {
            arrived += peer.awaitData().payload().length;
        }
        await("a round trip after the download, or a reap")
                .until(() -> bench.events().stream().anyMatch(List.of("pong", "reap")::contains));
        assertThat(bench.heard.of(Reap.class)).extracting(Reap::explain).isEmpty();
        assertThat(bench.holds(peer)).isTrue();
    }
}
