package dev.heartbeat.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.heartbeat.LivenessEvent.Reap;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/** The application stops the watch in the tick of the verdict: reaped wholly, or not at all; ended once in any case. */
@JCStressTest
@Outcome(id = "0, 0, 0", expect = ACCEPTABLE, desc = "the stop was first")
@Outcome(id = "1, 1, 0", expect = ACCEPTABLE, desc = "the verdict was first")
@Outcome(expect = FORBIDDEN, desc = "half a reap, or a connection still counted")
@State
public class StopAgainstReap {

    private final VerdictRace race = VerdictRace.beforeReap();

    @Actor
    public void stop() {
        VerdictRace.aMoment();
        race.peer.heartbeat().stop();
    }

    @Actor
    public void verdict() {
        race.ticks(1);
    }

    @Arbiter
    public void outcome(III_Result result) {
        race.ticks(1);
        result.r1 = race.count(Reap.class);
        result.r2 = race.peer.terminations().size();
        result.r3 = race.detector.watched();
    }
}
