package dev.heartbeat.jakarta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.mockito.ArgumentMatchers.eq;
import static org.mockito.Mockito.doThrow;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import dev.heartbeat.TransportFacts;
import jakarta.websocket.RemoteEndpoint;
import jakarta.websocket.SendHandler;
import jakarta.websocket.SendResult;
import jakarta.websocket.Session;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.mockito.ArgumentCaptor;

/** What is known of a session in a container whose classes are out of reach. */
class RemoteProxyTest {

    private final Session container = mock(Session.class);
    private final RemoteEndpoint.Basic basic = mock(RemoteEndpoint.Basic.class);
    private final RemoteEndpoint.Async async = mock(RemoteEndpoint.Async.class);
    private final Map<String, Object> properties = new HashMap<>();

    private Session wrapped;
    private SessionConnection connection;

    @BeforeEach
    void wrap() {
        when(container.getId()).thenReturn("unknown");
        when(container.isOpen()).thenReturn(true);
        when(container.getUserProperties()).thenReturn(properties);
        when(container.getBasicRemote()).thenReturn(basic);
        when(container.getAsyncRemote()).thenReturn(async);
        Watch watch = Watch.claim(container);
        wrapped = SessionProxy.create(container, watch, new PongReceiver(watch));
        connection = new SessionConnection(container, watch);
    }

    @Test
    void theBytesThatAWrappedEndpointSendsAreCounted() throws IOException {
        assertThat(connection.facts().sent()).isEqualTo(TransportFacts.UNKNOWN);

        wrapped.getBasicRemote().sendText("hello");
        wrapped.getBasicRemote().sendBinary(ByteBuffer.allocate(1_000), true);
        wrapped.getAsyncRemote().sendText("again", result -> {});

        assertThat(connection.facts().sent()).isEqualTo(1_010);
        verify(basic).sendText("hello");
    }

    @Test
    void aSendHandlerIsToldOfTheSessionThatTheApplicationHoldsAndOfTheFailure() {
        assumeThat(WrappedSessionTest.resultsTellSessions()).isTrue();
        IOException broken = new IOException("broken pipe");
        ArgumentCaptor<SendHandler> given = ArgumentCaptor.captor();
        List<SendResult> told = new ArrayList<>();

        wrapped.getAsyncRemote().sendText("hello", told::add);
        verify(async).sendText(eq("hello"), given.capture());
        given.getValue().onResult(new SendResult(container));
        given.getValue().onResult(new SendResult(container, broken));

        assertThat(told).extracting(SendResult::getSession).containsOnly(wrapped);
        assertThat(told).extracting(SendResult::getException).containsExactly(null, broken);
    }

    @Test
    void whatARemoteThrowsIsThrownAsItIs() throws IOException {
        IOException broken = new IOException("broken pipe");
        doThrow(broken).when(basic).sendText("hello");

        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> wrapped.getBasicRemote().sendText("hello"))
                .isSameAs(broken);
    }

    @Test
    void theEndsThatAContainerPutsIntoThePropertiesAreTold() {
        InetSocketAddress local = new InetSocketAddress("127.0.0.1", 80);
        InetSocketAddress remote = new InetSocketAddress("127.0.0.1", 50_000);
        properties.put("jakarta.websocket.endpoint.localAddress", local);
        properties.put("jakarta.websocket.endpoint.remoteAddress", remote);

        assertThat(connection.facts().local()).contains(local);
        assertThat(connection.facts().remote()).contains(remote);
    }
}
