package dev.heartbeat.jakarta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.eq;
import static org.mockito.Mockito.doThrow;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import dev.heartbeat.Connection;
import dev.heartbeat.Heartbeat;
import dev.heartbeat.HeartbeatPolicy;
import dev.heartbeat.ZombieDetector;
import dev.heartbeat.jakarta.internal.HandlerActivity;
import dev.heartbeat.testkit.VirtualTime;
import jakarta.websocket.PongMessage;
import jakarta.websocket.Session;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SessionHeartbeatTest {

    private final ZombieDetector detector = ZombieDetector.create(HeartbeatPolicy.defaults());
    private final Map<String, Object> properties = new HashMap<>();
    private final Session session = session("s-1", properties);

    @AfterEach
    void end() {
        detector.close();
    }

    @Test
    void findsTheHeartbeatOfAnAttachedSession() {
        Heartbeat heartbeat = SessionHeartbeat.attach(session, detector);

        assertThat(SessionHeartbeat.of(session)).isSameAs(heartbeat);
        verify(session).addMessageHandler(eq(PongMessage.class), any(PongReceiver.class));
    }

    @Test
    void findsNoHeartbeatWhereThereIsNoneAndThrowsNothing() {
        assertThat(SessionHeartbeat.find(session)).isEmpty();

        Heartbeat heartbeat = SessionHeartbeat.watch(session, detector);
        assertThat(SessionHeartbeat.find(session)).contains(heartbeat);

        when(session.getUserProperties()).thenThrow(new IllegalStateException("closed"));
        assertThat(SessionHeartbeat.find(session)).isEmpty();

        doThrow(new UnsupportedOperationException("none")).when(session).getUserProperties();
        assertThat(SessionHeartbeat.find(session)).isEmpty();
    }

    @Test
    void leavesThePongHandlerAloneWhenItOnlyWatches() {
        SessionHeartbeat.watch(session, detector);

        verify(session, org.mockito.Mockito.never()).addMessageHandler(any(), any(PongReceiver.class));
    }

    @Test
    void refusesToWatchASessionTwice() {
        Heartbeat first = SessionHeartbeat.watch(session, detector);

        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(() -> SessionHeartbeat.attach(session, detector))
                .withMessageContaining("s-1")
                .withMessageContaining("already");
        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(() -> SessionHeartbeat.watch(session, detector));
        assertThat(SessionHeartbeat.of(session)).isSameAs(first);
        assertThat(first.isWatched()).isTrue();
        assertThat(detector.watched()).isOne();
    }

    @Test
    void leavesNoTraceWhenThePongHandlerIsTaken() {
        doThrow(new IllegalStateException("taken"))
                .when(session)
                .addMessageHandler(eq(PongMessage.class), any(PongReceiver.class));

        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(() -> SessionHeartbeat.attach(session, detector))
                .withMessageContaining("s-1")
                .withMessageContaining("SessionHeartbeat.watch(session, detector)")
                .withMessageContaining("pongReceived");

        assertThat(detector.watched()).isZero();
        assertThat(SessionHeartbeat.watch(session, detector).isWatched()).isTrue();
    }

    @Test
    void leavesNoTraceWhenTheDetectorIsClosed() {
        detector.close();

        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(() -> SessionHeartbeat.attach(session, detector))
                .withMessageContaining("detector is closed");

        verify(session).removeMessageHandler(any(PongReceiver.class));
        assertThatExceptionOfType(IllegalStateException.class).isThrownBy(() -> SessionHeartbeat.of(session));
    }

    @Test
    void saysWhatToDoForASessionThatIsNotWatched() {
        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(() -> SessionHeartbeat.of(session))
                .withMessageContaining("s-1")
                .withMessageContaining("attach");
    }

    @Test
    void tellsSessionsThatShareTheirPropertiesApart() {
        Session other = session("s-2", properties);
        Heartbeat first = SessionHeartbeat.watch(session, detector);
        Heartbeat second = SessionHeartbeat.watch(other, detector);

        assertThat(SessionHeartbeat.of(session)).isSameAs(first);
        assertThat(SessionHeartbeat.of(other)).isSameAs(second);
    }

    @Test
    void whatIsHandledIsHeard() {
        VirtualTime time = new VirtualTime();
        try (ZombieDetector inVirtualTime = time.detector(HeartbeatPolicy.defaults())) {
            Heartbeat heartbeat = SessionHeartbeat.attach(session, inVirtualTime);

            for (int second = 0; second < 200; second++) {
                time.advance(Duration.ofSeconds(1));
                SessionHeartbeat.handleMessage(session, () -> {});
            }
            assertThat(heartbeat.isWatched()).isTrue();

            time.advance(heartbeat.policy().detectionTime());
            assertThat(heartbeat.isWatched()).isFalse();
        }
    }

    @Test
    void aHandlerIsSeenToRunUntilItHasEndedHoweverItEnds() throws IOException {
        SessionHeartbeat.attach(session, detector);
        HandlerActivity activity = Watch.find(session).activity();

        String answer = SessionHeartbeat.handleMessage(session, () -> {
            assertThat(activity.activeSinceLastCall()).isTrue();
            assertThat(activity.activeSinceLastCall()).isTrue();
            return answerOf(false);
        });
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> SessionHeartbeat.handleMessage(session, () -> answerOf(true)));
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> SessionHeartbeat.handleMessage(session, () -> {
                    answerOf(true);
                }));

        assertThat(answer).isEqualTo("answer");
        activity.activeSinceLastCall();
        assertThat(activity.activeSinceLastCall()).isFalse();
    }

    @Test
    void noHandlerFailsBecauseItsSessionIsNotWatchedOrNotAnyMore() {
        AtomicInteger handled = new AtomicInteger();
        SessionHeartbeat.handleMessage(session, handled::incrementAndGet);
        SessionHeartbeat.attach(session, detector).closed();
        SessionHeartbeat.handleMessage(session, handled::incrementAndGet);
        when(session.getUserProperties()).thenThrow(new IllegalStateException("closed"));
        SessionHeartbeat.handleMessage(session, handled::incrementAndGet);
        doThrow(new UnsupportedOperationException("strange container"))
                .when(session)
                .getUserProperties();
        SessionHeartbeat.handleMessage(session, handled::incrementAndGet);
        detector.close();
        SessionHeartbeat.handleMessage(session, handled::incrementAndGet);

        assertThat(handled).hasValue(5);
    }

    @Test
    void findsAHeartbeatThatHasEnded() {
        Heartbeat heartbeat = SessionHeartbeat.attach(session, detector);

        heartbeat.closed();

        assertThat(SessionHeartbeat.of(session)).isSameAs(heartbeat);
    }

    @Test
    void keepsNothingOfEndedSessionsInPropertiesThatLiveOn() {
        SessionHeartbeat.watch(session, detector).closed();

        SessionHeartbeat.watch(session("s-2", properties), detector);

        assertThat((Map<?, ?>) properties.get(Watch.PROPERTY)).hasSize(1);
    }

    @Test
    void treatsASessionThatRefusesItsPropertiesAsNotWatched() {
        when(session.getUserProperties()).thenThrow(new IllegalStateException("closed"));

        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(() -> SessionHeartbeat.of(session))
                .withMessageContaining("s-1");
    }

    @Test
    void knowsTheSessionBehindAConnectionOfItsOwnOnly() {
        SessionConnection ours = new SessionConnection(session, Watch.claim(session));

        assertThat(SessionHeartbeat.session(ours)).isSameAs(session);
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> SessionHeartbeat.session(mock(Connection.class)))
                .withMessageContaining("connection must be");
    }

    /** When Tomcat's own session answers nothing any more. */
    @Test
    void knowsTheSessionThatAWrappedEndpointSawAfterItsCloseToo() {
        Watch watch = Watch.claim(session);
        Session shown = SessionProxy.create(session, watch, new PongReceiver(watch));
        when(session.getUserProperties()).thenThrow(new IllegalStateException("closed"));

        assertThat(SessionHeartbeat.session(new SessionConnection(session, watch)) == shown)
                .isTrue();
    }

    @Test
    void leavesNoTraceWhenTheContainerRefusesAHandlerForReasonsOfItsOwn() {
        UnsupportedOperationException refusal = new UnsupportedOperationException();
        doThrow(refusal).when(session).addMessageHandler(eq(PongMessage.class), any(PongReceiver.class));

        assertThatExceptionOfType(UnsupportedOperationException.class)
                .isThrownBy(() -> SessionHeartbeat.attach(session, detector))
                .isSameAs(refusal);

        assertThat(SessionHeartbeat.watch(session, detector).isWatched()).isTrue();
    }

    private static String answerOf(boolean fails) throws IOException {
        if (fails) {
            throw new IOException("broken");
        }
        return "answer";
    }

    static Session session(String id, Map<String, Object> properties) {
        Session session = mock(Session.class);
        when(session.getId()).thenReturn(id);
        when(session.isOpen()).thenReturn(true);
        when(session.getUserProperties()).thenReturn(properties);
        return session;
    }
}
