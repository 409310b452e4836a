package dev.heartbeat.jakarta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;
import static org.mockito.Mockito.withSettings;

import dev.heartbeat.TransportFacts;
import jakarta.websocket.Session;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The states of a write in which real sockets are seldom met. */
class JettyConnectionTest {

    private final JettysConnection connection = new JettysConnection();
    private final FactSource facts = new FactSource(session());

    @ParameterizedTest
    @CsvSource({"IDLE, false", "FLUSHING, true", "PENDING, true", "COMPLETING, true", "CANCEL, false", "FAILED, false"})
    void takesTheOutputOfAWriteThatIsNotCompleteToWait(StateType state, boolean waits) {
        connection._state.set(new State(state, null));

        assertThat(facts.facts().waiting() > 0).isEqualTo(waits);
    }

    @Test
    void tellsHowMuchOfAWriteIsLeft() {
        ByteBuffer buffer = ByteBuffer.allocate(100);
        connection._state.set(new State(StateType.PENDING, new ByteBuffer[] {buffer}));
        TransportFacts before = facts.facts();

        buffer.position(30);

        assertThat(before.waiting()).isEqualTo(100);
        assertThat(facts.facts().waiting()).isEqualTo(70);
        assertThat(facts.facts().progress()).isNotEqualTo(before.progress());
    }

    @Test
    void doesNotTakeForSentWhatIsLeftOfAWrite() {
        ByteBuffer buffer = ByteBuffer.allocate(100);
        connection._state.set(new State(StateType.PENDING, new ByteBuffer[] {buffer}));
        assertThat(facts.facts().sent()).isEqualTo(JettysConnection.BYTES_OUT - 100);

        buffer.position(30);

        assertThat(facts.facts().sent()).isEqualTo(JettysConnection.BYTES_OUT - 70);
    }

    @Test
    void doesNotTakeInputForProgressOfAWrite() {
        connection._state.set(new State(StateType.PENDING, new ByteBuffer[] {ByteBuffer.allocate(100)}));
        TransportFacts before = facts.facts();

        connection._idleNanoTime++;

        assertThat(facts.facts()).isEqualTo(before);
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
    public record State(StateType getType, ByteBuffer[] _buffers) {}

    /** Jetty's session, connection, end point and flusher in one. */
    @SuppressWarnings("UnusedVariable") // read by reflection
    public static final class JettysConnection {

        static final long BYTES_OUT = 1_000;

        private final AtomicReference<State> _state = new AtomicReference<>();
        private long _idleNanoTime = 1;

        public void abort() {
            // nothing to abort
        }

        public Object getConnection() {
            return this;
        }

        public long getBytesOut() {
            return BYTES_OUT;
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
