package dev.heartbeat.jakarta;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.HeartbeatPolicy;
import dev.heartbeat.LivenessEvent.Reap;
import dev.heartbeat.ReapReason;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** A close that the peer does not finish, of a session that was never pinged. */
@ParameterizedClass(name = "{0}")
@MethodSource("dev.heartbeat.jakarta.Launcher#chosen")
class UnfinishedCloseTest {

    private static final HeartbeatPolicy NO_PING_SOON = HeartbeatPolicy.builder()
            .pingInterval(Duration.ofHours(1))
            .pongTimeout(Duration.ofSeconds(1))
            .reapAfter(Duration.ofSeconds(1))
            .build();

    private final Launcher launcher;
    private final Bench bench = new Bench(NO_PING_SOON);

    UnfinishedCloseTest(Launcher launcher) {
        this.launcher = launcher;
    }

    @AfterEach
    void end() {
        bench.close();
    }

    @Test
    void isNotSaidToBeHinderedByAHandlerThatRanBeforeIt() throws Exception {
        bench.serve(launcher, Endpoints.at("/close", session -> {
            SessionHeartbeat.attach(session, bench.detector);
            SessionHeartbeat.busy(session).close();
            SessionHeartbeat.of(session).closing();
        }));

        bench.connect("/close").mute();

        Reap reap = bench.await(Reap.class);
        assertThat(reap.reason()).isEqualTo(ReapReason.CLOSE_UNFINISHED);
        assertThat(reap.evidence().hindrances()).isEmpty();
        assertThat(reap.explain()).contains(" since the close began");
    }
}
