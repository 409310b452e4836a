package dev.heartbeat.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.HeartbeatPolicy;
import dev.heartbeat.SocketState;
import dev.heartbeat.TransportFacts;
import dev.heartbeat.internal.kernel.FoundSocket;
import dev.heartbeat.internal.kernel.SocketAddresses;
import dev.heartbeat.internal.kernel.SocketLooks;
import dev.heartbeat.internal.kernel.TableContents;
import dev.heartbeat.internal.state.Facts;
import dev.heartbeat.internal.state.Limits;
import dev.heartbeat.internal.time.CoarseTime;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.helpers.NOPLogger;

/** Which answers of the kernel count. */
class KernelInquiryTest {

    private static final int SECOND = CoarseTime.of(Duration.ofSeconds(1));
    private static final InetSocketAddress LOCAL = new InetSocketAddress("127.0.0.1", 80);
    private static final InetSocketAddress REMOTE = new InetSocketAddress("127.0.0.1", 40_000);

    private SocketState state = new SocketState(14, 0, 6, false);
    private final SocketLooks looks = new SocketLooks(
            wanted -> {
                Map<SocketAddresses, FoundSocket> found = new HashMap<>();
                wanted.forEach(socket -> found.put(socket, new FoundSocket(state, 1)));
                return new TableContents(found, found.size());
            },
            Runnable::run,
            System::nanoTime,
            NOPLogger.NOP_LOGGER);
    private final KernelInquiry inquiry = new KernelInquiry(looks);
    private final PingTrouble trouble = new PingTrouble();
    private final Facts facts = new Facts(Limits.of(HeartbeatPolicy.defaults()));

    @BeforeEach
    void tellAddresses() {
        facts.transport = TransportFacts.NONE.withAddresses(LOCAL, REMOTE);
    }

    @Test
    void theAnswerToAQuestionIsTakenAtTheNextVisit() {
        inquiry.ask(trouble, facts);
        assertThat(facts.isAwaited).isTrue();
        looks.tick();

        facts.now += SECOND;
        facts.isAwaited = false;
        inquiry.ask(trouble, facts);

        assertThat(facts.socket).isEqualTo(state);
        assertThat(facts.isAwaited).isFalse();
    }

    @Test
    void anAnswerThatNobodyTookWhenItCameIsThrownAwayAndTheQuestionPutAnew() {
        inquiry.ask(trouble, facts);
        looks.tick();

        facts.now += 30 * SECOND;
        facts.isAwaited = false;
        inquiry.ask(trouble, facts);

        assertThat(facts.socket).isNull();
        assertThat(facts.isAwaited).isTrue();
        assertThat(KernelInquiry.isAwaited(trouble, facts.now)).isTrue();
    }
}
