package dev.heartbeat.sim;

import static dev.heartbeat.sim.VirtualLoop.nanos;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class VirtualLoopTest {

    private final VirtualLoop loop = new VirtualLoop();
    private final List<String> ran = new ArrayList<>();

    @Test
    void runsEventsInTheOrderOfTimeNearAndFar() {
        List<Long> times = new ArrayList<>();
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < 10_000; i++) {
            long time = random.nextLong(nanos(500));
            loop.at(time, () -> {
                assertThat(loop.now()).isEqualTo(time);
                times.add(time);
            });
        }
        for (double until = 0; until <= 500; until += .7) {
            loop.run(nanos(until));
        }
        loop.run(nanos(500));
        assertThat(times).hasSize(10_000).isSorted();
    }

    @Test
    void runsEventsOfOneMomentInTheOrderInWhichTheyWereMade() {
        loop.at(5, () -> ran.add("first"));
        loop.timer(5, () -> ran.add("second"));
        loop.at(5, () -> ran.add("third"));
        loop.run(5);
        assertThat(ran).containsExactly("first", "second", "third");
    }

    @Test
    void takesEventsForTheTimeBetweenTwoRuns() {
        loop.at(nanos(50), () -> ran.add("late"));
        loop.run(nanos(10));
        loop.at(nanos(20), () -> ran.add("early"));
        loop.run(nanos(60));
        assertThat(ran).containsExactly("early", "late");
    }

    @Test
    void runsTimersBeforeReadsWhenAFrozenProcessThaws() {
        loop.freeze(nanos(45), false);
        loop.at(nanos(1), () -> loop.readLater(() -> ran.add("read at " + loop.now() / nanos(1))));
        loop.timer(nanos(2), () -> ran.add("timer at " + loop.now() / nanos(1)));
        loop.run(nanos(44));
        assertThat(loop.isFrozen()).isTrue();
        assertThat(ran).isEmpty();
        loop.run(nanos(45));
        assertThat(loop.isFrozen()).isFalse();
        assertThat(ran).containsExactly("timer at 45", "read at 45");
    }

    @Test
    void lettingAnAlarmSlipCostsOneEvent() {
        Alarm alarm = new Alarm(loop, () -> ran.add("rang at " + loop.now() / nanos(1)));
        alarm.in(nanos(30));
        loop.at(nanos(20), () -> alarm.in(nanos(30)));
        loop.at(nanos(40), () -> alarm.in(nanos(5)));
        loop.run(nanos(100));
        assertThat(ran).containsExactly("rang at 45");
    }
}
