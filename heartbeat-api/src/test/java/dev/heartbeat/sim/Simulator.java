package dev.heartbeat.sim;

import dev.heartbeat.sim.Assumptions.Link;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Option;

/**
 * Runs every policy over the same fleet and the same storms, and prints the tables as Markdown: {@code mvn -q -Psimulate
 * verify -pl heartbeat-api}. Deterministic: the same options print the same tables.
 */
@Command(
        name = "simulator",
        description = "Runs every policy over the same fleet and the same storms, and prints the tables.",
        abbreviateSynopsis = true,
        sortOptions = false,
        optionListHeading = "%nOptions:%n")
public final class Simulator implements Callable<Integer> {

    private static final int DEVICES = 2400;
    private static final int STORM_DEVICES = 10_000;

    /** One device in so many is sent large messages: they are made of thousands of pieces. */
    private static final int BUFFERED_SHARE = 12;

    @Option(names = "--quick", description = "a fleet and storms a tenth as large")
    private boolean quick;

    @Option(
            names = "--only",
            paramLabel = "TEXT",
            defaultValue = "",
            description = "only policies whose name contains the text")
    private String only;

    @Option(
            names = "--devices",
            paramLabel = "N",
            description = "devices that live and die; " + DEVICES + " unless set")
    private Integer devices;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "1",
            description = "other outages, bursts and lives; ${DEFAULT-VALUE} unless set")
    private long seed;

    @Option(names = "--help", usageHelp = true, description = "this text")
    private boolean help;

    private List<Algorithm.Row> rows;
    private int stormDevices;

    private Simulator() {}

    /**
     * Prints the tables, and exits: with 2 after a bad option.
     *
     * @param arguments the options
     */
    public static void main(String[] arguments) {
        CommandLine program = new CommandLine(new Simulator());
        program.setParameterExceptionHandler((bad, all) -> {
            program.getErr().println("simulator: " + bad.getMessage() + ", see --help");
            return ExitCode.USAGE;
        });
        System.exit(program.execute(arguments));
    }

    @Override
    public Integer call() throws InterruptedException, ExecutionException {
        int share = quick ? 10 : 1;
        if (devices == null) {
            devices = DEVICES / share;
        }
        stormDevices = STORM_DEVICES / share;
        rows = chosen(Rows.ALL);
        run();
        return ExitCode.OK;
    }

    private void run() throws InterruptedException, ExecutionException {
        ExecutorService pool = Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors());
        try {
            Fleet fleet = new Fleet(devices, seed);
            Fleet stormFleet = new Fleet(stormDevices, seed);
            List<Future<Tally>> lives = new ArrayList<>();
            List<Map<Storm, Future<Tally>>> storms = new ArrayList<>();
            List<Future<Tally>> deaf = new ArrayList<>();
            List<Future<Tables.Asked>> asked = new ArrayList<>();
            for (Algorithm.Row row : rows) {
                lives.add(pool.submit(() -> fleet.lives(row)));
            }
            for (Algorithm.Row row : chosen(Rows.ASKED)) {
                asked.add(pool.submit(() -> {
                    VirtualKernel kernel = new VirtualKernel();
                    Tally tally = fleet.lives(row, kernel);
                    return new Tables.Asked(row.name(), tally, kernel.looks());
                }));
            }
            for (Algorithm.Row row : rows) {
                Map<Storm, Future<Tally>> byStorm = new EnumMap<>(Storm.class);
                for (Storm storm : Storm.values()) {
                    byStorm.put(storm, pool.submit(() -> stormFleet.storm(row, storm)));
                }
                storms.add(byStorm);
                deaf.add(pool.submit(() -> fleet.deaf(row)));
            }
            Tables tables = new Tables(System.out);
            printLives(tables, lives);
            tables.asked(results(asked));
            printStorms(tables, storms);
            tables.deaf(lines(deaf), List.of(Link.LTE, Link.GSM));
            BufferTables buffers = new BufferTables(System.out, devices / BUFFERED_SHARE, seed, pool);
            buffers.situations(chosen(Rows.BUFFERED));
            buffers.pushes(Rows.DEFAULT);
        } finally {
            pool.shutdownNow();
        }
    }

    private List<Algorithm.Row> chosen(List<Algorithm.Row> from) {
        return from.stream().filter(row -> row.name().contains(only)).toList();
    }

    private static <T> List<T> results(List<Future<T>> runs) throws InterruptedException, ExecutionException {
        List<T> results = new ArrayList<>();
        for (Future<T> run : runs) {
            results.add(run.get());
        }
        return results;
    }

    private void printLives(Tables tables, List<Future<Tally>> lives) throws InterruptedException, ExecutionException {
        List<Tables.Line> lines = lines(lives);
        tables.lives(lines);
        tables.links(lines);
    }

    private void printStorms(Tables tables, List<Map<Storm, Future<Tally>>> storms)
            throws InterruptedException, ExecutionException {
        List<Tables.Weather> lines = new ArrayList<>();
        for (int i = 0; i < rows.size(); i++) {
            Map<Storm, Tally> tallies = new EnumMap<>(Storm.class);
            for (Map.Entry<Storm, Future<Tally>> storm : storms.get(i).entrySet()) {
                tallies.put(storm.getKey(), storm.getValue().get());
            }
            lines.add(new Tables.Weather(rows.get(i).name(), tallies));
        }
        tables.storms(stormDevices, lines);
        tables.massDeath(lines);
    }

    private List<Tables.Line> lines(List<Future<Tally>> tallies) throws InterruptedException, ExecutionException {
        List<Tables.Line> lines = new ArrayList<>();
        for (int i = 0; i < rows.size(); i++) {
            lines.add(new Tables.Line(rows.get(i).name(), tallies.get(i).get()));
        }
        return lines;
    }
}
