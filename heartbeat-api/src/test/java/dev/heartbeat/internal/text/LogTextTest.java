package dev.heartbeat.internal.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LogTextTest {

    @ParameterizedTest
    @CsvSource({
        "PT0S, 0 ms",
        "PT0.000512S, 0.5 ms",
        "PT0.001S, 1 ms",
        "PT0.084S, 84 ms",
        "PT0.0845S, 84.5 ms",
        "PT0.999S, 999 ms",
        "PT1S, 1 s",
        "PT30S, 30 s",
        "PT60.33S, 60.3 s",
        "PT119.9S, 119.9 s",
        "PT2M, 2 min",
        "PT5M, 5 min",
        "PT119M59S, 120 min",
        "PT2H, 2 h",
        "PT2H30M, 2.5 h",
        "P2D, 48 h",
    })
    void aDurationReadsInTheUnitOneWouldSayItIn(String duration, String words) {
        assertThat(LogText.of(Duration.parse(duration))).isEqualTo(words);
    }
}
