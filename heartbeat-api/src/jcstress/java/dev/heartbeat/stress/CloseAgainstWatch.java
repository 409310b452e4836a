package dev.heartbeat.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.IIII_Result;

/** A connection arrives while the detector closes: refused, or let go of; never pinged, watched or kept. */
@JCStressTest
@Outcome(id = "1, 0, 0, 0", expect = ACCEPTABLE, desc = "refused")
@Outcome(id = "0, 0, 0, 0", expect = ACCEPTABLE, desc = "taken in, and let go of")
@Outcome(expect = FORBIDDEN, desc = "watched by a closed detector")
@State
public class CloseAgainstWatch {

    private final VerdictRace race = new VerdictRace();
    private int refused;

    @Actor
    public void watch() {
        try {
            race.watched();
        } catch (IllegalStateException closed) {
            refused = 1;
        }
    }

    @Actor
    public void close() {
        VerdictRace.aMoment();
        race.detector.close();
    }

    @Arbiter
    public void outcome(IIII_Result result) {
        race.ticks(20);
        result.r1 = refused;
        result.r2 = race.peer.pings().size();
        result.r3 = race.detector.watched();
        result.r4 = race.peer.isWatched() ? 1 : 0;
    }
}
