package dev.heartbeat.sim;

import dev.heartbeat.sim.Assumptions.Link;
import dev.heartbeat.sim.Tally.Sums;
import dev.heartbeat.testkit.MarkdownTable;
import java.io.PrintStream;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import java.util.stream.Stream;

/** What the simulator prints. Times are in seconds, shares in percent of the connections. */
final class Tables {

    private final PrintStream out;

    Tables(PrintStream out) {
        this.out = out;
    }

    /** A policy and what became of the fleet under it. */
    record Line(String policy, Tally tally) {}

    /** A policy and what became of the fleet under it in each storm. */
    record Weather(String policy, Map<Storm, Tally> tallies) {

        /** Connections closed wrongly beyond those of a calm ten minutes. */
        long excess(Storm storm) {
            return sums(storm).falseReaps - sums(Storm.NONE).falseReaps;
        }

        Sums sums(Storm storm) {
            return tallies.get(storm).ofAll();
        }

        private int most(ToIntFunction<Tally> what) {
            return tallies.values().stream().mapToInt(what).max().orElse(0);
        }
    }

    /** Whole lives of a mixed fleet. */
    void lives(List<Line> lines) {
        double hours = lines.isEmpty() ? 0 : lines.get(0).tally.ofAll().hours;
        print("### Mixed fleet");
        print("");
        print("Detection and suspicion in seconds after the death; %,.0f connection-hours per row.", hours);
        print("");
        MarkdownTable table = table(
                "detection p50",
                "p99",
                "max",
                "suspicion p50",
                "false reaps / 1000 h",
                "false suspicions / 1000 h",
                "pings / h");
        for (Line line : lines) {
            Sums sums = line.tally.ofAll();
            table.row(
                    line.policy,
                    format("%.1f", sums.detections.quantile(.5)),
                    format("%.1f", sums.detections.quantile(.99)),
                    format("%.1f", sums.detections.quantile(1)),
                    format("%.1f", sums.suspicions.quantile(.5)),
                    format("%,.0f", 1000 * sums.falseReaps / sums.hours),
                    format("%,.0f", 1000 * sums.falseSuspicions / sums.hours),
                    format("%.1f", sums.pings / sums.hours));
        }
        print("");
    }

    /** A policy, what became of the fleet under it where the kernel was asked, and how often it was. */
    record Asked(String policy, Tally tally, long looks) {}

    /** The same lives where the kernel can be asked. */
    void asked(List<Asked> lines) {
        print("### The same, the kernel being asked");
        print("");
        print("Detection in seconds after the death; how often the kernel was asked about one connection in a day.");
        print("");
        MarkdownTable table = table(
                "detection p50", "p99", "max", "false reaps / 1000 h", "false suspicions / 1000 h", "looks / day");
        for (Asked line : lines) {
            Sums sums = line.tally.ofAll();
            table.row(
                    line.policy,
                    format("%.1f", sums.detections.quantile(.5)),
                    format("%.1f", sums.detections.quantile(.99)),
                    format("%.1f", sums.detections.quantile(1)),
                    format("%,.0f", 1000 * sums.falseReaps / sums.hours),
                    format("%,.0f", 1000 * sums.falseSuspicions / sums.hours),
                    format("%.1f", 24 * line.looks / sums.hours));
        }
        print("");
    }

    /** The same lives, link by link. */
    void links(List<Line> lines) {
        print("### The same, by link");
        print("");
        print("Detection p50 / p99 in seconds; false reaps in 1000 hours; pings in an hour.");
        print("");
        byLink(lines, List.of(Link.values()), Tables::life);
    }

    private static String life(Sums sums) {
        return format(
                "%.0f / %.0f; %,.0f; %.0f",
                sums.detections.quantile(.5),
                sums.detections.quantile(.99),
                1000 * sums.falseReaps / sums.hours,
                sums.pings / sums.hours);
    }

    private void byLink(List<Line> lines, Collection<Link> links, Function<Sums, String> cell) {
        MarkdownTable table = table(links.stream().map(link -> link.title).toArray(String[]::new));
        for (Line line : lines) {
            Stream<String> cells = links.stream().map(line.tally::of).map(cell);
            table.row(Stream.concat(Stream.of(line.policy), cells).toArray());
        }
        print("");
    }

    /** Storms in which no closing is right. */
    void storms(int devices, List<Weather> lines) {
        print("### Storms");
        print("");
        print(
                "%,d connections, watched for ten minutes, in which one in a hundred really dies. Per storm: the share of"
                        + " them closed wrongly beyond those of a calm ten minutes, and the median detection of the dead in"
                        + " seconds.",
                devices);
        print("");
        for (Storm storm : Storm.values()) {
            print("- %s: %s", storm.title, storm.meaning);
        }
        print("");
        MarkdownTable table = table(
                "closed wrongly in calm", "pause45", "vm45", "up60", "half60", "most pings / s", "most closes / s");
        for (Weather line : lines) {
            table.row(
                    line.policy,
                    format("%.2f %%", 100.0 * line.sums(Storm.NONE).falseReaps / devices),
                    storm(line, Storm.PAUSE45, devices),
                    storm(line, Storm.VM45, devices),
                    storm(line, Storm.UP60, devices),
                    storm(line, Storm.HALF60, devices),
                    format("%,d", line.most(Tally::mostPingsInASecond)),
                    format("%,d", line.most(Tally::mostClosesInASecond)));
        }
        print("");
    }

    private static String storm(Weather line, Storm storm, int devices) {
        return format(
                "%+.2f %% / %.0f",
                100.0 * line.excess(storm) / devices,
                line.sums(storm).detections.quantile(.5));
    }

    /** The storm in which closing is right. */
    void massDeath(List<Weather> lines) {
        print("### A real mass death");
        print("");
        print("mass30 again: when the dead are suspected and reaped, in seconds after their death.");
        print("");
        MarkdownTable table = table("suspicion p50", "reaped p50", "p99", "last", "never", "most closes / s");
        for (Weather line : lines) {
            Sums sums = line.sums(Storm.MASS30);
            table.row(
                    line.policy,
                    format("%.0f", sums.suspicions.quantile(.5)),
                    format("%.0f", sums.detections.quantile(.5)),
                    format("%.0f", sums.detections.quantile(.99)),
                    format("%.0f", sums.detections.quantile(1)),
                    format("%,d", sums.missed),
                    format("%,d", line.tallies.get(Storm.MASS30).mostClosesInASecond()));
        }
        print("");
    }

    /** Devices that send on and hear nothing. */
    void deaf(List<Line> lines, Collection<Link> links) {
        print("### Deaf devices");
        print("");
        print(
                "They send every ten seconds and hear nothing any more. Per link: the share found within an hour, and after"
                        + " how many seconds, p50 / p99.");
        print("");
        byLink(lines, links, Tables::deaf);
    }

    private static String deaf(Sums sums) {
        long all = sums.detections.size() + sums.missed;
        Samples found = sums.detections.upTo(3600);
        return found.size() == 0
                ? "0 %"
                : format("%.0f %%: %.0f / %.0f", 100.0 * found.size() / all, found.quantile(.5), found.quantile(.99));
    }

    private MarkdownTable table(String... numbers) {
        return new MarkdownTable(out::println, List.of("policy"), List.of(numbers));
    }

    private static String format(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }

    private void print(String format, Object... values) {
        out.println(format(format, values));
    }
}
