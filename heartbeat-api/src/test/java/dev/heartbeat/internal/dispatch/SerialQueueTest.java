package dev.heartbeat.internal.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SerialQueueTest {

    private final List<Object> ran = new ArrayList<>();
    private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
    private final Executor later = tasks::add;
    private final SerialQueue queue = new SerialQueue();

    @Test
    void callbacksRunInOrderAndOneTaskServesThemAll() {
        for (int i = 0; i < 5; i++) {
            assertThat(add(i)).isTrue();
        }

        assertThat(tasks).hasSize(1);
        tasks.remove().run();

        assertThat(ran).containsExactly(0, 1, 2, 3, 4);
        assertThat(tasks).isEmpty();
    }

    @Test
    void aCallbackThatComesWhileAnotherRunsWaitsForIt() {
        queue.add(
                () -> {
                    add("second");
                    ran.add("first");
                },
                later);

        tasks.remove().run();

        assertThat(ran).containsExactly("first", "second");
        assertThat(tasks).isEmpty();
    }

    @Test
    void anEmptyLaneTakesAnotherTask() {
        add("first");
        tasks.remove().run();
        add("second");
        tasks.remove().run();

        assertThat(ran).containsExactly("first", "second");
    }

    @Test
    void onlyWhatIsExpendableIsLeftOutOfALongLane() {
        IntStream.range(0, 64).forEach(i -> assertThat(add(i)).isTrue());

        assertThat(queue.addExpendable(() -> ran.add("a round trip"), later)).isFalse();
        assertThat(add("a verdict")).isTrue();
        tasks.remove().run();

        assertThat(ran).hasSize(65).doesNotContain("a round trip").endsWith("a verdict");
        assertThat(queue.addExpendable(() -> ran.add("a round trip"), later)).isTrue();
    }

    @Test
    void aCancelledLaneRunsNothingThatHasNotBegun() {
        queue.add(
                () -> {
                    ran.add("begun");
                    queue.cancel();
                },
                later);
        add("waiting");

        tasks.remove().run();

        assertThat(ran).containsExactly("begun");
        assertThat(add("too late")).isFalse();
        assertThat(tasks).isEmpty();
    }

    @Test
    void nothingIsTakenBehindTheLastCallback() {
        add("first");
        assertThat(queue.addLast(() -> ran.add("last"), later)).isTrue();

        assertThat(add("too late")).isFalse();
        assertThat(queue.addExpendable(() -> ran.add("too late"), later)).isFalse();
        assertThat(queue.addLast(() -> ran.add("too late"), later)).isFalse();
        tasks.remove().run();

        assertThat(ran).containsExactly("first", "last");
    }

    @Test
    void aFinishedLaneRunsWhatItHasTakenAndNothingElse() {
        add("first");
        queue.finish();

        assertThat(add("too late")).isFalse();
        tasks.remove().run();

        assertThat(ran).containsExactly("first");
    }

    @Test
    void anExecutorThatIsFullForAWhileLosesNothingButWhatItRefuses() {
        Executor full = task -> {
            throw new RejectedExecutionException("full");
        };

        assertThat(queue.add(() -> ran.add("refused"), full)).isFalse();
        assertThat(add("later, when there is room")).isTrue();
        tasks.remove().run();

        assertThat(ran).containsExactly("later, when there is room");
    }

    @Test
    void anExecutorWithoutThreadsIsNoReasonToThrow() {
        Executor starved = task -> {
            throw new OutOfMemoryError("unable to create native thread");
        };

        assertThat(queue.add(() -> ran.add("never"), starved)).isFalse();
        assertThat(add("later, when there are some")).isTrue();
        tasks.remove().run();

        assertThat(ran).containsExactly("later, when there are some");
    }

    @Test
    void anExecutorThatRunsInPlaceKeepsTheOrder() {
        queue.add(
                () -> {
                    ran.add("first");
                    queue.add(() -> ran.add("third"), Runnable::run);
                    ran.add("second");
                },
                Runnable::run);

        assertThat(ran).containsExactly("first", "second", "third");
    }

    private boolean add(Object value) {
        return queue.add(() -> ran.add(value), later);
    }
}
