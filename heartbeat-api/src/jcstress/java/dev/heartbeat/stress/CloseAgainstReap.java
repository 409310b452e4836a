package dev.heartbeat.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.heartbeat.LivenessEvent.Closed;
import dev.heartbeat.LivenessEvent.Reap;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.IIII_Result;

/** The transport reports its close in the tick of the verdict: one last event, whichever it is. */
@JCStressTest
@Outcome(id = "1, 0, 0, 0", expect = ACCEPTABLE, desc = "the close was first")
@Outcome(id = "0, 1, 1, 0", expect = ACCEPTABLE, desc = "the verdict was first")
@Outcome(expect = FORBIDDEN, desc = "two ends, or none")
@State
public class CloseAgainstReap {

    private final VerdictRace race = VerdictRace.beforeReap();

    @Actor
    public void close() {
        VerdictRace.aMoment();
        race.peer.heartbeat().closed();
    }

    @Actor
    public void verdict() {
        race.ticks(1);
    }

    @Arbiter
    public void outcome(IIII_Result result) {
        race.ticks(1);
        result.r1 = race.count(Closed.class);
        result.r2 = race.count(Reap.class);
        result.r3 = race.peer.terminations().size();
        result.r4 = race.detector.watched();
    }
}
