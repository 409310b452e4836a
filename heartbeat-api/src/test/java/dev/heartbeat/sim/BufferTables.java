package dev.heartbeat.sim;

import dev.heartbeat.sim.Tally.Sums;
import dev.heartbeat.testkit.MarkdownTable;
import java.io.PrintStream;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;

/** What buffers do to verdicts: whom they cost, and how much later the dead are found. */
final class BufferTables {

    private static final List<Integer> PUSHES = List.of(0, 10_000, 100_000, 1_000_000, 4_000_000);
    private static final int DEVICES_PER_PUSH = 40;

    private final PrintStream out;
    private final Fleet fleet;
    private final Fleet pushed;
    private final ExecutorService pool;

    BufferTables(PrintStream out, int devices, long seed, ExecutorService pool) {
        this.out = out;
        this.fleet = new Fleet(devices, seed);
        this.pushed = new Fleet(DEVICES_PER_PUSH, seed);
        this.pool = pool;
    }

    /** Live and dead devices in each situation. */
    void situations(List<Algorithm.Row> rows) throws InterruptedException, ExecutionException {
        out.println("### Buffers");
        out.println();
        out.println(
                "Links without outages and bursts, so that every reap of a live device is the policy's own fault. Half of"
                        + " the devices vanish, the others freeze, in the middle of a push or a pause. Detection in seconds after"
                        + " that, p50 / max.");
        out.println();
        MarkdownTable table = new MarkdownTable(
                out::println,
                List.of("situation", "kernel", "policy"),
                List.of("false reaps / 1000 h", "false suspicions / 1000 h", "vanished", "frozen", "never found"));
        for (Situation situation : EnumSet.complementOf(EnumSet.of(Situation.PLAIN))) {
            for (boolean asked : new boolean[] {true, false}) {
                for (Algorithm.Row row : rows) {
                    table.row(line(situation, asked, row));
                }
            }
        }
        out.println();
    }

    private Object[] line(Situation situation, boolean asked, Algorithm.Row row)
            throws InterruptedException, ExecutionException {
        Map<Ending, Future<Tally>> runs = new EnumMap<>(Ending.class);
        for (Ending ending : Ending.values()) {
            runs.put(ending, pool.submit(() -> fleet.buffered(row, situation, asked, ending)));
        }
        Sums vanished = runs.get(Ending.VANISHED).get().ofAll();
        Sums frozen = runs.get(Ending.FROZEN).get().ofAll();
        double hours = vanished.hours + frozen.hours;
        return new Object[] {
            situation.title,
            asked ? "asked" : "not asked",
            row.name(),
            format("%,.1f", 1000 * (vanished.falseReaps + frozen.falseReaps) / hours),
            format("%,.0f", 1000 * (vanished.falseSuspicions + frozen.falseSuspicions) / hours),
            found(vanished),
            found(frozen),
            vanished.missed + frozen.missed
        };
    }

    /** What the allowance for much that was sent costs. */
    void pushes(Algorithm.Row row) throws InterruptedException, ExecutionException {
        out.println("### After a push");
        out.println();
        out.println(format(
                "%s: silent devices on 2G (%,.0f bytes a second) that vanish or freeze when they have got half of a push, or"
                        + " all of it. Seconds until they are reaped, p50 / max.",
                row.name(), Assumptions.Link.GSM.rate));
        out.println();
        MarkdownTable table = new MarkdownTable(
                out::println,
                List.of("way", "kernel", "device", "has got"),
                PUSHES.stream().map(BufferTables::size).toList());
        for (Situation way : List.of(Situation.DOWNLOAD, Situation.PROXIED)) {
            for (boolean asked : new boolean[] {true, false}) {
                for (Ending ending : Ending.values()) {
                    for (double share : new double[] {.5, 1}) {
                        push(table, row, new Push(way, asked, ending, share));
                    }
                }
            }
        }
        out.println();
    }

    /** How the device ends, and when: when it has got a share of the message. */
    private record Push(Situation way, boolean asked, Ending ending, double share) {}

    private void push(MarkdownTable table, Algorithm.Row row, Push push)
            throws InterruptedException, ExecutionException {
        List<Future<Tally>> runs = PUSHES.stream()
                .map(bytes ->
                        pool.submit(() -> pushed.afterPush(row, push.way, push.asked, push.ending, bytes, push.share)))
                .toList();
        Object[] cells = new Object[4 + runs.size()];
        cells[0] = push.way == Situation.PROXIED ? "through a proxy" : "direct";
        cells[1] = push.asked ? "asked" : "not asked";
        cells[2] = push.ending.title;
        cells[3] = push.share == 1 ? "all" : "half";
        for (int i = 0; i < runs.size(); i++) {
            cells[4 + i] = found(runs.get(i).get().ofAll());
        }
        table.row(cells);
    }

    private static String found(Sums sums) {
        return format("%.0f / %.0f", sums.detections.quantile(.5), sums.detections.quantile(1));
    }

    private static String size(int bytes) {
        if (bytes == 0) {
            return "no push";
        }
        return bytes < 1_000_000 ? bytes / 1000 + " KB" : bytes / 1_000_000 + " MB";
    }

    private static String format(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }
}
