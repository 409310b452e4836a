package dev.heartbeat.jakarta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.doAnswer;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import dev.heartbeat.HeartbeatPolicy;
import dev.heartbeat.ZombieDetector;
import dev.heartbeat.jakarta.spring.HeartbeatHandlerDecorator;
import dev.heartbeat.testkit.VirtualTime;
import jakarta.websocket.RemoteEndpoint;
import jakarta.websocket.Session;
import jakarta.websocket.server.ServerEndpointConfig;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jetty.websocket.api.UpgradeRequest;
import org.eclipse.jetty.websocket.api.UpgradeResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.web.socket.WebSocketHandler;
import org.springframework.web.socket.adapter.jetty.JettyWebSocketSession;
import org.springframework.web.socket.adapter.standard.StandardWebSocketSession;

/** What the application does with its session while that opens, after its watch has begun. */
@Isolated("reads what is logged")
class OpeningTest {

    private static final String WARNING = "The container closes sessions";
    private static final Duration INTERVAL = HeartbeatPolicy.defaults().pingInterval();

    @RegisterExtension
    final LogCapture log = new LogCapture();

    private final VirtualTime clock = new VirtualTime();
    private ZombieDetector detector = clock.detector(HeartbeatPolicy.defaults());
    private final Session session = SessionHeartbeatTest.session("s-1", new HashMap<>());
    private final org.eclipse.jetty.websocket.api.Session jettys = mock(org.eclipse.jetty.websocket.api.Session.class);
    private final AtomicInteger pings = new AtomicInteger();
    private Duration idleTimeout = Duration.ZERO;
    private ByteBuffer latestPing = ByteBuffer.allocate(0);

    @BeforeEach
    void set() throws IOException {
        when(session.getMaxIdleTimeout()).thenAnswer(asked -> idleTimeout.toMillis());
        RemoteEndpoint.Async remote = mock(RemoteEndpoint.Async.class);
        doAnswer(pinged -> {
                    latestPing = pinged.<ByteBuffer>getArgument(0).duplicate();
                    return pings.incrementAndGet();
                })
                .when(remote)
                .sendPing(any());
        when(session.getAsyncRemote()).thenReturn(remote);
        when(session.getBasicRemote()).thenReturn(mock(RemoteEndpoint.Basic.class));
        doAnswer(pinged -> pings.incrementAndGet()).when(jettys).sendPing(any(), any());
        when(jettys.isOpen()).thenReturn(true);
        when(jettys.getIdleTimeout()).thenAnswer(asked -> idleTimeout);
        when(jettys.getUpgradeRequest()).thenReturn(mock(UpgradeRequest.class));
        when(jettys.getUpgradeResponse()).thenReturn(mock(UpgradeResponse.class));
    }

    @AfterEach
    void end() {
        detector.close();
    }

    /** How a session is watched. */
    private enum Way {
        ATTACHED,
        JETTYS,
        WRAPPED,
        SPRINGS,
        SPRINGS_ON_JETTY;

        /** Whether the end of the opening is seen. */
        boolean seesOpening() {
            return this != ATTACHED && this != JETTYS;
        }
    }

    @ParameterizedTest
    @EnumSource
    void saysNothingOfAnIdleTimeoutThatTheOpeningTakesAway(Way way) throws Exception {
        idleTimeout = Duration.ofSeconds(30);

        open(way, () -> idleTimeout = Duration.ZERO);
        clock.advance(INTERVAL.plusSeconds(1));

        assertThat(log.text()).doesNotContain(WARNING);
    }

    @ParameterizedTest
    @EnumSource(names = {"WRAPPED", "SPRINGS", "SPRINGS_ON_JETTY"})
    void saysNothingOfOneThatASlowOpeningTakesAwayAfterTheFirstPing(Way way) throws Exception {
        idleTimeout = Duration.ofSeconds(30);

        open(way, () -> {
            clock.advance(INTERVAL.minusSeconds(5));
            idleTimeout = Duration.ZERO;
        });
        clock.advance(INTERVAL);

        assertThat(log.text()).doesNotContain(WARNING);
    }

