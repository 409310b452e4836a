package dev.heartbeat;

import dev.heartbeat.LivenessEvent.Evidence;
import dev.heartbeat.LivenessEvent.Reap;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Carries verdicts out: ends the watch, whatever races for that, tells the application why, and sees to it that the
 * connection is terminated. The pacemaker's thread only.
 */
final class Reaper {

    private final Pacemaker pacemaker;
    private final Reporter reporter;
    private final boolean dryRun;
    private final Executor executor;

    /** Verdicts whose termination has not begun when last looked at, the oldest first. */
    private final ArrayDeque<Reaping> underWay = new ArrayDeque<>();

    Reaper(Pacemaker pacemaker, Reporter reporter, boolean dryRun, Executor executor) {
        this.dryRun = dryRun;
        this.pacemaker = pacemaker;
        this.reporter = reporter;
        this.executor = executor;
    }

    /**
     * Reaps a connection if its word is still what the verdict was reached on.
     *
     * @return whether it did
     */
    boolean reap(Heartbeat heartbeat, long word, int heard, ReapReason reason) {
        return dryRun ? condemn(heartbeat, word, heard, reason) : carryOut(heartbeat, word, heard, reason);
    }

    /** Whether verdicts are told only. */
    boolean isDryRun() {
        return dryRun;
    }

    private boolean condemn(Heartbeat heartbeat, long word, int heard, ReapReason reason) {
        Chart chart = heartbeat.chart();
        if (chart != null && chart.condemn(pacemaker.fineNow() | 1, reason == ReapReason.STALE)) {
            if (heartbeat.word() != word && chart.pardon() != 0) {
                return false; // not reached after all, and no mistake
            }
            CompletableFuture<Termination> none = CompletableFuture.completedFuture(Termination.notFreed("dry run"));
            Evidence evidence = evidence(chart, word, heard);
            reporter.condemned(chart, new Reap(chart.connection, reason, evidence, none.minimalCompletionStage()));
        }
        return false;
    }

    private boolean carryOut(Heartbeat heartbeat, long word, int heard, ReapReason reason) {
        Chart chart = heartbeat.chart();
        if (chart == null || !heartbeat.advance(word, Pulse.ended())) {
            return false;
        }
        heartbeat.release();
        pacemaker.intake().leave(heartbeat);
        Adaptation adaptation = chart.adaptation;
        if (adaptation != null && Pulse.unanswered(word)) {
            adaptation.reaped(pacemaker.now() - Stamp.coarse(Pulse.sent(word)));
        }
        pacemaker.facts().leave(heartbeat, chart);
        Evidence evidence = evidence(chart, word, heard);
        Reaping reaping = new Reaping(chart.connection, reason, evidence, pacemaker.now(), executor);
        underWay.add(reaping);
        if (reason != ReapReason.CLOSE_UNFINISHED) {
            pacemaker.storm().reaped();
        }
        reporter.reap(chart, reaping);
        return true;
    }

    /** Reaps a connection, whatever its state, in whose place a newer one has come. */
    void reapSuperseded(Heartbeat heartbeat) {
        long word = heartbeat.word();
        while (Pulse.state(word) < Pulse.CLOSING
                && !reap(heartbeat, word, heartbeat.heard(), ReapReason.SUPERSEDED)
                && !dryRun) {
            word = heartbeat.word();
        }
    }

    /** Reaps a connection, whatever its state, whose close has not been finished. */
    void reapUnfinished(Heartbeat heartbeat) {
        pacemaker.facts().closing(heartbeat);
        long word = heartbeat.word();
        while (Pulse.state(word) == Pulse.CLOSING) {
            carryOut(heartbeat, word, heartbeat.heard(), ReapReason.CLOSE_UNFINISHED);
            word = heartbeat.word();
        }
    }

    /** What is known of a silence; the chart is null if nothing is known beyond the pulse. */
    Evidence evidence(@Nullable Chart chart, long word, int heard) {
        long trip = Pulse.roundTripNanos(word);
        Adaptation adaptation = chart == null || !Pulse.unanswered(word) ? null : chart.adaptation;
        boolean suspect = Pulse.state(word) == Pulse.SUSPECT;
        float longer = adaptation == null ? -1 : adaptation.longerPerHour(suspect);
        return new Evidence(
                Stamp.duration(Math.max(0, pacemaker.now() - heard)),
                Duration.ofNanos(pacemaker.nanosSince(Pulse.sent(word))),
                trip == 0 ? Optional.empty() : Optional.of(Duration.ofNanos(trip)),
                chart == null ? Set.of() : chart.hindrances(),
                Optional.ofNullable(chart == null ? null : chart.pingFailure()),
                longer < 0 ? OptionalDouble.empty() : OptionalDouble.of(1000.0 * longer));
    }

    /** Terminates, after their grace, the zombies whose listeners still look at them. */
    void endGraces() {
        while (!underWay.isEmpty()) {
            Reaping oldest = underWay.getFirst();
            if (!oldest.hasBegun() && oldest.deadline - pacemaker.now() > 0) {
                return;
            }
            oldest.begin();
            if (!oldest.hasBegun()) {
                return;
            }
            underWay.removeFirst();
        }
    }

    /** The detector is closing: verdicts that have been reached are carried out. */
    void endAllGraces() {
        underWay.forEach(Reaping::begin);
        underWay.clear();
    }

    boolean isIdle() {
        return underWay.isEmpty();
    }

    /** Why nothing came back. */
    static ReapReason reason(long word, @Nullable Chart chart) {
        if (Pulse.state(word) == Pulse.CLOSING) {
            return ReapReason.CLOSE_UNFINISHED;
        }
        if (Pulse.call(word) == Pulse.CALLING) {
            return ReapReason.PING_STUCK;
        }
        return chart != null && chart.pingFailure() != null ? ReapReason.PING_FAILED : ReapReason.NO_ANSWER;
    }
}
