package dev.heartbeat.examples.load;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.management.UnixOperatingSystemMXBean;
import dev.heartbeat.HeartbeatPolicy;
import dev.heartbeat.examples.ShortErrorMessageHandler;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/**
 * A real load: as many connections as the descriptors of a process allow, on servers with the heartbeat off and on.
 *
 * <p>Exit status: 0 if every mute peer was reaped and no living one, 1 if not, 2 for a bad option.
 */
@Command(
        name = "load",
        description = "Opens many real connections and prints what the heartbeat costs under them.",
        separator = " ",
        usageHelpWidth = 100,
        abbreviateSynopsis = true,
        sortOptions = false,
        optionListHeading = "%nOptions:%n",
        footer = "%nExit status: 0 if every mute peer was reaped and no living one; 1 if not; 2 for a bad option.")
public final class Load implements Callable<Integer> {

    private static final int SPARE_DESCRIPTORS = 1_000;
    private static final int MOST_CONNECTIONS = 100_000;

    private final PrintStream out;

    @Option(
            names = "--connections",
            paramLabel = "N",
            converter = Connections.class,
            description = "how many (as many as the descriptors of a process allow)")
    private int connections = asManyAsAllowed();

    @Option(names = "--quick", description = "short settings, which only show that everything runs")
    private boolean quick;

    @Option(names = "--help", usageHelp = true, description = "this text")
    boolean help;

    private Load(PrintStream out) {
        this.out = out;
    }

    /**
     * Runs everything and exits with its status.
     *
     * @param args options, see {@code --help}
     */
    public static void main(String[] args) {
        System.exit(run(List.of(args), System.out, System.err));
    }

    /** The program but for the exit, so that a test can run it. */
    static int run(List<String> args, PrintStream out, PrintStream err) {
        return new CommandLine(new Load(out))
                .setOut(new PrintWriter(out, true, UTF_8))
                .setErr(new PrintWriter(err, true, UTF_8))
                .setParameterExceptionHandler(new ShortErrorMessageHandler())
                .execute(args.toArray(String[]::new));
    }

    /**
     * Measures, prints, and gives the exit status.
     *
     * @throws IOException if a server or a connection fails
     */
    @Override
    public Integer call() throws IOException {
        // A fifth of the usual silence, so that the program is done soon; that makes five times as many pings.
        Duration unit = quick ? Duration.ofMillis(250) : Duration.ofSeconds(3);
        HeartbeatPolicy policy = HeartbeatPolicy.builder()
                .pingInterval(unit.multipliedBy(2))
                .pongTimeout(unit)
                .reapAfter(unit.multipliedBy(quick ? 24 : 2))
                .holdCap(unit.multipliedBy(8))
                .build();
        return new LoadRun(connections, policy, quick, out).run() ? 0 : 1;
    }

    private static int asManyAsAllowed() {
        long most =
                ((UnixOperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getMaxFileDescriptorCount();
        return (int) Math.max(1, Math.min(MOST_CONNECTIONS, most - SPARE_DESCRIPTORS));
    }

    /** A number of connections. */
    static final class Connections implements ITypeConverter<Integer> {
        @Override
        public Integer convert(String text) {
            int number = text.matches("\\d{1,9}") ? Integer.parseInt(text) : 0;
            if (number < 1) {
                throw new TypeConversionException("a whole number from 1 to 999999999");
            }
            return number;
        }
    }
}
