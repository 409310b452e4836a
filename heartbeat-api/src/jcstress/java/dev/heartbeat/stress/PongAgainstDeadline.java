package dev.heartbeat.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.heartbeat.LivenessEvent.Pong;
import dev.heartbeat.LivenessEvent.Recovery;
import dev.heartbeat.LivenessEvent.Timeout;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/** The pong arrives in the tick of its deadline: one round trip always, and a suspicion only together with its recovery. */
@JCStressTest
@Outcome(id = "1, 0, 0", expect = ACCEPTABLE, desc = "the pong was first")
@Outcome(id = "1, 1, 1", expect = ACCEPTABLE, desc = "the deadline was first: suspect, then recovered")
@Outcome(
        id = "0, 0, 0",
        expect = ACCEPTABLE,
        desc = "the tick took the pong for data before it was matched: life, no round trip")
@Outcome(id = "0, 1, 1", expect = ACCEPTABLE, desc = "the same, for a suspect")
@Outcome(expect = FORBIDDEN, desc = "a lost pong, or a suspicion without its end")
@State
public class PongAgainstDeadline {

    private final VerdictRace race = VerdictRace.beforeTimeout();

    @Actor
    public void pong() {
        VerdictRace.aMoment();
        race.peer.pongLatest();
    }

    @Actor
    public void deadline() {
        race.ticks(1);
    }

    @Arbiter
    public void outcome(III_Result result) {
        race.ticks(1);
        result.r1 = race.count(Pong.class);
        result.r2 = race.count(Timeout.class);
        result.r3 = race.count(Recovery.class);
    }
}
