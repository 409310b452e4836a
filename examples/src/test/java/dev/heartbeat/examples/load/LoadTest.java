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

    @Test
    void findsTheMuteHalfOfRealConnectionsAndPrintsWhatThatCosts() throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();

        int status = Load.run(List.of("--quick", "--connections", "40"), new PrintStream(out, true, UTF_8));

        assertThat(status).as(out.toString(UTF_8)).isZero();
        assertThat(out.toString(UTF_8).lines())
                .anyMatch(line -> line.matches("\\| tyrus, heartbeat off .* \\| 20 \\| 0 \\| .* \\| 0 \\| 0 \\|"))
                .anyMatch(line -> line.matches("\\| tyrus, heartbeat on .* \\| 20 \\| 20 \\| .* \\| 20 \\| 0 \\|"))
                .anyMatch(line -> line.matches("\\| netty, heartbeat off .* \\| 20 \\| 0 \\| .* \\| 0 \\| 0 \\|"))
                .anyMatch(line -> line.matches("\\| netty, heartbeat on .* \\| 20 \\| 20 \\| .* \\| 20 \\| 0 \\|"));
    }
}
