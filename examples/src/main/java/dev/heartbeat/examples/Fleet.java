package dev.heartbeat.examples;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.heartbeat.ZombieDetector;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import picocli.CommandLine;

/**
 * A WebSocket server, and a fleet of charge points of which a share drives into a tunnel: see them go silent, be suspected,
 * be named and reaped, and come back.
 *
 * <p>Exit status: 0 if every lost device was reaped within the bound of the policy and came back, no healthy one was, and
 * no file descriptor leaked; 1 if not; 2 for a bad option.
 */
public final class Fleet {

    private Fleet() {}

    /**
     * Runs the drill and exits with its status.
     *
     * @param args options, see {@code --help}
     */
    public static void main(String[] args) {
        System.exit(run(List.of(args), System.out, System.err));
    }

    /** The program but for the exit, so that a test can run it. */
    static int run(List<String> args, PrintStream out, PrintStream err) {
        CommandLine program = new CommandLine(new FleetArguments())
                .setOut(new PrintWriter(out, true, UTF_8))
                .setErr(new PrintWriter(err, true, UTF_8))
                .setParameterExceptionHandler(new ShortErrorMessageHandler());
        int status = program.execute(args.toArray(String[]::new));
        FleetOptions options = program.getExecutionResult();
        if (options == null) {
            return status;
        }
        // Most containers log every start and stop.
        Logger.getLogger("").setLevel(Level.WARNING);
        try {
            return drill(options, out).passed() ? 0 : 1;
        } catch (Exception broken) {
            err.println("fleet: the drill broke off: " + broken);
            return 1;
        }
    }

    static Report drill(FleetOptions options, PrintStream out) throws Exception {
        Ledger ledger = new Ledger();
        Display display = new Display(out, ledger);
        try (ZombieDetector detector = ZombieDetector.create(options.policy(), ledger, display);
                Host host = options.container().start(new Backend(detector, ledger))) {
            introduce(options, host.port(), display);
            InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), host.port());
            try (ChargePoints fleet = new ChargePoints(
                    options.devices(), address, options.policy().pingInterval(), ledger)) {
                return new Drill(options, ledger, display, fleet, new Descriptors(host.port())).run();
            }
        }
    }

    private static void introduce(FleetOptions options, int port, Display display) {
        display.print("  fleet   " + options.devices() + " charge points, of which " + options.lostDevices()
                + " will lose their signal");
        display.print("  server  " + options.container() + ", ws://127.0.0.1:" + port + CentralSystem.PATH);
        display.print("  policy  " + options.policy());
        display.print("");
    }
}
