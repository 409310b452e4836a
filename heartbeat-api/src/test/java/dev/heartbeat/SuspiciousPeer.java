package dev.heartbeat;

import dev.heartbeat.LivenessEvent.Reap;
import dev.heartbeat.testkit.VirtualTime;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;

/**
 * A connection that checks the detector: it keeps its own account of what was heard, asked and told, in the plainest way,
 * and reports whatever contradicts it. Facts reach the detector through it.
 */
final class SuspiciousPeer implements Connection {

    private final Scenario scenario;
    private final VirtualTime clock;

    /** The silence after which a reap is overdue begins here. */
    private Duration basis;

    private Duration excused;
    private Duration slowness = Duration.ZERO;
    private Duration pingedAt;
    private Duration hinderedSince = Duration.ZERO;
    private Duration policySince;
    private Duration lastLife = Duration.ZERO;
    private Heartbeat heartbeat;
    private byte[] payload = {};
    private Hindrance hindrance = Hindrance.NONE;
    private boolean mute;
    private boolean heardSincePing;

    /** Heard so little before the ping that it may have come after the decision, which counts as an answer. */
    private boolean heardBeforePing;

    private boolean suspect;
    private boolean ended;
    private boolean abandoned;
    private boolean closing;
    private int terminations;
    private int reaps;

    boolean open = true;
    boolean failing;

    /** How long the peer takes to answer any ping; null if it never does. */
    Duration answersAfter;

    SuspiciousPeer(Scenario scenario) {
        this.scenario = scenario;
        this.clock = scenario.clock;
        startOver();
    }

    void watched(Heartbeat as) {
        heartbeat = as;
    }

    Heartbeat heartbeat() {
        return heartbeat;
    }

    boolean hasEnded() {
        return ended;
    }

    boolean isClosing() {
        return closing;
    }

    // What the test does.

    void pong(byte[] bytes) {
        life();
        heartbeat.pongReceived(ByteBuffer.wrap(bytes));
    }

    void data() {
        life();
        heartbeat.dataReceived();
    }

    byte[] payload() {
        return payload;
    }

    void hinder(Hindrance value) {
        startOver();
        if (hinderedFor().compareTo(Scenario.LONGEST_TICKS) > 0 && value != hindrance) {
            hinderedSince = clock.elapsed();
        }
        hindrance = value;
    }

    void policy(HeartbeatPolicy policy) {
        policySince = clock.elapsed();
        startOver();
        heartbeat.policy(policy);
    }

    void closing() {
        if (!closing) {
            startOver();
            closing = true;
            pingedAt = clock.elapsed();
        }
        heartbeat.closing();
    }

    void closed() {
        heartbeat.closed();
        ended = true;
    }

    void stop() {
        heartbeat.stop();
        ended = true;
    }

    /** The detector is closed: no event may follow, but a ping that was on its way. */
    void abandoned() {
        ended = true;
        abandoned = true;
    }

    // What the detector does.

    @Override
    public void ping(ByteBuffer fresh) throws IOException {
        claim(!ended || abandoned, "pinged after the end");
        claim(!closing, "pinged while closing");
        claim(pingedAt == null || heardSincePing || heardBeforePing, "pinged behind an unanswered ping");
        if (hindrance == Hindrance.OUTPUT_IN_PROGRESS && !scenario.pingsAreQueued()) {
            claim(
                    hinderedFor().compareTo(heartbeat.policy().hindranceCap()) >= 0 || policyIsNewerThan(hinderedSince),
                    "pinged behind a large message");
        }
        payload = new byte[fresh.remaining()];
        fresh.get(payload);
        pingedAt = clock.elapsed();
        heardSincePing = false;
        heardBeforePing = pingedAt.minus(lastLife).compareTo(scenario.longestQueue()) <= 0;
        if (failing) {
            throw new IOException("broken pipe, on purpose");
        }
        if (answersAfter != null) {
            byte[] echo = payload;
            scenario.whenRead(clock.elapsed().plus(answersAfter), () -> {
                if (!ended) {
                    pong(echo);
                }
            });
        }
    }

