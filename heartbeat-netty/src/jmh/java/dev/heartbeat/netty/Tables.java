package dev.heartbeat.netty;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Prints the tables of the README as Markdown: what a pause does, and what a watch costs. */
@Command(
        name = "bench",
        customSynopsis = "heartbeat-netty/bench [pause|cost] [OPTIONS]",
        description = "Prints what a pause does to healthy peers and to dead ones, and what a watch costs.",
        separator = " ",
        sortOptions = false,
        optionListHeading = "%nOptions:%n")
final class Tables implements Callable<Integer> {

    private enum Table {
        PAUSE,
        COST;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    @Parameters(index = "0", hidden = true, description = "a file with the class path of Netty 4.1")
    private Path netty41;

    @Parameters(index = "1", hidden = true, description = "a file with the class path of a Netty 4.2 that has epoll")
    private Path nettyEpoll;

    @Parameters(
            index = "2..*",
            arity = "0..*",
            paramLabel = "TABLE",
            description = "the tables to print, all unless named: ${COMPLETION-CANDIDATES}")
    private Set<Table> tables = Set.of();

    @Option(
            names = "--seconds",
            paramLabel = "N",
            defaultValue = "10",
            description = "how long the pause lasts (${DEFAULT-VALUE})")
    private int seconds;

    @Option(
            names = "--runs",
            paramLabel = "N",
            defaultValue = "3",
            description = "of what is repeated (${DEFAULT-VALUE})")
    private int runs;

    @Option(names = "--quick", description = "show no more than that everything runs")
    private boolean quick;

    @Option(names = "--help", usageHelp = true, description = "this text")
    private boolean help;

    private Tables() {}

    public static void main(String[] args) {
        CommandLine program = new CommandLine(new Tables());
        program.setParameterExceptionHandler((bad, all) -> {
            program.getErr().println("bench: " + bad.getMessage() + ", see --help");
            return ExitCode.USAGE;
        });
        System.exit(program.execute(args));
    }

    @Override
    public Integer call() throws Exception {
        if (isWanted(Table.PAUSE)) {
            List<PauseTable.Column> columns = List.of(
                    new PauseTable.Column("4.1 NIO", Transport.NIO, Files.readString(netty41)),
                    new PauseTable.Column("4.2 NIO", Transport.NIO, System.getProperty("java.class.path")),
                    new PauseTable.Column("4.2 epoll", Transport.EPOLL, Files.readString(nettyEpoll)));
            PauseTable table = quick ? PauseTable.quick() : PauseTable.of(Duration.ofSeconds(seconds), runs);
            table.print(columns);
        }
        if (isWanted(Table.COST)) {
            if (quick) {
                CostTable.printQuickly();
            } else {
                CostTable.print(runs);
            }
        }
        return ExitCode.OK;
    }

    private boolean isWanted(Table table) {
        return tables.isEmpty() || tables.contains(table);
    }
}
