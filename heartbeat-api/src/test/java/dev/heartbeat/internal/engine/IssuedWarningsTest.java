package dev.heartbeat.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class IssuedWarningsTest {

    private final IssuedWarnings warnings = new IssuedWarnings();

    @Test
    void eachWarningIsIssuedOnce() {
        assertThat(warnings.isFirst("one")).isTrue();
        assertThat(warnings.isFirst("another")).isTrue();
        assertThat(warnings.isFirst("one")).isFalse();
        assertThat(warnings.isFirst("another")).isFalse();
    }

    @Test
    void itIsIssuedByOneOfManyThreads() {
        ConcurrentLinkedQueue<Integer> issued = new ConcurrentLinkedQueue<>();

        IntStream.range(0, 1_000)
                .parallel()
                .filter(i -> warnings.isFirst("same"))
                .forEach(issued::add);

        assertThat(issued).hasSize(1);
    }

    @Test
    void warningsWithoutEndAreNotKeptWithoutEnd() {
        long issued = IntStream.range(0, 5_000)
                .filter(i -> warnings.isFirst("connection " + i))
                .count();

        assertThat(issued).isEqualTo(1_000);
        assertThat(warnings.isFirst("connection 0")).isFalse();
        assertThat(warnings.isFirst("connection 4999")).isFalse();
    }
}
