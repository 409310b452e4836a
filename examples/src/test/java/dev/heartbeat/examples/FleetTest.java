package dev.heartbeat.examples;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.HeartbeatPolicy;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FleetTest {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @ParameterizedTest
    @EnumSource
    void reapsTheLostAndOnlyTheLostAndGetsThemBack(Container container) throws Exception {
        HeartbeatPolicy patient = HeartbeatPolicy.builder()
                .pingInterval(Duration.ofMillis(500))
                .pongTimeout(Duration.ofMillis(500))
                .reapAfter(Duration.ofSeconds(6))
                .build();
        FleetOptions options = new FleetOptions(container, 12, 0.25, patient, Duration.ofMillis(700), false);

        Report report = Fleet.drill(options, new PrintStream(out, true, UTF_8));

        assertThat(report.passed()).as(printed(out)).isTrue();
        assertThat(report.verdicts())
                .extracting(Ledger.Verdict::chargePoint)
                .containsExactlyInAnyOrder("CP-0001", "CP-0005", "CP-0009");
        assertThat(printed(out))
                .contains("  server  " + container + ", ws://127.0.0.1:")
                .containsPattern("zombie    CP-0005  "
                        + "(the ping was acknowledged, but not answered|no answer to the ping), last byte ")
                .contains("12 before, 12 in the tunnel, 9 after the reaping, 12 after the return, 0 at the end");
    }

    @Test
    void refusesABadOptionInOneLineWithStatusTwo() {
        assertThat(run("--devices", "none")).isEqualTo(2);

        assertThat(printed(err).lines())
                .containsExactly("fleet: --devices must be a whole number from 1 to 10000: none");
        assertThat(printed(out)).isEmpty();
    }

    @Test
    void helps() {
        assertThat(run("--devices", "none", "--help")).isZero();

        assertThat(printed(out)).contains("--devices N").contains("Exit status");
        assertThat(printed(err)).isEmpty();
    }

    private int run(String... args) {
        return Fleet.run(List.of(args), new PrintStream(out, true, UTF_8), new PrintStream(err, true, UTF_8));
    }

    private static String printed(ByteArrayOutputStream stream) {
        return stream.toString(UTF_8);
    }
}
