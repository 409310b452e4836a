package dev.heartbeat.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

class FleetOptionsTest {

    @Test
    void losesAThirdOfTwoHundredUnlessToldOtherwise() {
        FleetOptions options = parse("");

        assertThat(options.container()).isEqualTo(Container.TYRUS);
        assertThat(options.devices()).isEqualTo(200);
        assertThat(options.lostDevices()).isEqualTo(67);
        assertThat(options.keepRunning()).isFalse();
        assertThat(options.policy().pingInterval()).isEqualTo(Duration.ofSeconds(4));
        assertThat(options.policy().pongTimeout()).isEqualTo(Duration.ofSeconds(2));
        assertThat(options.policy().reapAfter()).isEqualTo(Duration.ofSeconds(6));
    }

    @Test
    void readsEveryOption() {
        FleetOptions options = parse("--devices 1000 --lost 0.5 --ping-interval 2min --pong-timeout 750ms "
                + "--reap-after 3s --keep-running --container netty");

        assertThat(options.container()).isEqualTo(Container.NETTY);
        assertThat(options.devices()).isEqualTo(1000);
        assertThat(options.lostDevices()).isEqualTo(500);
        assertThat(options.keepRunning()).isTrue();
        assertThat(options.policy().pingInterval()).isEqualTo(Duration.ofMinutes(2));
        assertThat(options.policy().pongTimeout()).isEqualTo(Duration.ofMillis(750));
        assertThat(options.policy().reapAfter()).isEqualTo(Duration.ofSeconds(3));
    }

    @Test
    void quickensTheTimesThatAreNotGiven() {
        FleetOptions options = parse("--reap-after 5s --quick");

        assertThat(options.policy().pingInterval()).isEqualTo(Duration.ofSeconds(2));
        assertThat(options.policy().reapAfter()).isEqualTo(Duration.ofSeconds(5));
    }

    @ParameterizedTest
    @EnumSource
    void knowsEveryContainerByTheNameThatTheHelpShows(Container container) {
        assertThat(parse("--container " + container).container()).isEqualTo(container);
        assertThat(new CommandLine(new FleetArguments()).getUsageMessage()).contains(" " + container);
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "1, 100", "100%, 100", "12.5%, 13", "0%, 0", "0.07, 7"})
    void readsAShareAsANumberOrAPercentage(String share, int lost) {
        assertThat(parse("--devices 100 --lost " + share).lostDevices()).isEqualTo(lost);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--container Tomcat",
                "--container glassfish",
                "--devices 0",
                "--devices 10001",
                "--devices -1",
                "--devices many",
                "--devices 99999999999",
                "--lost 1.1",
                "--lost 101%",
                "--lost -0.1",
                "--lost NaN",
                "--lost half",
                "--ping-interval 0s",
                "--ping-interval 30",
                "--ping-interval -4s",
                "--pong-timeout 2d",
                "--pong-timeout 1441min",
                "--pong-timeout 99999999999s",
                "--reap-after soon"
            })
    void refusesABadValueInOneLineWithTheOptionTheRuleAndTheValue(String args) {
        String[] words = args.split(" ");

        assertThatIllegalArgumentException()
                .isThrownBy(() -> parse(args))
                .withMessageMatching("\\Q" + words[0] + "\\E must be (a|one of) .+: \\Q" + words[1] + "\\E");
    }

    @Test
    void refusesAPatienceBelowThePongTimeout() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> parse("--reap-after 1500ms"))
                .withMessage("--reap-after must be at least --pong-timeout (2000ms): 1500ms");
    }

    @Test
    void refusesAnOptionWithoutItsValue() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> parse("--devices"))
                .withMessage("--devices must be followed by a value, see --help");
    }

    @Test
    void refusesAnOptionItDoesNotKnow() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> parse("--speed 3"))
                .withMessage("no such option, see --help: --speed");
    }

    private static FleetOptions parse(String args) {
        FleetArguments arguments = new FleetArguments();
        try {
            new CommandLine(arguments).parseArgs(args.isEmpty() ? new String[0] : args.split(" "));
            return arguments.call();
        } catch (ParameterException bad) {
            throw new IllegalArgumentException(ShortErrorMessageHandler.message(bad), bad);
        }
    }
}
