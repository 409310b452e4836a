package dev.heartbeat.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Runs a measurement in a JVM of its own, so that no contender is compiled for another one's habits. */
final class Fork {

    private static final String MARK = "measured ";

    private Fork() {}

    /** Hands a number from the child to its parent. */
    static void report(String name, double value) {
        System.out.println(MARK + name + " " + value);
    }

    /** Runs the main method of a class and gives what it reported. */
    static Map<String, Double> run(Class<?> main, Object... args) {
        List<String> command = new ArrayList<>(List.of(
                ProcessHandle.current().info().command().orElse("java"),
                "-Xms5g",
                "-Xmx5g",
                "-XX:+UseParallelGC",
                "-Djdk.attach.allowAttachSelf", // or else JOL warns
                "-Dorg.slf4j.simpleLogger.defaultLogLevel=error",
                "-cp",
                System.getProperty("java.class.path"),
                main.getName()));
        for (Object arg : args) {
            command.add(arg.toString());
        }
        Map<String, Double> measured = new TreeMap<>();
        try {
            Process child = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            try (BufferedReader lines =
                    new BufferedReader(new InputStreamReader(child.getInputStream(), StandardCharsets.UTF_8))) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    if (line.startsWith(MARK)) {
                        String[] words = line.split(" ");
                        measured.put(words[1], Double.valueOf(words[2]));
                    }
                }
            }
            if (child.waitFor() != 0) {
                throw new IllegalStateException(command + " failed");
            }
        } catch (IOException | InterruptedException failed) {
            throw new IllegalStateException(command + " failed", failed);
        }
        return measured;
    }
}
