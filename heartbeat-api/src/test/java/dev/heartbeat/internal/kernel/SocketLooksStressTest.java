package dev.heartbeat.internal.kernel;

import static dev.heartbeat.internal.kernel.TableText.address;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.SocketState;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.mockito.Mockito;
import org.slf4j.Logger;

/** Looks from many threads against ticks, passes, failures and the end: each is answered, and by its own socket's state. */
class SocketLooksStressTest {

    private static final int ASKERS = 4;
    private static final int TICKERS = 2;
    private static final int LOOKS = 20_000;

    private final ExecutorService executor = Executors.newFixedThreadPool(2);
    private final ExecutorService threads = Executors.newFixedThreadPool(ASKERS + TICKERS);
    private final AtomicInteger reading = new AtomicInteger();
    private final Queue<String> violations = new ConcurrentLinkedQueue<>();
    private volatile boolean failing;
    private final SocketLooks looks =
            new SocketLooks(this::read, this::execute, System::nanoTime, Mockito.mock(Logger.class));

    @AfterEach
    void end() throws InterruptedException {
        threads.shutdownNow();
        executor.shutdownNow();
        assertThat(threads.awaitTermination(1, TimeUnit.MINUTES)).isTrue();
        assertThat(executor.awaitTermination(1, TimeUnit.MINUTES)).isTrue();
    }

    @Test
    void everyLookIsAnsweredByTheStateOfItsSocket() throws Exception {
        race(LOOKS, () -> {});

        assertThat(violations).isEmpty();
        assertThat(looks.passes()).isBetween(1L, (long) ASKERS * LOOKS);
    }

    @Test
    void everyLookIsAnsweredThoughExecutorAndTableFail() throws Exception {
        failing = true;

        race(LOOKS, () -> {});

        assertThat(violations).isEmpty();
    }

    @RepeatedTest(20)
    void everyLookIsAnsweredThoughTheEndComes() throws Exception {
        race(1_000, looks::close);

        assertThat(violations).isEmpty();
    }

    private void race(int count, Runnable midway) throws Exception {
        for (int ticker = 0; ticker < TICKERS; ticker++) {
            threads.execute(() -> {
                while (!Thread.currentThread().isInterrupted()) {
                    looks.tick();
                    Thread.yield();
                }
            });
        }
        List<Future<?>> askers = IntStream.range(0, ASKERS)
                .<Future<?>>mapToObj(asker -> threads.submit(() -> ask(asker, count, midway)))
                .toList();
        for (Future<?> asker : askers) {
            asker.get(2, TimeUnit.MINUTES);
        }
    }

    private Void ask(int asker, int count, Runnable midway) throws Exception {
        Queue<SocketLook> asked = new ConcurrentLinkedQueue<>();
        for (int i = 0; i < count; i++) {
            SocketLook look = looks.look(new SocketAddresses(asker, address("10.0.0.1"), i % 500));
            if (look != null) {
                asked.add(look);
            }
            if (asker == 0 && i == count / 2) {
                midway.run();
            }
        }
        Await.until(() -> asked.stream().allMatch(SocketLook::isDone));
        for (SocketLook look : asked) {
            SocketState state = look.state();
            if (state != null && !state.equals(stateOf(look.socket))) {
                violations.add(look.socket + " was told " + state);
            }
            if (look.next != null) {
                violations.add("an answered look holds another");
            }
        }
        return null;
    }

    private TableContents read(Set<SocketAddresses> wanted) throws IOException {
        if (reading.getAndIncrement() > 0) {
            violations.add("two passes at a time");
        }
        try {
            if (failing && ThreadLocalRandom.current().nextBoolean()) {
                throw new IOException("Too many open files");
            }
            Map<SocketAddresses, FoundSocket> found = new HashMap<>();
            wanted.forEach(socket -> found.put(socket, new FoundSocket(stateOf(socket), 1)));
            return new TableContents(found, found.size());
        } finally {
            reading.getAndDecrement();
        }
    }

    private void execute(Runnable task) {
        if (failing && ThreadLocalRandom.current().nextInt(3) == 0) {
            throw new RejectedExecutionException();
        }
        executor.execute(task);
    }

    private static SocketState stateOf(SocketAddresses socket) {
        return new SocketState(socket.localPort(), socket.remotePort(), 0, false);
    }
}
