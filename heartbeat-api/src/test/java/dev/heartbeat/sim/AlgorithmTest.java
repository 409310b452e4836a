package dev.heartbeat.sim;

import static dev.heartbeat.sim.VirtualLoop.SECOND;
import static dev.heartbeat.sim.VirtualLoop.nanos;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class AlgorithmTest {

    private final VirtualLoop loop = new VirtualLoop();

    @Test
    void theRecipePingsAfterTheIntervalAndClosesAfterTheTimeout() {
        Script line = silent(new Recipe(loop, 30, 10));
        assertThat(line.pings).containsExactly(30.0);
        assertThat(line.closedAt).isEqualTo(40);
    }

    @Test
    void aReadTimeoutCountsFromTheLatestRead() {
        Script line = silent(new ReaderIdle(loop, 30, 40));
        assertThat(line.pings).containsExactly(30.0);
        assertThat(line.closedAt).isEqualTo(40);
    }

    @Test
    void okHttpFailsAtTheBeatAfterAnUnansweredPing() {
        Script line = silent(new PingEvery(loop, 30, 30));
        assertThat(line.pings).containsExactly(30.0);
        assertThat(line.closedAt).isEqualTo(60);
    }

    @Test
    void aBeatPingsWhateverIsHeardAndTakesNothingButItsPong() {
        Script line = new Script(new PingEvery(loop, 20, 20));
        for (int second = 1; second < 100; second++) {
            loop.at(nanos(second), line.watch::dataReceived);
        }
        loop.at(nanos(21), () -> line.watch.pongReceived(line.payload));
        loop.run(nanos(100));
        assertThat(line.pings).containsExactly(20.0, 40.0);
        assertThat(line.closedAt).isEqualTo(60);
    }

    @Test
    void phiConvictsSomeDeviationsAfterTheMeanAndThePause() {
        assertThat(PhiAccrual.deviationsAt(8)).isEqualTo(5.23, within(.01));
        Script line = new Script(new PhiAccrual(loop, 8, 10, 30));
        for (int second = 1; second <= 2000; second++) {
            loop.at(nanos(second), line.watch::dataReceived);
        }
        loop.run(nanos(2100));
        assertThat(line.closedAt).isEqualTo(2000 + 1 + 10 + .52, within(.02));
    }

    @Test
    void theDetectorRunsInVirtualTime() {
        Script line = silent(Rows.DEFAULT.start(loop));
        assertThat(line.pings).hasSize(1);
        assertThat(line.suspectAt).isEqualTo(line.pings.get(0) + 10, within(.3));
        assertThat(line.closedAt).isEqualTo(line.pings.get(0) + 30, within(.3));
    }

    @Test
    void anythingHeardSparesAPeerOfTheRecipeAndOfTheDetector() {
        assertSpared(start -> new Recipe(start, 30, 10));
        assertSpared(Rows.DEFAULT::start);
    }

    private void assertSpared(Function<VirtualLoop, Algorithm> start) {
        VirtualLoop own = new VirtualLoop();
        Script line = new Script(own, start.apply(own));
        for (int second = 9; second < 1000; second += 9) {
            own.at(nanos(second), line.watch::dataReceived);
        }
        own.run(nanos(1000));
        assertThat(line.isClosed()).isFalse();
    }

    private Script silent(Algorithm algorithm) {
        Script line = new Script(algorithm);
        loop.run(nanos(120));
        return line;
    }

    /** A line on which only the test is heard. */
    private final class Script implements Algorithm.Line {
        private final VirtualLoop time;
        private final List<Double> pings = new ArrayList<>();
        private final Algorithm.Watch watch;
        private Object payload;
        private double suspectAt = Double.NaN;
        private double closedAt = Double.NaN;

        Script(Algorithm algorithm) {
            this(loop, algorithm);
        }

        Script(VirtualLoop time, Algorithm algorithm) {
            this.time = time;
            this.watch = algorithm.watch(this);
        }

        @Override
        public String identity() {
            return "script";
        }

        @Override
        public void ping(Object sent) {
            payload = sent;
            pings.add(seconds());
        }

        @Override
        public void suspect() {
            suspectAt = seconds();
        }

        @Override
        public void close() {
            closedAt = seconds();
        }

        @Override
        public boolean isClosed() {
            return !Double.isNaN(closedAt);
        }

        private double seconds() {
            return (double) time.now() / SECOND;
        }
    }
}
