package dev.heartbeat.jakarta;

import dev.heartbeat.testkit.MarkdownTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Keeps how long after the verdict each descriptor was free, a line for each kill, and prints them as a table. Run as a
 * source file beside the classes of the test kit, with the files that the tests wrote as its arguments.
 */
final class FreedTable {

    /** Seen from the directory of the module, where its tests run; {@code mvn clean} begins a new one. */
    private static final Path FILE = Path.of("target", "freed.tsv");

    private static final long HELD = Long.MAX_VALUE;

    /** What the peer is like, and the column. */
    enum Situation {
        MUTE("mute"),
        FROZEN("frozen"),
        UNSENT("unsent"),
        VANISHED("vanished"),
        CLOSED("closed by the application"),
        DRAINED("drained"),
        API_ONLY("with the API only");

        private final String title;

        Situation(String title) {
            this.title = title;
        }
    }

    /** One container: the slowest of all runs, and all that freed something. */
    private static final class Row {

        private final Map<Situation, Map<String, Long>> slowest = new EnumMap<>(Situation.class);
        private final Set<String> means = new TreeSet<>();

        void add(Situation situation, String scheme, long millis, String by) {
            slowest.computeIfAbsent(situation, key -> new TreeMap<>()).merge(scheme, millis, Math::max);
            if (situation != Situation.API_ONLY && millis != HELD) {
                means.add(by);
            }
        }

        String cell(Situation situation) {
            Map<String, Long> times = slowest.getOrDefault(situation, Map.of());
            return times.isEmpty()
                    ? "-"
                    : String.join(
                            " / ",
                            times.values().stream()
                                    .map(time -> time == HELD ? "held" : time.toString())
                                    .toList());
        }
    }

    private FreedTable() {}

    /**
     * Adds a line.
     *
     * @param took null where the descriptor was not freed
     */
    static synchronized void note(String container, Situation situation, boolean tls, Duration took, String means)
            throws IOException {
        String line = String.join(
                "\t",
                container,
                situation.name(),
                tls ? "wss" : "ws",
                Long.toString(took == null ? HELD : took.toMillis()),
                means);
        Files.createDirectories(FILE.getParent());
        Files.writeString(FILE, line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    /**
     * Prints the table, in milliseconds, over {@code ws} and {@code wss}.
     *
     * @param args the files
     */
    public static void main(String[] args) throws IOException {
        Map<String, Row> rows = new TreeMap<>();
        for (String file : args) {
            for (String line : Files.readAllLines(Path.of(file))) {
                String[] cells = line.split("\t");
                rows.computeIfAbsent(cells[0], key -> new Row())
                        .add(Situation.valueOf(cells[1]), cells[2], Long.parseLong(cells[3]), cells[4]);
            }
        }
        List<String> titles = new ArrayList<>(List.of("Container"));
        Stream.of(Situation.values()).map(situation -> situation.title).forEach(titles::add);
        Collections.addAll(titles, "Freed by");
        MarkdownTable table = new MarkdownTable(System.out::println, titles, List.of());
        rows.forEach((container, row) -> {
            List<String> cells = new ArrayList<>(List.of(container));
            Stream.of(Situation.values()).map(row::cell).forEach(cells::add);
            cells.add(String.join("; or ", row.means));
            table.row(cells.toArray());
        });
    }
}