    @ParameterizedTest
    @EnumSource
    void warnsOfOneThatTheOpeningMakesTooShort(Way way) throws Exception {
        open(way, () -> idleTimeout = Duration.ofSeconds(20));

        assertThat(log.text().contains(WARNING)).isEqualTo(way.seesOpening());
        clock.advance(INTERVAL.plusSeconds(1));
        assertThat(log.text()).containsOnlyOnce(WARNING);
    }

    @ParameterizedTest
    @EnumSource
    void pingsGoByTheIdleTimeoutThatASlowOpeningHasSet(Way way) throws Exception {
        detector = clock.detector(
                HeartbeatPolicy.builder().pingInterval(Duration.ofHours(6)).build());

        open(way, () -> {
            clock.advance(Duration.ofSeconds(2));
            idleTimeout = Duration.ofSeconds(20);
        });

        clock.advance(Duration.ofSeconds(14));

        assertThat(pings).as("asked within three quarters of the timeout").hasPositiveValue();
    }

    @ParameterizedTest
    @EnumSource(names = {"WRAPPED", "SPRINGS"})
    void soDoThoseOfASessionThatWasPingedBeforeItsOpeningCameToThat(Way way) throws Exception {
        detector = clock.detector(
                HeartbeatPolicy.builder().pingInterval(Duration.ofMinutes(2)).build());

        open(way, () -> {
            clock.advance(Duration.ofMinutes(2));
            SessionHeartbeat.of(session).pongReceived(latestPing);
            clock.advance(Duration.ofSeconds(3));
            idleTimeout = Duration.ofSeconds(20);
        });
        int before = pings.get();
        clock.advance(Duration.ofSeconds(16));

        assertThat(before).isPositive();
        assertThat(pings).as("asked within three quarters of the timeout").hasValueGreaterThan(before);
    }

    @Test
    void saysOfASessionWhoseEndpointIsWrappedTwiceThatItIsWatchedOnce() throws Exception {
        List<Session> opened = new ArrayList<>();
        ServerEndpointConfig config = Endpoints.at("/twice", opened::add);
        ServerEndpointConfig wrapped = SessionHeartbeat.wrap(config, detector);
        Session other = SessionHeartbeatTest.session("s-2", new HashMap<>());

        wrapped(wrapped).onOpen(session, wrapped);
        wrapped(wrapped).onOpen(other, wrapped);

        assertThat(opened).hasSize(2);
        assertThat(detector.watched()).isEqualTo(2);
        assertThat(log.text())
                .containsOnlyOnce("Session s-1 is watched already")
                .containsOnlyOnce("/twice")
                .doesNotContain("not watched", "s-2");
    }

    private void open(Way way, Runnable opening) throws Exception {
        WebSocketHandler handler = mock(WebSocketHandler.class);
        doAnswer(opened -> {
                    opening.run();
                    return null;
                })
                .when(handler)
                .afterConnectionEstablished(any());
        switch (way) {
            case ATTACHED -> {
                SessionHeartbeat.attach(session, detector);
                opening.run();
            }
            case JETTYS -> {
                JettyHeartbeat.watch(jettys, detector);
                opening.run();
            }
            case WRAPPED -> {
                ServerEndpointConfig config = Endpoints.at("/wrapped", opened -> opening.run());
                wrapped(config).onOpen(session, config);
            }
            case SPRINGS -> {
                StandardWebSocketSession springs = new StandardWebSocketSession(null, Map.of(), null, null);
                springs.initializeNativeSession(session);
                new HeartbeatHandlerDecorator(handler, detector).afterConnectionEstablished(springs);
            }
            case SPRINGS_ON_JETTY -> {
                JettyWebSocketSession springs = new JettyWebSocketSession(Map.of());
                springs.initializeNativeSession(jettys);
                new HeartbeatHandlerDecorator(handler, detector).afterConnectionEstablished(springs);
            }
            default -> throw new AssertionError(way);
        }
    }

    private WatchedEndpoint wrapped(ServerEndpointConfig config) throws InstantiationException {
        return SessionHeartbeat.wrap(config, detector).getConfigurator().getEndpointInstance(WatchedEndpoint.class);
    }
}
