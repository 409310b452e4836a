package dev.heartbeat.jakarta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.when;

import jakarta.websocket.Session;
import java.time.Duration;
import java.util.HashMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SettingsWarningsTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final SettingsWarnings warnings = new SettingsWarnings();
    private final Session session = SessionHeartbeatTest.session("s-1", new HashMap<>());

    @Test
    void warnsOnceOfAnIdleTimeoutThatFiresBeforeAVerdictIsDue() {
        when(session.getMaxIdleTimeout()).thenReturn(30_000L);

        assertThat(warnings.check(session, PATIENCE)).isTrue();
        assertThat(warnings.check(session, PATIENCE)).isFalse();
    }

    @Test
    void hasNothingToSayOfALongerIdleTimeoutOrNone() {
        when(session.getMaxIdleTimeout()).thenReturn(30_001L, 0L, -1L);

        assertThat(warnings.check(session, PATIENCE)).isFalse();
        assertThat(warnings.check(session, PATIENCE)).isFalse();
        assertThat(warnings.check(session, PATIENCE)).isFalse();
    }

    @Test
    void putsUpWithASessionThatRefusesToTell() {
        when(session.getMaxIdleTimeout()).thenThrow(new IllegalStateException("closed"));

        assertThat(warnings.check(session, PATIENCE)).isFalse();
    }

    /** With their defaults: Jetty's idle timeout is 30 s, and Undertow runs handlers on its I/O threads. */
    @ParameterizedTest
    @MethodSource("dev.heartbeat.jakarta.Launcher#chosen")
    void warnsOfTheDefaultsOfJettyAndUndertowOnly(Launcher launcher) throws Exception {
        BlockingQueue<Boolean> warned = new LinkedBlockingQueue<>();
        try (Bench bench = new Bench(Bench.PATIENT)) {
            bench.serve(launcher, Endpoints.at("/", session -> warned.add(warnings.check(session, PATIENCE))));
            bench.connect("/");

            assertThat(warned.poll(60, TimeUnit.SECONDS))
                    .isEqualTo(launcher instanceof JettyLauncher || launcher instanceof UndertowLauncher);
        }
    }
}
