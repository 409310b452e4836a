package dev.heartbeat.internal.kernel;

import static dev.heartbeat.internal.kernel.TableText.address;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.sun.management.ThreadMXBean;
import dev.heartbeat.SocketState;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.mockito.Mockito;
import org.slf4j.Logger;

/** When the table is read, by whom and for whom, in virtual time and on a thread that the test is. */
class SocketLooksTest {

    private static final SocketAddresses ONE = new SocketAddresses(80, address("10.0.0.1"), 4_000);
    private static final SocketAddresses OTHER = new SocketAddresses(80, address("10.0.0.2"), 4_000);
    private static final SocketState STATE = new SocketState(14, 20, 6, false);
    private static final FoundSocket FOUND = new FoundSocket(STATE, 4711);

    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 1_000_000);
    private final Map<SocketAddresses, FoundSocket> sockets = new HashMap<>();
    private final List<Set<SocketAddresses>> reads = new ArrayList<>();
    private final Queue<Runnable> handedOver = new ArrayDeque<>();
    private final Logger log = Mockito.mock(Logger.class);
    private Duration takes = Duration.ofMillis(5);
    private long rows = 1_000_000;
    private SocketTable table = wanted -> new TableContents(sockets, rows);
    private final SocketLooks looks = new SocketLooks(this::read, handedOver::add, now::get, log);

    @Test
    void onePassAnswersAllThatIsPending() {
        sockets.put(ONE, FOUND);
        SocketLook one = looks.look(ONE);
        SocketLook other = looks.look(OTHER);
        assertThat(one.isDone()).isFalse();
        assertThat(one.state()).isNull();

        pass();

        assertThat(one.isDone()).isTrue();
        assertThat(one.state()).isEqualTo(STATE);
        assertThat(other.isDone()).isTrue();
        assertThat(other.state()).isNull();
        assertThat(reads).containsExactly(Set.of(ONE, OTHER));
        assertThat(looks.passes()).isEqualTo(1);
    }

    @Test
    void looksForOneSocketAreAnsweredAlike() {
        sockets.put(ONE, FOUND);
        SocketLook first = looks.look(ONE);
        SocketLook second = looks.look(new SocketAddresses(80, address("10.0.0.1"), 4_000));

        pass();

        assertThat(first.state()).isEqualTo(STATE).isSameAs(second.state());
        assertThat(reads).containsExactly(Set.of(ONE));
    }

    @Test
    void aLookThatComesDuringAPassWaitsForTheNext() {
        SocketLook[] during = new SocketLook[1];
        table = wanted -> {
            during[0] = looks.look(OTHER);
            looks.tick();
            return new TableContents(Map.of(), rows);
        };
        looks.look(ONE);
        pass();
        table = wanted -> new TableContents(Map.of(OTHER, FOUND), rows);
        assertThat(during[0].isDone()).isFalse();

        now.addAndGet(Duration.ofSeconds(1).toNanos());
        pass();

        assertThat(during[0].state()).isEqualTo(STATE);
        assertThat(looks.passes()).isEqualTo(2);
    }

    @Test
    void onlyOnePassIsUnderWay() {
        looks.look(ONE);
        looks.tick();
        looks.look(OTHER);
        looks.tick();

        assertThat(handedOver).hasSize(1);
    }

    @Test
    void restsForTwentyTimesWhatTheLastPassTook() {
        takes = Duration.ofMillis(100);

        assertPassRestsFor(Duration.ofMillis(2_000));
    }

    @Test
    void aPassInWhichTheProcessWasFrozenRestsForAMinuteAtMost() {
        takes = Duration.ofHours(1);

        assertPassRestsFor(Duration.ofMinutes(1));
    }

    @Test
    void aPassThatWaitedForAProcessorRestsForWhatItsRowsCostAtMost() {
        takes = Duration.ofSeconds(10);
        rows = 2_000;

        assertPassRestsFor(Duration.ofMillis(400));
    }

    @Test
    void nothingRunsWhileNobodyAsks() {
        looks.tick();
        assertThat(handedOver).isEmpty();

        looks.look(ONE);
        pass();
        now.addAndGet(Duration.ofDays(1).toNanos());
        looks.tick();

        assertThat(handedOver).isEmpty();
        assertThat(looks.passes()).isEqualTo(1);
    }

    @Test
    void aTickWithNothingPendingAllocatesNothing() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long least = Long.MAX_VALUE;
        for (int round = 0; round < 5; round++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int tick = 0; tick < 100_000; tick++) {
                looks.tick();
            }
            least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
        }

        assertThat(least).isLessThan(10_000);
    }

    static Stream<Exception> missing() {
        return Stream.of(
                new NoSuchFileException("/proc/self/net/tcp"), new AccessDeniedException("/proc/self/net/tcp"));
    }

    @ParameterizedTest
    @MethodSource("missing")
    void whereThereIsNoTableNobodyAsksAgainAndThatIsSaidOnce(IOException missing) {
        table = wanted -> {
            looks.look(OTHER);
            throw missing;
        };
        SocketLook first = looks.look(ONE);

        pass();
        now.addAndGet(Duration.ofHours(1).toNanos());
        looks.tick();

        assertThat(first.isDone()).isTrue();
        assertThat(first.state()).isNull();
        assertThat(looks.look(ONE)).isNull();
        assertThat(handedOver).isEmpty();
        Mockito.verify(log).debug(Mockito.anyString(), Mockito.contains("/proc/self/net/tcp"));
        Mockito.verifyNoMoreInteractions(log);
    }

    static Stream<Throwable> failures() {
        return Stream.of(new IOException("Too many open files"), new IllegalStateException(), new OutOfMemoryError());
    }

    @ParameterizedTest
    @MethodSource("failures")
    void aPassThatFailsAnswersWithNothingAndTheNextIsNoneTheWorse(Throwable failure) {
        sockets.put(ONE, FOUND);
        SocketTable works = table;
        table = wanted -> {
            throw SocketLooksTest.<IOException>sneaky(failure);
        };
        for (int failed = 0; failed < 3; failed++) {
            SocketLook look = looks.look(ONE);
            pass();
            assertThat(look.isDone()).isTrue();
            assertThat(look.state()).isNull();
            now.addAndGet(Duration.ofSeconds(1).toNanos());
        }
        Mockito.verify(log).debug(Mockito.anyString(), Mockito.same(failure));

        table = works;
        SocketLook look = looks.look(ONE);
        pass();

        assertThat(look.state()).isEqualTo(STATE);
    }

    @Test
    void anExecutorThatRefusesAnswersWithNothingAndIsAskedAgain() {
        sockets.put(ONE, FOUND);
        boolean[] refuses = {true};
        SocketLooks refused = new SocketLooks(
                this::read,
                task -> {
                    if (refuses[0]) {
                        throw new RejectedExecutionException();
                    }
                    task.run();
                },
                now::get,
                log);
        SocketLook look = refused.look(ONE);
        refused.tick();
        assertThat(look.isDone()).isTrue();
        assertThat(look.state()).isNull();

        refuses[0] = false;
        look = refused.look(ONE);
        refused.tick();

        assertThat(look.state()).isEqualTo(STATE);
    }

    @Test
    void anExecutorThatRunsTheTaskAndThrowsHasRunIt() {
        sockets.put(ONE, FOUND);
        SocketLooks odd = new SocketLooks(
                this::read,
                task -> {
                    task.run();
                    throw new IllegalStateException();
                },
                now::get,
                log);
        SocketLook look = odd.look(ONE);

        assertThatCode(odd::tick).doesNotThrowAnyException();

        assertThat(look.state()).isEqualTo(STATE);
    }

    @Test
    void anExecutorThatLosesTheTaskIsWaitedForTenSeconds() {
        sockets.put(ONE, FOUND);
        SocketLook look = looks.look(ONE);
        looks.tick();
        Runnable lost = handedOver.remove();

        now.addAndGet(Duration.ofSeconds(10).toNanos() - 1);
        looks.tick();
        assertThat(look.isDone()).isFalse();
        now.addAndGet(1);
        looks.tick();
        assertThat(look.isDone()).isTrue();
        assertThat(look.state()).isNull();

        SocketLook next = looks.look(ONE);
        looks.tick();
        lost.run();
        assertThat(next.isDone()).isFalse();
        handedOver.remove().run();
        assertThat(next.state()).isEqualTo(STATE);
        assertThat(looks.passes()).isEqualTo(1);
    }

    @Test
    void closeAnswersWhatIsPendingAndAsksNothingMore() {
        SocketLook pending = looks.look(ONE);
        looks.tick();

        looks.close();
        handedOver.remove().run();

        assertThat(pending.isDone()).isTrue();
        assertThat(pending.state()).isNull();
        assertThat(looks.look(ONE)).isNull();
        assertThat(reads).isEmpty();
    }

    @Test
    void anAnsweredLookKeepsNoOther() {
        SocketLook one = looks.look(ONE);
        SocketLook other = looks.look(OTHER);
        pass();

        assertThat(one.next).isNull();
        assertThat(other.next).isNull();
    }

    private TableContents read(Set<SocketAddresses> wanted) throws IOException {
        reads.add(wanted);
        now.addAndGet(takes.toNanos());
        return table.read(wanted);
    }

    private void assertPassRestsFor(Duration rest) {
        looks.look(ONE);
        pass();
        looks.look(ONE);

        now.addAndGet(rest.toNanos() - 1);
        looks.tick();
        assertThat(handedOver).isEmpty();
        now.addAndGet(1);
        looks.tick();
        assertThat(handedOver).hasSize(1);
    }

    private void pass() {
        looks.tick();
        handedOver.remove().run();
    }

    @SuppressWarnings("unchecked")
    private static <T extends Throwable> T sneaky(Throwable thrown) throws T {
        throw (T) thrown;
    }
}
