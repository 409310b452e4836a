package dev.heartbeat.netty;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * Prints the tables of the README as Markdown: what a pause does, and what a watch costs.
 *
 * <p>Arguments: two files with the class paths of Netty 4.1 and of a Netty 4.2 that has epoll, then {@code pause} or {@code
 * cost} for one of the tables only, {@code --seconds} the pause lasts (10), {@code --runs} of what is repeated (3), and {@code
 * --quick} to show no more than that everything runs.
 */
final class Tables {

    private boolean pause = true;
    private boolean cost = true;
    private boolean quick;
    private Duration length = Duration.ofSeconds(10);
    private int runs = 3;

    private Tables(List<String> arguments) {
        Deque<String> left = new ArrayDeque<>(arguments);
        while (!left.isEmpty()) {
            String argument = left.remove();
            switch (argument) {
                case "pause" -> cost = false;
                case "cost" -> pause = false;
                case "--quick" -> quick = true;
                case "--seconds" -> length = Duration.ofSeconds(Integer.parseInt(left.remove()));
                case "--runs" -> runs = Integer.parseInt(left.remove());
                default ->
                    throw new IllegalArgumentException(
                            "must be pause, cost, --seconds n, --runs n or --quick: " + argument);
            }
        }
    }

    public static void main(String[] args) throws Exception {
        Tables wanted = new Tables(List.of(args).subList(2, args.length));
        if (wanted.pause) {
            List<PauseTable.Column> columns = List.of(
                    new PauseTable.Column("4.1 NIO", Transport.NIO, Files.readString(Path.of(args[0]))),
                    new PauseTable.Column("4.2 NIO", Transport.NIO, System.getProperty("java.class.path")),
                    new PauseTable.Column("4.2 epoll", Transport.EPOLL, Files.readString(Path.of(args[1]))));
            PauseTable table = wanted.quick ? PauseTable.quick() : PauseTable.of(wanted.length, wanted.runs);
            table.print(columns);
        }
        if (wanted.cost) {
            if (wanted.quick) {
                CostTable.printQuickly();
            } else {
                CostTable.print(wanted.runs);
            }
        }
    }
}
