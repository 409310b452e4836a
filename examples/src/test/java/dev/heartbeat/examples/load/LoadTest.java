package dev.heartbeat.examples.load;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Beside the other tests, since it waits far more than it works and its servers are processes of their own. */
@Execution(ExecutionMode.CONCURRENT)
class LoadTest {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @Test
    void findsTheMuteHalfOfRealConnectionsAndPrintsWhatThatCosts() {
        int status = run("--quick", "--connections", "40");

        assertThat(status).as(out.toString(UTF_8)).isZero();
        assertThat(out.toString(UTF_8).lines())
                .anyMatch(line -> line.matches("\\| tyrus, heartbeat off .* \\| 20 \\| 0 \\| .* \\| 0 \\| 0 \\|"))
                .anyMatch(line -> line.matches("\\| tyrus, heartbeat on .* \\| 20 \\| 20 \\| .* \\| 20 \\| 0 \\|"))
                .anyMatch(line -> line.matches("\\| netty, heartbeat off .* \\| 20 \\| 0 \\| .* \\| 0 \\| 0 \\|"))
                .anyMatch(line -> line.matches("\\| netty, heartbeat on .* \\| 20 \\| 20 \\| .* \\| 20 \\| 0 \\|"));
    }

    @Test
    void refusesABadOptionInOneLineWithStatusTwo() {
        assertThat(run("--connections", "0")).isEqualTo(2);

        assertThat(err.toString(UTF_8).lines())
                .containsExactly("load: --connections must be a whole number from 1 to 999999999: 0");
        assertThat(out.toString(UTF_8)).isEmpty();
    }

    @Test
    void helps() {
        assertThat(run("--help")).isZero();

        assertThat(out.toString(UTF_8)).contains("--connections N").contains("Exit status");
    }

    private int run(String... args) {
        return Load.run(List.of(args), new PrintStream(out, true, UTF_8), new PrintStream(err, true, UTF_8));
    }
}
