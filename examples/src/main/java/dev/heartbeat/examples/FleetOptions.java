package dev.heartbeat.examples;

import dev.heartbeat.HeartbeatPolicy;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the command line of {@link Fleet} asks for; immutable.
 *
 * @param container what the server runs on
 * @param devices how many charge points, from 1 to 10 000
 * @param lost the share of them that drives into the tunnel, from 0 to 1
 * @param policy what the server's detector goes by
 * @param calm how long the fleet drives in the open before the tunnel, and again after it
 * @param keepRunning whether to go on after the summary, until interrupted
 */
record FleetOptions(
        Container container, int devices, double lost, HeartbeatPolicy policy, Duration calm, boolean keepRunning) {

    static final String HELP = """
            Runs a WebSocket server and a fleet of charge points, of which a share loses its signal.

            Options:
              --container NAME       tyrus, tomcat, jetty, undertow or netty (tyrus)
              --devices N            how many charge points, 1 to 10000 (200)
              --lost SHARE           how many of them drive into the tunnel: 0.5 or 50% (a third)
              --ping-interval TIME   the silence after which the server sends a ping (4s)
              --pong-timeout TIME    no answer for so long makes a charge point suspect (2s)
              --reap-after TIME      no answer for so long makes it a zombie (6s)
              --quick                shorter times, for a self-check: 2s and 1s
              --keep-running         go on after the summary, until interrupted
              --help                 this text
            A TIME is 500ms, 4s or 2min.

            Exit status: 0 if every lost device was reaped in time, no healthy one was, and no
            file descriptor leaked; 1 if not; 2 for a bad option.
            """;

    private static final Pattern TIME = Pattern.compile("(\\d{1,9})(ms|s|min)");
    private static final Duration SHORTEST = Duration.ofMillis(1);
    private static final Duration LONGEST = Duration.ofDays(1);

    int lostDevices() {
        return (int) Math.round(devices * lost);
    }

    /**
     * Reads the command line.
     *
     * @throws IllegalArgumentException in one line, with the option, the rule and the value
     */
    static FleetOptions parse(List<String> args) {
        boolean quick = args.contains("--quick");
        Container container = Container.TYRUS;
        int devices = 200;
        double lost = 1 / 3.0;
        Duration pingInterval = Duration.ofSeconds(quick ? 2 : 4);
        Duration pongTimeout = Duration.ofSeconds(quick ? 1 : 2);
        // Not quickened: no device in the open may be reaped because a busy machine keeps the fleet waiting.
        Duration reapAfter = Duration.ofSeconds(6);
        boolean keepRunning = false;
        Iterator<String> rest = args.iterator();
        while (rest.hasNext()) {
            String option = rest.next();
            switch (option) {
                case "--container" -> container = container(option, rest);
                case "--devices" -> devices = number(option, rest);
                case "--lost" -> lost = share(option, rest);
                case "--ping-interval" -> pingInterval = time(option, rest);
                case "--pong-timeout" -> pongTimeout = time(option, rest);
                case "--reap-after" -> reapAfter = time(option, rest);
                case "--keep-running" -> keepRunning = true;
                case "--quick" -> {}
                default -> throw new IllegalArgumentException("no such option, see --help: " + option);
            }
        }
        if (reapAfter.compareTo(pongTimeout) < 0) {
            throw bad(
                    "--reap-after",
                    "at least --pong-timeout (" + pongTimeout.toMillis() + "ms)",
                    reapAfter.toMillis() + "ms");
        }
        HeartbeatPolicy policy = HeartbeatPolicy.builder()
                .pingInterval(pingInterval)
                .pongTimeout(pongTimeout)
                .reapAfter(reapAfter)
                // A third of the fleet really is lost here; by default its reaping would wait, as after a network's
                // fault.
                .holdCap(Duration.ZERO)
                .build();
        return new FleetOptions(container, devices, lost, policy, Duration.ofSeconds(quick ? 3 : 5), keepRunning);
    }

    private static Container container(String option, Iterator<String> rest) {
        String text = value(option, rest);
        return Container.named(text)
                .orElseThrow(() -> bad(option, "one of tyrus, tomcat, jetty, undertow and netty", text));
    }

    private static int number(String option, Iterator<String> rest) {
        String text = value(option, rest);
        int number = text.matches("\\d{1,5}") ? Integer.parseInt(text) : 0;
        if (number < 1 || number > 10_000) {
            throw bad(option, "a whole number from 1 to 10000", text);
        }
        return number;
    }

    private static double share(String option, Iterator<String> rest) {
        String text = value(option, rest);
        if (text.matches("\\d{1,3}(\\.\\d{1,9})?%?")) {
            double share = text.endsWith("%")
                    ? Double.parseDouble(text.substring(0, text.length() - 1)) / 100
                    : Double.parseDouble(text);
            if (share <= 1) {
                return share;
            }
        }
        throw bad(option, "a share from 0 to 1 or from 0% to 100%", text);
    }

    private static Duration time(String option, Iterator<String> rest) {
        String text = value(option, rest);
        Matcher matcher = TIME.matcher(text);
        if (matcher.matches()) {
            long count = Long.parseLong(matcher.group(1));
            Duration time = switch (matcher.group(2)) {
                case "ms" -> Duration.ofMillis(count);
                case "s" -> Duration.ofSeconds(count);
                default -> Duration.ofMinutes(count);
            };
            if (time.compareTo(SHORTEST) >= 0 && time.compareTo(LONGEST) <= 0) {
                return time;
            }
        }
        throw bad(option, "a time from 1ms to 1 day such as 500ms, 4s or 2min", text);
    }

    private static String value(String option, Iterator<String> rest) {
        if (!rest.hasNext()) {
            throw new IllegalArgumentException(option + " must be followed by a value, see --help");
        }
        return rest.next();
    }

    private static IllegalArgumentException bad(String option, String rule, String value) {
        return new IllegalArgumentException(option + " must be " + rule + ": " + value);
    }
}
