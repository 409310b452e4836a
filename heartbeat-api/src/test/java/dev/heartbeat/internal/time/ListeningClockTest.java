package dev.heartbeat.internal.time;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ListeningClockTest {

    private static final long TICK = 64L << 20;

    private long nanoTime = 5 * TICK;
    private final ListeningClock clock = new ListeningClock(nanoTime, millis());

    @Test
    void whatHadArrivedBeforeATickThatIsOnTimeHasBeenReadOneTickLater() {
        int before = clock.now();

        assertThat(tickAfter(TICK)).isZero();

        assertThat(clock.now()).isEqualTo(before + 64);
        assertThat(clock.listened()).isEqualTo(before);
    }

    @Test
    void aShortDelayPutsNothingOff() {
        tickAfter(TICK);
        int before = clock.now();

        tickAfter(9 * TICK);

        assertThat(clock.listened()).isEqualTo(before);
        assertThat(clock.awakeSince()).isEqualTo(5 * TICK);
    }

    @Test
    void afterAStallNobodyIsJudgedForAsLongAsItTook() {
        tickAfter(TICK);
        int before = clock.listened();

        assertThat(tickAfter(12 * TICK)).isEqualTo(10 * TICK);
        for (int i = 0; i < 9; i++) {
            tickAfter(TICK);
            assertThat(clock.listened()).isEqualTo(before);
        }
        tickAfter(TICK);

        assertThat(clock.listened()).isEqualTo(clock.now() - 64);
        assertThat(clock.awakeSince()).isEqualTo(18 * TICK);
    }

    @Test
    void readingWhatArrivedInALongStallTakesTwoSecondsAtMost() {
        tickAfter(TICK);

        tickAfter(TimeUnit.HOURS.toNanos(1));

        assertThat(ticksUntilJudged()).isEqualTo(30);
    }

    @Test
    void stallsThatFollowEachOtherPutVerdictsOffForTenSecondsAtMost() {
        tickAfter(TICK);

        long began = clock.now();
        int stalls = 0;
        int listened = clock.listened();
        while (clock.listened() == listened) {
            tickAfter(TimeUnit.SECONDS.toNanos(30));
            stalls++;
        }

        assertThat(stalls).isGreaterThan(50);
        assertThat(clock.now() - began).isBetween(9_500L, 9_800L);
    }

    @Test
    void aSuspendedMachineHasNotListenedAlthoughTheTickerStoodStill() {
        tickAfter(TICK);
        nanoTime += TICK;

        long lost = clock.tick(nanoTime, millis() + 60_000, TICK);

        assertThat(lost).isBetween(TimeUnit.SECONDS.toNanos(59), TimeUnit.SECONDS.toNanos(61));
        assertThat(clock.awakeSince()).isEqualTo(nanoTime);
    }

    @Test
    void theNextTickBeginsWhereTheActiveTimeIsAMultipleOfItsLength() {
        tickAfter(TICK + 100);

        assertThat(clock.untilNextTick(TICK)).isEqualTo(TICK - 100);
    }

    private int ticksUntilJudged() {
        int ticks = 0;
        int listened = clock.listened();
        while (clock.listened() == listened) {
            tickAfter(TICK);
            ticks++;
        }
        return ticks;
    }

    private long tickAfter(long nanos) {
        nanoTime += nanos;
        return clock.tick(nanoTime, millis(), TICK);
    }

    private long millis() {
        return TimeUnit.NANOSECONDS.toMillis(nanoTime);
    }
}
