package dev.heartbeat.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Takes the measurements, each as often as asked for and in turns, so that noise meets every contender alike. */
final class Sections {

    private final boolean quick;
    private final int rounds;

    Sections(boolean quick) {
        this.quick = quick;
        this.rounds = quick ? 1 : 2;
        if (quick) {
            System.setProperty("jmh.ignoreLock", "true"); // others may measure on the same machine
        }
    }

    /** The sizes at which everything is measured. */
    List<Integer> sizes() {
        return quick ? List.of(20_000) : List.of(100_000, 1_000_000);
    }

    /** The smallest value of each measurement, by contender; noise only adds. */
    Map<String, Map<String, Double>> least(Class<?> main, List<String> contenders, Object... args) {
        Map<String, Map<String, Double>> least = new TreeMap<>();
        for (int round = 0; round < rounds; round++) {
            for (String contender : contenders) {
                List<Object> all = new ArrayList<>(List.of(contender));
                all.addAll(Arrays.asList(args));
                Map<String, Double> best = least.computeIfAbsent(contender, name -> new TreeMap<>());
                Fork.run(main, all.toArray()).forEach((name, value) -> best.merge(name, value, Math::min));
                System.err.printf("%s %s %s%n", main.getSimpleName(), all, best);
            }
        }
        return least;
    }

    /** Nanoseconds per operation by benchmark and parameter, the tenth percentile of many short iterations. */
    Map<String, Double> jmh(Class<?> benchmark) {
        var options = new OptionsBuilder()
                .include("\\b" + benchmark.getSimpleName() + "\\.")
                .warmupIterations(quick ? 2 : 10)
                .warmupTime(TimeValue.milliseconds(100))
                .measurementIterations(quick ? 5 : 50)
                .measurementTime(TimeValue.milliseconds(20))
                .forks(quick ? 1 : 4)
                .jvmArgs("-Xms3g", "-Xmx3g", "-XX:+UseParallelGC")
                .verbosity(VerboseMode.SILENT)
                .build();
        Collection<RunResult> results;
        try {
            results = new Runner(options).run();
        } catch (RunnerException failed) {
            throw new IllegalStateException(failed);
        }
        Map<String, Double> byName = new TreeMap<>();
        for (RunResult result : results) {
            var params = result.getParams();
            String method =
                    params.getBenchmark().substring(params.getBenchmark().lastIndexOf('.') + 1);
            String key = params.getParamsKeys().stream().findFirst().orElseThrow();
            byName.put(
                    method + " " + params.getParam(key),
                    result.getPrimaryResult().getStatistics().getPercentile(10));
        }
        return byName;
    }
}
