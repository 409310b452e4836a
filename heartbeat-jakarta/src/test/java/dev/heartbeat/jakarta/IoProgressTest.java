package dev.heartbeat.jakarta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;
import static org.mockito.Mockito.withSettings;

import jakarta.websocket.Session;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IoProgressTest {

    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final JettysConnection connection = new JettysConnection();
    private final IoProgress progress = new IoProgress(session());

    /** Jetty writes a large message in parts, and its flusher is idle between them. */
    @Test
    void countsOutputThatWasSentSinceTheLastCallAsMovingOnce() {
        connection._state.set(new State(StateType.PENDING));
        assertThat(progress.outputMoves(PATIENCE)).isTrue();

        connection._state.set(new State(StateType.IDLE));

        assertThat(progress.outputMoves(PATIENCE)).isTrue();
        assertThat(progress.outputMoves(PATIENCE)).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"IDLE, false", "FLUSHING, true", "PENDING, true", "COMPLETING, true", "CANCEL, false", "FAILED, false"})
    void countsAWriteOfJettysThatIsNotCompleteAsMoving(StateType state, boolean moves) {
        connection._state.set(new State(state));

        assertThat(progress.outputMoves(PATIENCE)).isEqualTo(moves);
    }

    private Session session() {
        Session session = mock(Session.class, withSettings().extraInterfaces(TerminationLadderTest.Jetty.class));
        when(((TerminationLadderTest.Jetty) session).getCoreSession()).thenReturn(connection);
        return session;
    }

    /** The states of a write, as Jetty calls them. */
    public enum StateType {
        IDLE,
        FLUSHING,
        PENDING,
        COMPLETING,
        CANCEL,
        FAILED
    }

    /** A state of a write, as Jetty keeps it. */
    public record State(StateType getType) {}

    /** Jetty's session, connection, end point and flusher in one. */
    @SuppressWarnings("UnusedVariable") // read by reflection
    public static final class JettysConnection {

        private final AtomicReference<State> _state = new AtomicReference<>();
        private final long _idleNanoTime = 1;

        public void abort() {
            // nothing to abort
        }

        public Object getConnection() {
            return this;
        }

        public Object getEndPoint() {
            return this;
        }

        public Object getWriteFlusher() {
            return this;
        }

        public boolean isPending() {
            return _state.get().getType() == StateType.PENDING;
        }
    }
}
