package dev.heartbeat.jakarta;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Keeps how long after the verdict each descriptor was free, a line for each kill, and prints them as a table. Run as a
 * source file, with the file that the tests wrote as its argument.
 */
final class FreedTable {

    /** Seen from the directory of the module, where its tests run. */
    private static final Path FILE = Path.of("target", "freed.tsv");

    private static final List<String> PEERS = List.of("does not read", "is frozen", "has vanished", "API only");

    private final Map<String, Map<String, Long>> slowest = new TreeMap<>();
    private final Map<String, Set<String>> means = new TreeMap<>();

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
        String row = line[0] + " | " + line[1];
        slowest.computeIfAbsent(row, key -> new TreeMap<>())
                .merge(line[3] + " " + line[2], Long.valueOf(line[4]), Math::max);
        if (!line[3].equals("API only")) {
            means.computeIfAbsent(row, key -> new TreeSet<>()).add(line[5]);
        }
    }

    private void print() {
        System.out.println(
                "| Container | Waiting to be sent | The peer does not read | is frozen | has vanished | With the API only | Freed by |");
        System.out.println("|---|---|---|---|---|---|---|");
        slowest.forEach((row, times) -> {
            StringBuilder line = new StringBuilder("| " + row);
            for (String peer : PEERS) {
                Set<String> cell = new LinkedHashSet<>();
                for (String scheme : List.of("ws", "wss")) {
                    cell.add(millis(times.get(peer + " " + scheme)));
                }
                line.append(" | ").append(String.join(" / ", cell));
            }
            System.out.println(line + " | " + String.join("; or ", means.getOrDefault(row, Set.of())) + " |");
        });
    }

    private static String millis(Long time) {
        return time == null ? "-" : time == Long.MAX_VALUE ? "not freed" : time.toString();
    }
}
