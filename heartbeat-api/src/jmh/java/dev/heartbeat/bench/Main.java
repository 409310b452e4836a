package dev.heartbeat.bench;

import java.util.EnumSet;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command line of the benchmarks. */
@Command(name = "bench", description = "Measures the engine beside its peers, and prints the tables of the README.")
final class Main implements Runnable {

    @Parameters(
            paramLabel = "SECTION",
            description = "what to measure, all unless named: ${COMPLETION-CANDIDATES}, the last of which measures"
                    + " nothing but makes the rest show no more than that everything runs")
    private Set<Section> words = Set.of();

    @Option(names = "--help", usageHelp = true, description = "this text")
    private boolean help;

    private Main() {}

    public static void main(String[] args) {
        CommandLine program = new CommandLine(new Main());
        program.setParameterExceptionHandler((bad, all) -> {
            program.getErr()
                    .printf("bench: sections must be of %s: %s%n", EnumSet.allOf(Section.class), bad.getMessage());
            return ExitCode.USAGE;
        });
        System.exit(program.execute(args));
    }

    @Override
    public void run() {
        Set<Section> sections = EnumSet.allOf(Section.class);
        if (!words.isEmpty() && !words.equals(Set.of(Section.QUICK))) {
            sections.retainAll(words);
        }
        new Tables(words.contains(Section.QUICK), sections).print();
    }
}
