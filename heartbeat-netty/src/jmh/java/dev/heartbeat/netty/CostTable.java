package dev.heartbeat.netty;

import dev.heartbeat.testkit.MarkdownTable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Scanner;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Prints what a watch adds to a channel: time per read, heap, and CPU while nothing is read. */
final class CostTable {

    private static final String JAVA = System.getProperty("java.home") + "/bin/java";

    private CostTable() {}

    /** Measures and prints everything, reads in so many processes; takes about ten minutes with three. */
    static void print(int forks) throws IOException, RunnerException {
        ChainedOptionsBuilder reads = new OptionsBuilder().forks(forks);
        print(reads(reads), idle(100_000, Guard.INTERVAL_SECONDS, 2));
    }

    /** Shows in half a minute that everything runs, and no more. */
    static void printQuickly() throws IOException, RunnerException {
        ChainedOptionsBuilder reads = new OptionsBuilder()
                .forks(1)
                .warmupIterations(1)
                .measurementIterations(1)
                .measurementTime(TimeValue.milliseconds(200));
        print(reads(reads), idle(1_000, 2, Guard.values().length));
    }

    private static void print(Map<Guard, Double> reads, Map<Guard, Idle> idle) {
        System.out.println();
        MarkdownTable table = new MarkdownTable(
                System.out::println,
                List.of("above a channel without"),
                List.of("ns per read loop", "heap per channel, bytes", "CPU of the loop, 100 000 idle channels"));
        Idle bare = idle.get(Guard.NOTHING);
        double bareRead = reads.get(Guard.NOTHING);
        for (Guard guard : Guard.values()) {
            table.row(
                    words(guard),
                    reads.containsKey(guard) ? format("%.1f", reads.get(guard) - bareRead) : "",
                    format("%.0f", idle.get(guard).heap() - bare.heap()),
                    // ns per channel and second, times 100 000 channels, of 10^9 ns
                    format("%.2f %%", (idle.get(guard).cpu() - bare.cpu()) / 100));
        }
        Idle ours = idle.get(Guard.HEARTBEAT);
        double pings = idle.get(Guard.PINGS_ALONE).cpu();
        for (Guard peer : List.of(Guard.IDLE_STATE_HANDLER, Guard.ONE_SCHEDULE_PER_CHANNEL)) {
            Idle theirs = idle.get(peer);
            printf(
                    "%nheartbeat / %s: %.2f of the time (%.2f above a handler that passes on),"
                            + " %.2f of the heap, %.2f of the CPU (%.2f above the pings alone)%n",
                    words(peer),
                    ratio(reads, peer, Guard.NOTHING),
                    ratio(reads, peer, Guard.A_HANDLER_THAT_PASSES_ON),
                    (ours.heap() - bare.heap()) / (theirs.heap() - bare.heap()),
                    (ours.cpu() - bare.cpu()) / (theirs.cpu() - bare.cpu()),
                    (ours.cpu() - pings) / (theirs.cpu() - pings));
        }
        printf(
                "%nThe read loop itself takes %.0f ns, the bare channel %.0f bytes.%n",
                reads.get(Guard.NOTHING), bare.heap());
    }

    private static double ratio(Map<Guard, Double> reads, Guard peer, Guard above) {
        double floor = reads.get(above);
        return (reads.get(Guard.HEARTBEAT) - floor) / (reads.get(peer) - floor);
    }

    private static String words(Guard guard) {
        return guard.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    private static String format(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }

    private static void printf(String format, Object... values) {
        System.out.print(format(format, values));
    }

    private static Map<Guard, Double> reads(ChainedOptionsBuilder options) throws RunnerException {
        options.include(ReadLoop.class.getName()).verbosity(VerboseMode.SILENT);
        Map<Guard, Double> nanos = new EnumMap<>(Guard.class);
        for (RunResult result : new Runner(options.build()).run()) {
            nanos.put(
                    Guard.valueOf(result.getParams().getParam("guard")),
                    // The least: what other processes take from an iteration is not the channel's.
                    result.getPrimaryResult().getStatistics().getMin());
        }
        return nanos;
    }

    /** What a process measured: CPU time per channel and second in ns, heap per channel in bytes. */
    private record Idle(double cpu, double heap) {}

    private static Map<Guard, Idle> idle(int channels, int seconds, int atATime) throws IOException {
        Map<Guard, Idle> measured = new EnumMap<>(Guard.class);
        List<Guard> guards = List.of(Guard.values());
        for (int i = 0; i < guards.size(); i += atATime) {
            List<Guard> some = guards.subList(i, Math.min(i + atATime, guards.size()));
            List<Process> processes = new ArrayList<>();
            for (Guard guard : some) {
                processes.add(start(guard, channels, seconds));
            }
            for (int j = 0; j < some.size(); j++) {
                Scanner results = new Scanner(processes.get(j).getInputStream(), StandardCharsets.US_ASCII);
                measured.put(
                        some.get(j), new Idle(Double.parseDouble(results.next()), Double.parseDouble(results.next())));
            }
        }
        return measured;
    }

    private static Process start(Guard guard, int channels, int seconds) throws IOException {
        return new ProcessBuilder(
                        JAVA,
                        "-Xmx2g",
                        "-XX:+UseSerialGC",
                        "-Dorg.slf4j.simpleLogger.defaultLogLevel=error",
                        "-Dio.netty.leakDetection.level=disabled",
                        "-cp",
                        System.getProperty("java.class.path"),
                        IdleChannels.class.getName(),
                        guard.name(),
                        Integer.toString(channels),
                        Integer.toString(seconds))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }
}
