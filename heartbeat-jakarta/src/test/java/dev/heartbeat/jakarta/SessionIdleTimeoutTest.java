package dev.heartbeat.jakarta;

import static dev.heartbeat.jakarta.Bench.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.HeartbeatPolicy;
import dev.heartbeat.testkit.RawPeer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** The container's own idle timeout, which all containers count pings against, closes no session whose peer is alive. */
@Execution(ExecutionMode.CONCURRENT)
@ParameterizedClass(name = "{0}")
@MethodSource("dev.heartbeat.jakarta.Launcher#chosen")
class SessionIdleTimeoutTest {

    /** So long that a slow machine has two seconds to spare for each ping. */
    private static final Duration IDLE_TIMEOUT = Duration.ofSeconds(16);

    private static final HeartbeatPolicy POLICY = HeartbeatPolicy.builder()
            .pingInterval(Duration.ofSeconds(30))
            .pongTimeout(Duration.ofSeconds(60))
            .reapAfter(Duration.ofSeconds(60))
            .build();

    private final Launcher launcher;
    private final Bench bench = new Bench(POLICY);

    SessionIdleTimeoutTest(Launcher launcher) {
        this.launcher = launcher;
    }

    @AfterEach
    void end() {
        bench.close();
    }

    @Test
    void closesNoLiveSession() throws Exception {
        bench.serve(
                launcher,
                Endpoints.at("/before", session -> {
                    session.setMaxIdleTimeout(IDLE_TIMEOUT.toMillis());
                    SessionHeartbeat.attach(session, bench.detector);
                }),
                SessionHeartbeat.wrap(
                        Endpoints.at("/after", session -> session.setMaxIdleTimeout(IDLE_TIMEOUT.toMillis())),
                        bench.detector));
        List<RawPeer> peers = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            peers.add(bench.connect("/before").live());
            peers.add(bench.connect("/after").live());
        }

        long until = System.nanoTime() + Duration.ofSeconds(40).toNanos();
        await("idle for several timeouts").until(() -> System.nanoTime() - until > 0);

        assertThat(peers).noneMatch(RawPeer::hasEnded);
        assertThat(bench.events()).containsOnly("pong");
    }
}
