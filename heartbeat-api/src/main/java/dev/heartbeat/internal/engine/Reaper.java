package dev.heartbeat.internal.engine;

import dev.heartbeat.LivenessEvent.Evidence;
import dev.heartbeat.LivenessEvent.Reap;
import dev.heartbeat.ReapReason;
import dev.heartbeat.Termination;
import dev.heartbeat.TransportFacts;
import dev.heartbeat.internal.adaptive.AdaptiveLimits;
import dev.heartbeat.internal.dispatch.SafeCalls;
import dev.heartbeat.internal.kernel.SocketAddresses;
import dev.heartbeat.internal.kernel.SocketLooks;
import dev.heartbeat.internal.state.Rules;
import dev.heartbeat.internal.state.StateWord;
import dev.heartbeat.internal.state.TransportHistory;
import dev.heartbeat.internal.time.CoarseTime;
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

    /** Verdicts whose termination had not begun when last looked at, the oldest first. */
    private final ArrayDeque<Reaping> underWay = new ArrayDeque<>();

    private final Confirmations confirmations;

    Reaper(Pacemaker pacemaker, Reporter reporter, boolean dryRun, Executor executor, SocketLooks looks) {
        this.confirmations = new Confirmations(looks);
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
    boolean reap(HeartbeatHandle heartbeat, long word, int heard, ReapReason reason) {
        return dryRun ? tellOnly(heartbeat, word, heard, reason) : carryOut(heartbeat, word, heard, reason) != null;
    }

    private boolean tellOnly(HeartbeatHandle heartbeat, long word, int heard, ReapReason reason) {
        ConnectionDetails details = heartbeat.details();
        if (details != null && details.reachVerdict(pacemaker.fineNow() | 1, reason == ReapReason.STALE)) {
            if (heartbeat.word() != word && details.refuteVerdict() != 0) {
                return false; // not reached after all, and no mistake
            }
            CompletableFuture<Termination> none = CompletableFuture.completedFuture(Termination.notFreed("dry run"));
            Evidence evidence = evidence(details, word, heard);
            reporter.verdict(details, new Reap(details.connection, reason, evidence, none.minimalCompletionStage()));
        }
        return false;
    }

    private @Nullable Reaping carryOut(HeartbeatHandle heartbeat, long word, int heard, ReapReason reason) {
        ConnectionDetails details = heartbeat.details();
        TransportFacts transport = details == null ? TransportFacts.NONE : SafeCalls.facts(details.connection);
        SocketAddresses socket = ClosureFacts.ownSocket(transport);
        long number = details == null ? 0 : details.socketNumber();
        if (details == null || !heartbeat.advance(word, StateWord.ended())) {
            return null;
        }
        heartbeat.release();
        pacemaker.inbox().leave(heartbeat);
        AdaptiveLimits adaptive = details.adaptive;
        if (adaptive != null && StateWord.unanswered(word)) {
            adaptive.reaped(pacemaker.now() - CoarseTime.coarse(StateWord.sent(word)));
        }
        pacemaker.takeovers().leave(heartbeat, details);
        Evidence evidence = evidence(details, word, heard);
        Reaping reaping = new Reaping(
                details.connection,
                reason,
                evidence,
                pacemaker.now(),
                transport.isSocketShared(),
                executor,
                (ended, told) -> terminated(ended, told, socket, number));
        if (socket != null) {
            confirmations.expect();
        }
        underWay.add(reaping);
        details.end(pacemaker.storm());
        if (Rules.isSilence(reason)) {
            pacemaker.storm().reaped(reason);
        }
        reporter.reap(details, reaping);
        return reaping;
    }

    /** The transport has done what it could; where its socket is known, the kernel says whether that was enough. */
    private void terminated(Reaping reaping, Termination told, @Nullable SocketAddresses socket, long number) {
        if (socket == null) {
            reaping.tell(told);
            return;
        }
        confirmations.add(reaping, told, socket, number, CoarseTime.coarse(pacemaker.fineNow()));
        if (pacemaker.isClosed() || pacemaker.isDead()) {
            confirmations.giveUp(); // no tick may come to do it
        }
    }

    /**
     * Reaps a connection, whatever its state, whose close has not been finished.
     *
     * @return null if that has happened meanwhile, or the watch has ended otherwise
     */
    @Nullable
    Reaping reapUnfinished(HeartbeatHandle heartbeat) {
        pacemaker.inbound().closing(heartbeat);
        long word = heartbeat.word();
        Reaping reaping = null;
        while (reaping == null && StateWord.state(word) == StateWord.CLOSING) {
            reaping = carryOut(heartbeat, word, heartbeat.heard(), ReapReason.CLOSE_UNFINISHED);
            word = heartbeat.word();
        }
        return reaping;
    }

    /** What is known of a silence; the details are null if nothing is known beyond the state word. */
    Evidence evidence(@Nullable ConnectionDetails details, long word, int heard) {
        int state = StateWord.state(word);
        long trip = StateWord.roundTripNanos(word);
        AdaptiveLimits adaptive = details == null || !StateWord.unanswered(word) ? null : details.adaptive;
        PingTrouble trouble = details == null ? null : details.troubleIfAny();
        if (trouble != null && state == StateWord.CLOSING && !trouble.isOfClose()) {
            trouble = null; // that of an earlier ping
        }
        Throwable pingFailure = details == null || state == StateWord.CLOSING ? null : details.pingFailure();
        TransportHistory history = details == null ? null : details.transport;
        int latest = history == null ? heard : history.latestArrival(heard);
        boolean suspect = state == StateWord.SUSPECT;
        float longer = adaptive == null ? -1 : adaptive.longerPerHour(suspect);
        return new Evidence(
                CoarseTime.duration(Math.max(0, pacemaker.now() - latest)),
                state == StateWord.NEW ? Duration.ZERO : Duration.ofNanos(pacemaker.nanosSince(StateWord.sent(word))),
                trip == 0 ? Optional.empty() : Optional.of(Duration.ofNanos(trip)),
                trouble == null ? Set.of() : trouble.hindrances(),
                Optional.ofNullable(pingFailure),
                longer < 0 ? OptionalDouble.empty() : OptionalDouble.of(1000.0 * longer),
                Optional.ofNullable(trouble == null ? null : trouble.socket));
    }

    /** Terminates, after their grace, the zombies whose listeners still look at them, and tells what the kernel confirms. */
    void tick() {
        confirmations.tick(pacemaker.now());
        endGraces();
    }

    private void endGraces() {
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

    /** No tick will come any more: what is known of terminations is told. Any thread. */
    void giveUpConfirming() {
        confirmations.giveUp();
    }

    /** The detector is closing: verdicts that have been reached are carried out. */
    void endAllGraces() {
        underWay.forEach(Reaping::begin);
        underWay.clear();
        confirmations.giveUp();
    }

    boolean isIdle() {
        return underWay.isEmpty() && confirmations.isIdle();
    }
}
