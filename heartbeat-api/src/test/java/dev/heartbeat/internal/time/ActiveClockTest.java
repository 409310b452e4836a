package dev.heartbeat.internal.time;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ActiveClockTest {

    private static final long TICK = 1_000;

    private long nanoTime = 77;
    private final ActiveClock clock = new ActiveClock(nanoTime, 0);

    @Test
    void ticksOnTimeCountWhole() {
        for (int i = 1; i <= 10; i++) {
            assertThat(tickAfter(TICK)).isZero();
            assertThat(clock.active()).isEqualTo(77 + i * TICK);
        }
    }

    @Test
    void aTickThatComesLateCountsTwiceItsLengthAtMost() {
        assertThat(tickAfter(2 * TICK - 1)).isZero();
        assertThat(tickAfter(2 * TICK)).isZero();
        assertThat(tickAfter(2 * TICK + 1)).isOne();
        assertThat(tickAfter(50 * TICK)).isEqualTo(48 * TICK);

        assertThat(clock.active()).isEqualTo(77 + 8 * TICK - 1);
    }

    @Test
    void aTickThatComesEarlyCountsWhatHasPassed() {
        assertThat(tickAfter(3)).isZero();
        assertThat(clock.active()).isEqualTo(80);
    }

    @Test
    void timeThatIsLostOnceStaysLostForEveryReader() {
        tickAfter(TICK);
        tickAfter(10 * TICK);

        assertThat(clock.activeAt(nanoTime)).isEqualTo(clock.active());
        assertThat(clock.activeAt(nanoTime + 5)).isEqualTo(clock.active() + 5);
    }

    @Test
    void readersSeeTimePassBetweenTicks() {
        tickAfter(TICK);

        assertThat(clock.activeAt(nanoTime + TICK / 2)).isEqualTo(clock.active() + TICK / 2);
    }

    @Test
    void aReadingDuringAStallIsNeverAheadOfWhatTheStallCounts() {
        tickAfter(TICK);

        long reading = clock.activeAt(nanoTime + 100 * TICK);
        tickAfter(100 * TICK);

        assertThat(reading).isLessThanOrEqualTo(clock.active());
    }

    @Test
    void aTickerThatRunsBackwardsStopsTime() {
        tickAfter(TICK);
        long before = clock.active();

        assertThat(tickAfter(-500 * TICK)).isZero();
        assertThat(clock.active()).isEqualTo(before);
        assertThat(clock.activeAt(nanoTime)).isEqualTo(before);

        assertThat(tickAfter(TICK)).isZero();
        assertThat(clock.active()).isEqualTo(before + TICK);
    }

    @Test
    void nanoTimeMayWrapAround() {
        nanoTime = Long.MAX_VALUE - 2 * TICK;
        ActiveClock wrapping = new ActiveClock(nanoTime, 0);
        long start = wrapping.active();
        for (int i = 1; i <= 5; i++) {
            nanoTime += TICK;
            assertThat(wrapping.tick(nanoTime, TICK)).isZero();
            assertThat(wrapping.active() - start).isEqualTo(i * TICK);
            assertThat(wrapping.activeAt(nanoTime)).isEqualTo(wrapping.active());
        }
        nanoTime += 30 * TICK;
        assertThat(wrapping.tick(nanoTime, TICK)).isEqualTo(28 * TICK);
        assertThat(wrapping.active() - start).isEqualTo(7 * TICK);
    }

    private long tickAfter(long nanos) {
        nanoTime += nanos;
        return clock.tick(nanoTime, TICK);
    }

    @Test
    void noticesThatTheMachineWasSuspended() {
        clock.tick(nanoTime + 5_000_000_000L, TICK);
        assertThat(clock.suspendedNanos(5_999)).isZero();
        clock.tick(nanoTime + 6_000_000_000L, TICK);
        assertThat(clock.suspendedNanos(9_000)).isEqualTo(2_001_000_000L);
        clock.tick(nanoTime + 7_000_000_000L, TICK);
        assertThat(clock.suspendedNanos(10_000)).isZero();
    }

    @Test
    void aWallClockThatIsSetBackIsNoSuspension() {
        clock.tick(nanoTime + 5_000_000_000L, TICK);
        assertThat(clock.suspendedNanos(-3_600_000)).isZero();
        clock.tick(nanoTime + 6_000_000_000L, TICK);
        assertThat(clock.suspendedNanos(-3_599_000)).isZero();
    }
}
