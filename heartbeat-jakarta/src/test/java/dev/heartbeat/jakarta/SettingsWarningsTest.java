package dev.heartbeat.jakarta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;
import static org.mockito.Mockito.withSettings;

import dev.heartbeat.HeartbeatPolicy;
import dev.heartbeat.ZombieDetector;
import jakarta.websocket.Session;
import jakarta.websocket.WebSocketContainer;
import java.time.Duration;
import java.util.HashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@Isolated("reads what is logged")
class SettingsWarningsTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String IDLE = "session.setMaxIdleTimeout(0)";
    private static final String THREADS =
            "setDispatchToWorkerThread(true), in Spring Boot in an UndertowDeploymentInfoCustomizer";

    @RegisterExtension
    final LogCapture log = new LogCapture();

    private final ZombieDetector detector = ZombieDetector.create(HeartbeatPolicy.defaults());
    private final Session session = SessionHeartbeatTest.session("s-1", new HashMap<>());

    @AfterEach
    void end() {
        detector.close();
    }

    @Test
    void warnsOfAnIdleTimeoutThatFiresBeforeAVerdictIsDueOnceForEachDetector() {
        when(session.getMaxIdleTimeout()).thenReturn(30_000L);

        SettingsWarnings.check(session, PATIENCE, detector);
        SettingsWarnings.check(session, PATIENCE, detector);
        assertThat(log.text()).containsOnlyOnce(IDLE);

        try (ZombieDetector another = ZombieDetector.create(HeartbeatPolicy.defaults())) {
            SettingsWarnings.check(session, PATIENCE, another);
        }
        assertThat(log.text().lines().filter(line -> line.contains(IDLE))).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(longs = {30_001, 0, -1})
    void hasNothingToSayOfALongerIdleTimeoutOrNone(long timeout) {
        when(session.getMaxIdleTimeout()).thenReturn(timeout);

        SettingsWarnings.check(session, PATIENCE, detector);

        assertThat(log.text()).isEmpty();
    }

    @Test
    void putsUpWithASessionThatRefusesToTell() {
        when(session.getMaxIdleTimeout()).thenThrow(new IllegalStateException("closed"));

        SettingsWarnings.check(session, PATIENCE, detector);

        assertThat(log.text()).isEmpty();
    }

    @Test
    void namesTheSettingOfQuarkusToThoseWhoseUndertowRunsOnNetty() {
        Session forked = mock(Session.class, withSettings().extraInterfaces(OnNetty.class));
        when(forked.getContainer()).thenReturn(mock(Container.class));

        SettingsWarnings.check(forked, PATIENCE, detector);

        assertThat(log.text())
                .contains("quarkus.websocket.dispatch-to-worker=true")
                .doesNotContain(THREADS);
    }

    /** With their defaults: Jetty's idle timeout is 30 s, and Undertow runs handlers on its I/O threads. */
    @ParameterizedTest
    @MethodSource("dev.heartbeat.jakarta.Launcher#chosen")
    void warnsOfTheDefaultsOfJettyAndUndertowOnly(Launcher launcher) throws Exception {
        CountDownLatch checked = new CountDownLatch(1);
        try (Bench bench = new Bench(Bench.PATIENT)) {
            bench.serve(launcher, Endpoints.at("/", session -> {
                SettingsWarnings.check(session, PATIENCE, detector);
                checked.countDown();
            }));
            bench.connect("/");
            assertThat(checked.await(60, TimeUnit.SECONDS)).isTrue();
        }

        assertThat(log.text().contains(IDLE)).isEqualTo(launcher instanceof JettyLauncher);
        assertThat(log.text().contains(THREADS)).isEqualTo(launcher instanceof UndertowLauncher);
    }

    /** What the session of Quarkus has beside the API. */
    public interface OnNetty {

        Object getChannel();

        void forceClose();
    }

    /** Its container by default, but for all that nobody looks at. */
    abstract static class Container implements WebSocketContainer {

        final boolean dispatchToWorker = false;
    }
}
