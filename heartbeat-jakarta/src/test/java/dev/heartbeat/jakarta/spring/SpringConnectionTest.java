package dev.heartbeat.jakarta.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import dev.heartbeat.Connection;
import dev.heartbeat.HeartbeatPolicy;
import dev.heartbeat.Hindrance;
import dev.heartbeat.ZombieDetector;
import dev.heartbeat.testkit.VirtualTime;
import jakarta.websocket.RemoteEndpoint;
import jakarta.websocket.Session;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketHandler;
import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.adapter.NativeWebSocketSession;
import org.springframework.web.socket.adapter.standard.StandardWebSocketSession;
import org.springframework.web.socket.handler.ConcurrentWebSocketSessionDecorator;

/** What the detector is given of a Spring session, in a container that tells nothing. */
class SpringConnectionTest {

    private final VirtualTime clock = new VirtualTime();
    private final ZombieDetector detector = clock.detector(HeartbeatPolicy.defaults());
    private final WebSocketHandler handler = mock(WebSocketHandler.class);
    private final HeartbeatHandlerDecorator decorator = new HeartbeatHandlerDecorator(handler, detector);
    private final Session jakarta = mock(Session.class);
    private final RemoteEndpoint.Async remote = mock(RemoteEndpoint.Async.class);
    private final StandardWebSocketSession session = new StandardWebSocketSession(null, Map.of(), null, null);

    @BeforeEach
    void open() {
        when(jakarta.getId()).thenReturn("0");
        when(jakarta.isOpen()).thenReturn(true);
        when(jakarta.getUserProperties()).thenReturn(new HashMap<>());
        when(jakarta.getAsyncRemote()).thenReturn(remote);
        when(jakarta.getBasicRemote()).thenReturn(mock(RemoteEndpoint.Basic.class));
        session.initializeNativeSession(jakarta);
    }

    @AfterEach
    void end() {
        detector.close();
    }

    @Test
    void saysThatAHandlerRunsUntilItHasBeenAskedOnceMore() {
        Connection carrier = mock(Connection.class);
        when(carrier.hindrance()).thenReturn(Hindrance.MESSAGE_INCOMPLETE);
        SpringWatch watch = new SpringWatch(session, detector, this);
        SpringConnection connection = new SpringConnection(carrier, watch);

        assertThat(connection.hindrance()).isEqualTo(Hindrance.MESSAGE_INCOMPLETE);
        watch.activity().started();
        assertThat(connection.hindrance()).isEqualTo(Hindrance.HANDLER_RUNNING);
        watch.activity().ended();
        assertThat(connection.hindrance()).isEqualTo(Hindrance.HANDLER_RUNNING);
        assertThat(connection.hindrance()).isEqualTo(Hindrance.MESSAGE_INCOMPLETE);
    }

    @Test
    void marksTheHandlerAsRunningWhileASessionOpensAndAMessageIsHandled() throws Exception {
        decorator.afterConnectionEstablished(session);
        SpringWatch watch = SpringWatch.find(session, decorator);
        assertThat(watch.activity().activeSinceLastCall()).isTrue();
        assertThat(watch.activity().activeSinceLastCall()).isFalse();

        decorator.handleMessage(session, new TextMessage("hello"));

        assertThat(watch.activity().activeSinceLastCall()).isTrue();
    }

    @Test
    void sendsItsPingsPastSpringsOwnQueue() throws Exception {
        WebSocketSession queue = new ConcurrentWebSocketSessionDecorator(session, 1_000, 1_000);

        decorator.afterConnectionEstablished(queue);
        clock.advance(HeartbeatPolicy.defaults().pingInterval().multipliedBy(2));

        verify(remote).sendPing(any(ByteBuffer.class));
        verify(handler).afterConnectionEstablished(queue);
    }

    @Test
    void leavesAPeerAloneWhosePongsNobodyShowsAndWhoseBytesNobodyCounts() throws Exception {
        NativeWebSocketSession sockJs = mock(NativeWebSocketSession.class);
        when(sockJs.getId()).thenReturn("sockjs");
        when(sockJs.getAttributes()).thenReturn(new HashMap<>());
        when(sockJs.getNativeSession()).thenReturn(jakarta);

        decorator.afterConnectionEstablished(sockJs);
        assertThat(detector.watched()).isOne();
        clock.advance(HeartbeatPolicy.defaults().detectionTime().multipliedBy(3));

        assertThat(detector.watched()).isZero();
        verify(remote, never()).sendPing(any());
        verify(jakarta, never()).close(any());
    }

    @Test
    void servesSessionsUnwatchedThatNothingCarriesOrADetectorRefuses() throws Exception {
        WebSocketSession foreign = mock(WebSocketSession.class);
        when(foreign.getAttributes()).thenReturn(new HashMap<>());
        decorator.afterConnectionEstablished(foreign);
        assertThat(detector.watched()).isZero();
        detector.close();

        decorator.afterConnectionEstablished(session);
        decorator.handleMessage(session, new TextMessage("hello"));
        decorator.afterConnectionClosed(session, CloseStatus.NORMAL);

        verify(handler).afterConnectionEstablished(foreign);
        verify(handler).afterConnectionEstablished(session);
        verify(handler).handleMessage(session, new TextMessage("hello"));
        verify(handler).afterConnectionClosed(session, CloseStatus.NORMAL);
    }

    @Test
    void isNoConnectionOfAnotherAdapter() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> HeartbeatHandlerDecorator.session(mock(Connection.class)));
    }
}
