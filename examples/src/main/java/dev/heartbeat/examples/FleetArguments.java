package dev.heartbeat.examples;

import dev.heartbeat.HeartbeatPolicy;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** The command line of {@link Fleet}, which gives its options. */
@Command(
        name = "fleet",
        description = "Runs a WebSocket server and a fleet of charge points, of which a share loses its signal.",
        separator = " ",
        usageHelpWidth = 100,
        abbreviateSynopsis = true,
        sortOptions = false,
        optionListHeading = "%nOptions:%n",
        footer = {
            "A TIME is 500ms, 4s or 2min.",
            "",
            "Exit status: 0 if every lost device was reaped in time, no healthy one was, and no file descriptor"
                    + " leaked; 1 if not; 2 for a bad option."
        })
final class FleetArguments implements Callable<FleetOptions> {

    @Option(
            names = "--container",
            paramLabel = "NAME",
            converter = ContainerName.class,
            description = "what the server runs on: ${COMPLETION-CANDIDATES} (${DEFAULT-VALUE})")
    private Container container = Container.TYRUS;

    @Option(
            names = "--devices",
            paramLabel = "N",
            converter = Devices.class,
            description = "how many charge points, 1 to 10000 (${DEFAULT-VALUE})")
    private int devices = 200;

    @Option(
            names = "--lost",
            paramLabel = "SHARE",
            converter = Share.class,
            description = "how many of them drive into the tunnel: 0.5 or 50%% (a third)")
    private double lost = 1 / 3.0;

    @Option(
            names = "--ping-interval",
            paramLabel = "TIME",
            converter = Time.class,
            description = "the silence after which the server sends a ping (4s)")
    private @Nullable Duration pingInterval;

    @Option(
            names = "--pong-timeout",
            paramLabel = "TIME",
            converter = Time.class,
            description = "no answer for so long makes a charge point suspect (2s)")
    private @Nullable Duration pongTimeout;

    @Option(
            names = "--reap-after",
            paramLabel = "TIME",
            converter = Time.class,
            description = "no answer for so long makes it a zombie (6s)")
    // Not quickened: no device in the open may be reaped because a busy machine keeps the fleet waiting.
    private Duration reapAfter = Duration.ofSeconds(6);

    @Option(names = "--quick", description = "shorter times, for a self-check: 2s and 1s")
    private boolean quick;

    @Option(names = "--keep-running", description = "go on after the summary, until interrupted")
    private boolean keepRunning;

    @Option(names = "--help", usageHelp = true, description = "this text")
    boolean help;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    /**
     * What was asked for.
     *
     * @throws ParameterException if options contradict each other
     */
    @Override
    public FleetOptions call() {
        Duration timeout = pongTimeout != null ? pongTimeout : Duration.ofSeconds(quick ? 1 : 2);
        if (reapAfter.compareTo(timeout) < 0) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--reap-after must be at least --pong-timeout (" + timeout.toMillis() + "ms): "
                            + reapAfter.toMillis() + "ms");
        }
        HeartbeatPolicy policy = HeartbeatPolicy.builder()
                .pingInterval(pingInterval != null ? pingInterval : Duration.ofSeconds(quick ? 2 : 4))
                .pongTimeout(timeout)
                .reapAfter(reapAfter)
                // A third of the fleet really is lost here; by default its reaping would wait, as after a network's
                // fault.
                .holdCap(Duration.ZERO)
                .build();
        return new FleetOptions(container, devices, lost, policy, Duration.ofSeconds(quick ? 3 : 5), keepRunning);
    }

    /** A container's name, in small letters only. */
    static final class ContainerName implements ITypeConverter<Container> {
        @Override
        public Container convert(String text) {
            return Container.named(text)
                    .orElseThrow(() -> new TypeConversionException("one of tyrus, tomcat, jetty, undertow and netty"));
        }
    }

    /** A number of devices. */
    static final class Devices implements ITypeConverter<Integer> {
        @Override
        public Integer convert(String text) {
            int number = text.matches("\\d{1,5}") ? Integer.parseInt(text) : 0;
            if (number < 1 || number > 10_000) {
                throw new TypeConversionException("a whole number from 1 to 10000");
            }
            return number;
        }
    }

    /** A number from 0 to 1 or a percentage. */
    static final class Share implements ITypeConverter<Double> {
        @Override
        public Double convert(String text) {
            if (text.matches("\\d{1,3}(\\.\\d{1,9})?%?")) {
                double share = text.endsWith("%")
                        ? Double.parseDouble(text.substring(0, text.length() - 1)) / 100
                        : Double.parseDouble(text);
                if (share <= 1) {
                    return share;
                }
            }
            throw new TypeConversionException("a share from 0 to 1 or from 0% to 100%");
        }
    }

    /** A number with its unit. */
    static final class Time implements ITypeConverter<Duration> {
        private static final Pattern TIME = Pattern.compile("(\\d{1,9})(ms|s|min)");
        private static final Duration LONGEST = Duration.ofDays(1);

        @Override
        public Duration convert(String text) {
            Matcher matcher = TIME.matcher(text);
            if (matcher.matches()) {
                long count = Long.parseLong(matcher.group(1));
                Duration time = switch (matcher.group(2)) {
                    case "ms" -> Duration.ofMillis(count);
                    case "s" -> Duration.ofSeconds(count);
                    default -> Duration.ofMinutes(count);
                };
                if (!time.isZero() && time.compareTo(LONGEST) <= 0) {
                    return time;
                }
            }
            throw new TypeConversionException("a time from 1ms to 1 day such as 500ms, 4s or 2min");
        }
    }
}
