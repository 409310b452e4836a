package dev.heartbeat.jakarta;

import static dev.heartbeat.jakarta.Bench.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.doAnswer;
import static org.mockito.Mockito.doReturn;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.timeout;
import static org.mockito.Mockito.times;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import dev.heartbeat.Hindrance;
import dev.heartbeat.ReapReason;
import dev.heartbeat.Termination;
import dev.heartbeat.TransportFacts;
import jakarta.websocket.CloseReason;
import jakarta.websocket.RemoteEndpoint;
import jakarta.websocket.Session;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.mockito.ArgumentCaptor;

@Timeout(120)
class SessionConnectionTest {

    private final Map<String, Object> properties = new HashMap<>();
    private final Session session = SessionHeartbeatTest.session("s-1", properties);
    private final RemoteEndpoint.Async remote = mock(RemoteEndpoint.Async.class);
    private final RemoteEndpoint.Basic basicRemote = mock(RemoteEndpoint.Basic.class);
    private final SessionConnection connection = new SessionConnection(session, Watch.claim(session));

    @BeforeEach
    void giveRemotes() {
        when(session.getAsyncRemote()).thenReturn(remote);
        when(session.getBasicRemote()).thenReturn(basicRemote);
    }

    @Test
    void isCalledWhatTheSessionIsCalled() {
        assertThat(connection.id()).isEqualTo("s-1");
        assertThat(connection).hasToString("s-1");
    }

    @Test
    void pingsThroughTheAsynchronousRemote() throws Exception {
        ByteBuffer payload = ByteBuffer.allocate(8);

        connection.ping(payload);

        verify(remote).sendPing(payload);
        verify(remote, never()).flushBatch();
    }

    @Test
    void sendsTheBatchThatAPingWouldWaitInWhicheverRemoteWasToldToCollectIt() throws Exception {
        when(remote.getBatchingAllowed()).thenReturn(true, false);
        when(basicRemote.getBatchingAllowed()).thenReturn(true);

        connection.ping(ByteBuffer.allocate(8));
        verify(remote).flushBatch();
        connection.ping(ByteBuffer.allocate(8));
        verify(remote, times(2)).flushBatch();
    }

    /** The API lets a container refuse a ping while a message is being written: then the peer has not been asked. */
    @Test
    void passesTheRefusalOfAContainerThatIsWritingOnAsItIs() throws Exception {
        AtomicBoolean writing = new AtomicBoolean(true);
        doAnswer(call -> {
                    if (writing.get()) {
                        throw new IllegalStateException("a message is being written");
                    }
                    return null;
                })
                .when(remote)
                .sendPing(any());

        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(() -> connection.ping(ByteBuffer.allocate(8)))
                .withMessage("a message is being written")
                .withNoCause();
        writing.set(false);
        assertThatNoException().isThrownBy(() -> connection.ping(ByteBuffer.allocate(8)));
    }

    @Test
    void tellsTheIdleTimeoutOfTheSessionIfItHasOne() {
        when(session.getMaxIdleTimeout()).thenReturn(30_000L, 0L, -1L);

        assertThat(connection.idleTimeout()).contains(Duration.ofSeconds(30));
        assertThat(connection.idleTimeout()).isEmpty();
        assertThat(connection.idleTimeout()).isEmpty();
    }

    @Test
    void closesWith1001AndTheReasonInWords() throws Exception {
        connection.terminate(ReapReason.NO_ANSWER);

        ArgumentCaptor<CloseReason> reason = ArgumentCaptor.forClass(CloseReason.class);
        verify(session, timeout(60_000)).close(reason.capture());
        assertThat(reason.getValue().getCloseCode().getCode()).isEqualTo(1001);
        assertThat(reason.getValue().getReasonPhrase()).isEqualTo(ReapReason.NO_ANSWER.phrase());
    }

    @Test
    void claimsNothingAboutAContainerItDoesNotKnow() {
        Termination termination = connection.terminate(ReapReason.NO_ANSWER);

        verify(session, timeout(60_000)).setMaxIdleTimeout(1);
        assertThat(termination.freed()).isFalse();
        assertThat(termination.means()).startsWith("close 1001, then an idle timeout of 1 ms");
    }

    @Test
    void knowsNothingInAContainerItDoesNotKnow() {
        assertThat(connection.facts()).isEqualTo(TransportFacts.NONE);
    }

    /** It is counted before the container frames, compresses and encrypts it. */
    @Test
    void tellsOnlyAboutHowMuchWasSentWhereNobodyButTheEndpointCountsIt() {
        connection.watch().countSent().addAndGet(8);

        assertThat(connection.facts()).isEqualTo(TransportFacts.NONE.withSentAbout(8));
    }

    @Test
    void saysThatAHandlerRunsAndNothingElse() {
        Runnable busy = connection.watch().activity().busy();
        assertThat(connection.hindrance()).isEqualTo(Hindrance.HANDLER_RUNNING);

        busy.run();

        assertThat(connection.hindrance()).isEqualTo(Hindrance.HANDLER_RUNNING);
        assertThat(connection.hindrance()).isEqualTo(Hindrance.NONE);
    }

    @Test
    void asksTomcatNotToWaitForThePeersCloseFrame() throws Exception {
        connection.terminate(ReapReason.NO_ANSWER);

        verify(session, timeout(60_000)).close(any());
        assertThat(properties).containsEntry("org.apache.tomcat.websocket.SESSION_CLOSE_TIMEOUT", 1L);
    }

    @Test
    void asksTomcatNotToHoldTheCloseFrameBehindAMessage() throws Exception {
        properties.put("org.apache.tomcat.websocket.BLOCKING_SEND_TIMEOUT", 60_000L);

        connection.terminate(ReapReason.NO_ANSWER);

        verify(session, timeout(60_000)).close(any());
        assertThat(properties).containsEntry("org.apache.tomcat.websocket.BLOCKING_SEND_TIMEOUT", 100L);
    }

    @Test
    void doesNotWaitForACloseThatNeverReturns() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        doAnswer(call -> {
                    never.await();
                    return null;
                })
                .when(session)
                .close(any());

        long start = System.nanoTime();
        connection.terminate(ReapReason.NO_ANSWER);
        Duration took = Duration.ofNanos(System.nanoTime() - start);

        assertThat(took).isLessThan(Duration.ofSeconds(30));
        verify(session, timeout(60_000)).setMaxIdleTimeout(1);
        await("no thread but the stuck one is left").until(() -> closers() == 1);
        never.countDown();
        await("its thread has ended").until(() -> closers() == 0);
    }

    @Test
    void survivesAContainerThatThrowsFromEveryMethod() {
        Session hostile = mock(Session.class, call -> {
            throw new IllegalStateException("closed");
        });
        doReturn("s-2").when(hostile).getId();
        SessionConnection doomed =
                new SessionConnection(hostile, Watch.claim(SessionHeartbeatTest.session("s-2", new HashMap<>())));

        assertThat(doomed.isOpen()).isTrue();
        assertThatExceptionOfType(IOException.class).isThrownBy(() -> doomed.ping(ByteBuffer.allocate(8)));
        assertThat(doomed.terminate(ReapReason.PING_FAILED).freed()).isFalse();
    }

    private static long closers() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("heartbeat-close-s-1"))
                .count();
    }
}
