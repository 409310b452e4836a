package dev.heartbeat.sim;

import dev.heartbeat.sim.Assumptions.Link;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Runs every policy over the same fleet and the same storms, and prints the tables as Markdown: {@code mvn -q -Psimulate
 * verify -pl heartbeat-api}. Deterministic: the same options print the same tables.
 *
 * <pre>
 * --quick          a fleet and storms a tenth as large
 * --only=TEXT      only policies whose name contains the text
 * --devices=N      devices that live and die; 2400 unless set
 * --seed=N         other outages, bursts and lives; 1 unless set
 * </pre>
 */
public final class Simulator {

    private static final int DEVICES = 2400;
    private static final int STORM_DEVICES = 10_000;

    private int devices = DEVICES;
    private int stormDevices = STORM_DEVICES;
    private long seed = 1;
    private List<Algorithm.Row> rows = Rows.ALL;

    private Simulator() {}

    /**
     * Prints the tables.
     *
     * @param arguments the options
     * @throws Exception if a run fails
     */
    public static void main(String[] arguments) throws Exception {
        Simulator simulator = new Simulator();
        for (String argument : arguments) {
            simulator.option(argument);
        }
        simulator.run();
    }

    private void option(String argument) {
        String value = argument.substring(argument.indexOf('=') + 1);
        if (argument.equals("--quick")) {
            devices = DEVICES / 10;
            stormDevices = STORM_DEVICES / 10;
        } else if (argument.startsWith("--only=")) {
            rows = rows.stream().filter(row -> row.name().contains(value)).toList();
        } else if (argument.startsWith("--devices=")) {
            devices = Integer.parseInt(value);
        } else if (argument.startsWith("--seed=")) {
            seed = Long.parseLong(value);
        } else {
            throw new IllegalArgumentException(
                    "options are --quick, --only=TEXT, --devices=N and --seed=N: " + argument);
        }
    }

    private void run() throws InterruptedException, ExecutionException {
        ExecutorService pool = Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors());
        try {
            Fleet fleet = new Fleet(devices, seed);
            Fleet stormFleet = new Fleet(stormDevices, seed);
            List<Future<Tally>> lives = new ArrayList<>();
            List<Map<Storm, Future<Tally>>> storms = new ArrayList<>();
            List<Future<Tally>> deaf = new ArrayList<>();
            for (Algorithm.Row row : rows) {
                lives.add(pool.submit(() -> fleet.lives(row)));
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
            printStorms(tables, storms);
            tables.deaf(lines(deaf), List.of(Link.LTE, Link.GSM));
        } finally {
            pool.shutdownNow();
        }
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
