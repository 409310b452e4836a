package dev.heartbeat.examples;

import dev.heartbeat.HeartbeatPolicy;
import dev.heartbeat.LivenessEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What came of a drill.
 *
 * <p>Two clocks measure how long it took to find a zombie. The clock on the wall, from the last byte that the device sent,
 * is what an operator sees. The policy's bound is in the detector's terms and judged by the verdict's evidence: without
 * hindrances, and in active time, which leaves out how long the machine did not let the program run. After such a pause the
 * detector takes up to as long again to read what has piled up, so the drill's own measure of the pauses is added, and what
 * the detector tells of its own, which the machine may have kept waiting alone; and a moment where the kernel was asked.
 *
 * @param heldUp how long the program, or its detector alone, did not run, all pauses that were noticed together
 */
record Report(
        int devices,
        int lost,
        HeartbeatPolicy policy,
        List<Ledger.Verdict> verdicts,
        int freed,
        Map<String, String> cutOff,
        int reconnected,
        Duration heldUp,
        List<Tally> tallies) {

    /** More than one look at the kernel's table takes, and the rest after the one before it, on a host with few sockets. */
    private static final Duration A_LOOK = Duration.ofSeconds(2);

    /**
     * A count of the server's file descriptors, at a moment when it ought to hold one for each live device.
     *
     * @param descriptors empty where they cannot be counted
     */
    record Tally(String when, OptionalInt descriptors, int devices) {

        int leaked() {
            return Math.max(0, descriptors.orElse(devices) - devices);
        }

        @Override
        public String toString() {
            return (descriptors.isPresent() ? descriptors.getAsInt() : "unknown") + " " + when;
        }
    }

    boolean passed() {
        return failures().isEmpty();
    }

    /** The summary, as lines. */
    List<String> lines() {
        List<String> failures = failures();
        return List.of(
                "Summary",
                row("devices lost", lost + " of " + devices),
                row("zombies reaped", zombies().size() + " of " + lost),
                row("connections freed", freed + " of " + verdicts.size()),
                row("healthy devices reaped", String.valueOf(healthyReaped())),
                row("detection time", detectionTimes()),
                row("by the detector's clock", longestSilence()),
                row("server descriptors", tallies.stream().map(Tally::toString).collect(Collectors.joining(", "))),
                row("descriptors leaked", String.valueOf(leaked())),
                row("devices reconnected", reconnected + " of " + lost),
                failures.isEmpty() ? "PASSED" : "FAILED: " + String.join("; ", failures));
    }

    private List<String> failures() {
        List<String> failures = new ArrayList<>();
        fail(failures, lost - zombies().size(), "lost but not reaped");
        fail(failures, late(), "reaped later than the policy promises");
        fail(failures, healthyReaped(), "reaped though alive");
        fail(failures, lost - reconnected, "lost but not reconnected");
        fail(failures, leaked(), "file descriptors leaked");
        if (!cutOff.isEmpty()) {
            failures.add("cut off in the open: " + new TreeMap<>(cutOff));
        }
        return failures;
    }

    private static void fail(List<String> failures, int count, String what) {
        if (count != 0) {
            failures.add(count + " " + what);
        }
    }

    /** The first reap of each lost device. */
    private List<Ledger.Verdict> zombies() {
        Map<String, Ledger.Verdict> first = new TreeMap<>();
        verdicts.stream()
                .filter(verdict -> verdict.detection().isPresent())
                .forEach(verdict -> first.putIfAbsent(verdict.chargePoint(), verdict));
        return List.copyOf(first.values());
    }

    /** Reaps of devices that were never lost, or were back. */
    private int healthyReaped() {
        return verdicts.size() - zombies().size();
    }

    private int late() {
        return (int) zombies().stream()
                .map(Ledger.Verdict::evidence)
                .filter(evidence -> evidence.hindrances().isEmpty())
                .filter(evidence -> evidence.silence().compareTo(boundOf(evidence)) > 0)
                .count();
    }

    private Duration boundOf(LivenessEvent.Evidence evidence) {
        Duration kernel = evidence.socket().isPresent() ? A_LOOK : Duration.ZERO;
        return policy.detectionTime().plus(heldUp).plus(kernel);
    }

    private int leaked() {
        return tallies.stream().mapToInt(Tally::leaked).max().orElse(0);
    }

    private String detectionTimes() {
        List<Duration> sorted = zombies().stream()
                .flatMap(verdict -> verdict.detection().stream())
                .sorted()
                .toList();
        return sorted.isEmpty()
                ? "nothing to detect"
                : "min " + seconds(sorted.get(0)) + ", median " + seconds(sorted.get(sorted.size() / 2)) + ", max "
                        + seconds(sorted.get(sorted.size() - 1)) + " from the last byte sent; the bound is "
                        + seconds(policy.detectionTime());
    }

    private String longestSilence() {
        return zombies().stream()
                .map(verdict -> verdict.evidence().silence())
                .max(Duration::compareTo)
                .map(silence -> "max " + seconds(silence) + " of active time, which is what the bound limits"
                        + (heldUp.isZero() ? "" : "; the program was held up for " + seconds(heldUp)))
                .orElse("no verdict");
    }

    /** A duration with one decimal, in milliseconds below a second. */
    static String seconds(Duration duration) {
        double seconds = duration.toNanos() / 1e9;
        return seconds < 1
                ? String.format(Locale.ROOT, "%.0f ms", seconds * 1_000)
                : String.format(Locale.ROOT, "%.1f s", seconds);
    }

    private static String row(String name, String value) {
        return String.format("  %-25s%s", name, value);
    }
}
