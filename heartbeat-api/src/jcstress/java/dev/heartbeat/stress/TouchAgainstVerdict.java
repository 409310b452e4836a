package dev.heartbeat.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.heartbeat.LivenessEvent.Reap;
import dev.heartbeat.LivenessEvent.Recovery;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/** A message arrives in the tick of the verdict: the suspect is reaped, or it recovers; never both, and never neither. */
@JCStressTest
@Outcome(id = "1, 1, 0", expect = ACCEPTABLE, desc = "the verdict was first: reaped and terminated")
@Outcome(id = "0, 0, 1", expect = ACCEPTABLE, desc = "the message was first: recovered")
@Outcome(expect = FORBIDDEN, desc = "a lost sign of life, or two ends")
@State
public class TouchAgainstVerdict {

    private final VerdictRace race = VerdictRace.beforeReap();

    @Actor
    public void message() {
        VerdictRace.aMoment();
        race.peer.heartbeat().dataReceived();
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
        result.r3 = race.count(Recovery.class);
    }
}