    @Override
    public Termination terminate(ReapReason reason) {
        terminations++;
        claim(terminations == 1 && reaps == 1, "terminated other than once after the reap");
        return Termination.freed("test");
    }

    @Override
    public Hindrance hindrance() {
        return hindrance;
    }

    @Override
    public boolean isOpen() {
        return open;
    }

    @Override
    public String id() {
        return "suspicious";
    }

    // What the detector says.

    /** A peer that took long to answer is given twice as long the next time, since nothing else is known of it here. */
    void onPong(Duration roundTrip) {
        claim(!ended && !closing && !suspect && heardSincePing, "a round trip out of nothing");
        slowness = roundTrip.plus(roundTrip);
    }

    void onTimeout() {
        claim(!ended && !closing && !suspect, "suspected twice, or after the end");
        claim(!heardSincePing, "suspected although it was heard");
        claim(waitedFor(heartbeat.policy().pongTimeout()), "suspected too early");
        suspect = true;
    }

    void onRecovery() {
        claim(!ended && suspect && heardSincePing, "recovered out of nothing");
        suspect = false;
    }

    void onQuirk(Quirk quirk) {
        mute |= quirk == Quirk.PONG_MUTE;
    }

    void onReap(Reap event) {
        claim(!ended && reaps == 0, "reaped after the end");
        claim(closing == (event.reason() == ReapReason.CLOSE_UNFINISHED), "reaped for the wrong reason");
        claim(closing || (suspect && !heardSincePing), "reaped although it was heard");
        claim(waitedFor(heartbeat.policy().reapAfter()), "reaped too early");
        claim(closing || answersAfter == null, "a live peer was reaped");
        claim(!isOverdue(), "reaped too late");
        reaps++;
        ended = true;
    }

    void onClose() {
        claim(!ended && !open, "closed out of nothing");
        ended = true;
    }

    /** Whether this should have been reaped by now. */
    boolean isOverdue() {
        boolean excusable = ended || !open || hindrance != Hindrance.NONE || (answersAfter != null && !closing);
        Duration allowed = heartbeat
                .policy()
                .detectionTime()
                .plus(slowness)
                .plus(mute ? heartbeat.policy().reapAfter().multipliedBy(3) : Duration.ZERO)
                .plus(scenario.longestQueue())
                .plus(scenario.excuses())
                .minus(excused);
        return !excusable && clock.elapsed().minus(basis).compareTo(allowed) > 0;
    }

    private void life() {
        heardSincePing = true;
        lastLife = clock.elapsed();
        if (!closing) {
            startOver();
        }
    }

    private void startOver() {
        basis = clock.elapsed();
        boolean newPolicy =
                policySince != null && clock.elapsed().minus(policySince).compareTo(Scenario.LONGEST_TICKS) <= 0;
        excused = newPolicy ? scenario.excusesUsed().minus(Scenario.LONGEST_TICKS) : scenario.excusesUsed();
    }

    private boolean waitedFor(Duration limit) {
        boolean hinderedAllAlong = hindrance != Hindrance.NONE && hinderedSince.compareTo(pingedAt) <= 0;
        Duration wait = hinderedAllAlong && !policyIsNewerThan(pingedAt)
                ? limit.plus(heartbeat.policy().hindranceCap())
                : limit;
        return clock.elapsed().minus(pingedAt).compareTo(wait) >= 0;
    }

    private boolean policyIsNewerThan(Duration moment) {
        return policySince != null && policySince.compareTo(moment) > 0;
    }

    private Duration hinderedFor() {
        return clock.elapsed().minus(hinderedSince);
    }

    private void claim(boolean holds, String otherwise) {
        if (!holds) {
            scenario.violations.add(otherwise + " at " + clock.elapsed() + ", last pinged " + pingedAt
                    + ", silent since " + basis + ", " + heartbeat.policy());
        }
    }
}
