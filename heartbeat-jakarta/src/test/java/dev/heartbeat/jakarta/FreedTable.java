package dev.heartbeat.jakarta;

import dev.heartbeat.testkit.MarkdownTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Keeps how long after the verdict each descriptor was free, a line for each kill, and prints them as a table. Run as a
 * source file beside the classes of the test kit, with the file that the tests wrote as its argument.
 */
final class FreedTable {

    /** Seen from the directory of the module, where its tests run. */
    private static final Path FILE = Path.of("target", "freed.tsv");

    private static final List<String> PEERS = List.of("does not read", "is frozen", "has vanished", "API only");

    /** What the servers have in common whose times are compared. */
    private record Row(String container, String waiting) {}

    private static final Comparator<Row> BY_NAME =
            Comparator.comparing(Row::container).thenComparing(Row::waiting);

    private final Map<Row, Map<String, Long>> slowest = new TreeMap<>(BY_NAME);
    private final Map<Row, Set<String>> means = new TreeMap<>(BY_NAME);

    private FreedTable() {}

    /** Adds a line; no time where the descriptor was not freed. */
    static synchronized void note(
            String container, String waiting, boolean tls, String peer, Duration took, String means)
            throws IOException {
        String line = String.join(
                "\t",
                container,
                waiting,
                tls ? "wss" : "ws",
                peer,
                Long.toString(took == null ? Long.MAX_VALUE : took.toMillis()),
                means);
        Files.createDirectories(FILE.getParent());
        Files.writeString(FILE, line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    /**
     * Prints the table: the slowest of all runs, in milliseconds.
     *
     * @param args the file
     */
    public static void main(String[] args) throws IOException {
        FreedTable table = new FreedTable();
        Files.readAllLines(Path.of(args[0])).forEach(line -> table.add(line.split("\t")));
        table.print();
    }

    private void add(String[] line) {
        Row row = new Row(line[0], line[1]);
        slowest.computeIfAbsent(row, key -> new TreeMap<>())
                .merge(line[3] + " " + line[2], Long.valueOf(line[4]), Math::max);
        if (!line[3].equals("API only")) {
            means.computeIfAbsent(row, key -> new TreeSet<>()).add(line[5]);
        }
    }

    private void print() {
        MarkdownTable table = new MarkdownTable(
                System.out::println,
                List.of(
                        "Container",
                        "Waiting to be sent",
                        "The peer does not read",
                        "is frozen",
                        "has vanished",
                        "With the API only",
                        "Freed by"),
                List.of());
        slowest.forEach((row, times) -> {
            List<String> cells = new ArrayList<>(List.of(row.container(), row.waiting()));
            for (String peer : PEERS) {
                Set<String> cell = new LinkedHashSet<>();
                for (String scheme : List.of("ws", "wss")) {
                    cell.add(millis(times.get(peer + " " + scheme)));
                }
                cells.add(String.join(" / ", cell));
            }
            cells.add(String.join("; or ", means.getOrDefault(row, Set.of())));
            table.row(cells.toArray());
        });
    }

    private static String millis(Long time) {
        return time == null ? "-" : time == Long.MAX_VALUE ? "not freed" : time.toString();
    }
}
