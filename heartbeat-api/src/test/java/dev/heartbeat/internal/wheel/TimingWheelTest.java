package dev.heartbeat.internal.wheel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.internal.time.CoarseTime;
import java.lang.reflect.Field;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TimingWheelTest {

    private final Map<Entry, Integer> visits = new HashMap<>();
    private final TimingWheel.Visitor<Entry> counting = (entry, preview) -> visits.merge(entry, 1, Integer::sum);

    /** Each on both sides of the wrap of an int, with ticks that keep no step with the buckets. */
    @ParameterizedTest
    @CsvSource({
        "1, 0",
        "2, 7",
        "16, -5000",
        "64, 0",
        "64, 2147483000",
        "64, 2147450000",
        "1, 2147483647",
        "8, -2147483648"
    })
    void anEntryComesRoundAtTheFirstTickAfterItsBucketAndNeverBeforeItIsDue(int grain, int start) {
        TimingWheel<Entry> wheel = new TimingWheel<>(start, grain, 1);
        SplittableRandom random = new SplittableRandom(grain);
        Map<Entry, Integer> due = new HashMap<>();
        int now = start;
        for (int tick = 0; tick < 3_000; tick++) {
            int before = now;
            now += 1 + random.nextInt(2 * grain);
            for (int i = 0; i < 3; i++) {
                Entry fresh = entry();
                due.put(fresh, before + random.nextInt(wheel.horizon() - grain));
                wheel.arm(fresh, due.get(fresh));
            }
            int present = now;
            wheel.turn(now, (entry, preview) -> {
                int lateness = present - due.remove(entry);
                assertThat(lateness).isNotNegative();
                assertThat(before - (present - lateness)).as("overslept").isLessThan(grain);
            });
            assertThat(wheel.size()).isEqualTo(due.size());
        }
        assertThat(due).isNotEmpty();
    }

    @Test
    void anEntryWhoseMomentHasPassedComesRoundAtTheNextTick() {
        TimingWheel<Entry> wheel = new TimingWheel<>(1_000, 64, 1);
        wheel.arm(entry(), -5_000);

        wheel.turn(1_064, counting);

        assertThat(visits).hasSize(1);
    }

    @Test
    void anEntryThatRestsComesRoundWithoutCrowdingItsBucket() {
        TimingWheel<Entry> wheel = new TimingWheel<>(0, 64, 1);
        for (int i = 0; i < 100; i++) {
            wheel.rest(entry(), 6_400);
        }
        assertThat(wheel.isCrowded(640, 6_400)).isFalse();
        assertThat(wheel.size()).isEqualTo(100);

        wheel.turn(6_400, counting);

        assertThat(visits).hasSize(100);
        assertThat(wheel.size()).isZero();
    }

    @Test
    void anEntryBeyondTheHorizonComesRoundEarlyRatherThanNever() {
        TimingWheel<Entry> wheel = new TimingWheel<>(0, 64, 1);
        wheel.arm(entry(), CoarseTime.of(Duration.ofDays(1)));

        wheel.turn(wheel.horizon() - 64, counting);
        assertThat(visits).isEmpty();
        wheel.turn(wheel.horizon(), counting);
        assertThat(visits).hasSize(1);
    }

    @Test
    void anEntryArmedDuringItsVisitComesRoundAgainButNotInTheSameBucket() {
        TimingWheel<Entry> wheel = new TimingWheel<>(0, 1, 1);
        Entry persistent = entry();
        wheel.arm(persistent, 5);
        for (int now = 1; now <= 100; now++) {
            int present = now;
            wheel.turn(now, (entry, preview) -> {
                counting.visit(entry, preview);
                wheel.arm(entry, present);
            });
        }

        assertThat(visits).containsOnly(Map.entry(persistent, 96));
        assertThat(wheel.size()).isOne();
    }

    @Test
    void aWholeBucketMayBeArmedForTheSameBucketAgain() {
        TimingWheel<Entry> wheel = new TimingWheel<>(0, 1, 1);
        for (int i = 0; i < 1_000; i++) {
            wheel.arm(entry(), 3);
        }
        for (int now = 1; now <= 10; now++) {
            wheel.turn(now, (entry, preview) -> {
                counting.visit(entry, preview);
                wheel.arm(entry, 0);
            });
        }

        assertThat(visits)
                .hasSize(1_000)
                .allSatisfy((entry, times) -> assertThat(times).isEqualTo(8));
    }

    @Test
    void anEntryThatIsNotArmedAgainIsLetGo() {
        TimingWheel<Entry> wheel = new TimingWheel<>(0, 64, 1);
        for (int i = 0; i < 200; i++) {
            wheel.arm(entry(), i * 64);
        }

        wheel.turn(200 * 64, counting);
        wheel.turn(5_000 * 64, counting);

        assertThat(visits)
                .hasSize(200)
                .allSatisfy((entry, times) -> assertThat(times).isOne());
        assertThat(wheel.size()).isZero();
    }

    @Test
    void sweepingLetsGoOfTheEndedAndOfThemOnly() {
        TimingWheel<Entry> wheel = new TimingWheel<>(0, 64, 1);
        Set<Entry> alive = new HashSet<>();
        for (int i = 0; i < 10_000; i++) {
            Entry fresh = entry();
            wheel.arm(fresh, 7 * i);
            if (i % 3 == 0) {
                fresh.hasEnded = true;
            } else {
                alive.add(fresh);
            }
        }

        wheel.sweep(entry -> entry.hasEnded);

        assertThat(wheel.size()).isEqualTo(alive.size());
        assertThat(new HashSet<>(wheel.all())).isEqualTo(alive);
        wheel.turn(65_536, counting);
        assertThat(visits.keySet()).isEqualTo(alive);
    }

    @Test
    void handsTheVisitorWhatItsPreviewTook() {
        TimingWheel<Entry> wheel = new TimingWheel<>(0, 1, 1);
        List<Integer> heard = new ArrayList<>();
        for (int i = 0; i < 150; i++) {
            wheel.arm(new Entry(2 * i), 1);
        }

        wheel.turn(1, new TimingWheel.Visitor<Entry>() {
            @Override
            public long preview(Entry entry) {
                return entry.number;
            }

            @Override
            public void visit(Entry entry, long preview) {
                assertThat(preview).isEqualTo(entry.number);
                heard.add((int) preview);
            }
        });

        assertThat(new HashSet<>(heard)).hasSize(150);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, Integer.MAX_VALUE - 300, -40_000})
    void finerBucketsLoseNobodyAndShowEverybodySoon(int start) {
        TimingWheel<Entry> wheel = new TimingWheel<>(start, 64, 1);
        for (int i = 0; i < 5_000; i++) {
            wheel.arm(entry(), start + 10 * i);
        }
        wheel.turn(start + 640, counting);
        int before = visits.size();

        wheel.regrain(start + 700, 4);

        assertThat(wheel.grain()).isEqualTo(4);
        assertThat(wheel.size()).isEqualTo(5_000 - before);
        wheel.turn(start + 704, counting);
        assertThat(visits).hasSize(5_000);
        assertThat(wheel.size()).isZero();
    }

    @ParameterizedTest(name = "ahead: {0}")
    @ValueSource(booleans = {false, true})
    void picksBetweenTwoStampsAndLevelsAHerd(boolean ahead) {
        TimingWheel<Entry> wheel = new TimingWheel<>(0, 64, 42);
        int interval = CoarseTime.of(Duration.ofSeconds(30));
        int herd = 100_000;
        for (int i = 0; i < herd; i++) {
            int picked = ahead ? wheel.pickAhead(1, interval) : wheel.pick(1, interval);
            assertThat(picked).isBetween(1, interval + 63);
            wheel.arm(entry(), picked);
        }
        double level = herd / (double) (interval / 64);

        int[] most = {0};
        int now = 0;
        while (wheel.size() > 0) {
            now += 64;
            int before = wheel.size();
            wheel.turn(now, (entry, preview) -> {});
            most[0] = Math.max(most[0], before - wheel.size());
        }
        assertThat(most[0]).isLessThan((int) (1.2 * level));
    }

    @Test
    void picksTheOnlyBucketThereIs() {
        TimingWheel<Entry> wheel = new TimingWheel<>(0, 64, 1);

        assertThat(wheel.pick(100, 110)).isEqualTo(128);
        assertThat(wheel.pick(-500, -100)).isZero();
        assertThat(wheel.pick(1_000_000, 2_000_000)).isEqualTo(wheel.horizon());
    }

    @Test
    void picksAheadBeyondTheHorizonToo() {
        TimingWheel<Entry> wheel = new TimingWheel<>(0, 64, 42);
        int latest = 10 * wheel.horizon();
        int beyond = 0;
        for (int i = 0; i < 10_000; i++) {
            int picked = wheel.pickAhead(1, latest);
            assertThat(picked).isBetween(1, latest + 63);
            beyond += picked > wheel.horizon() ? 1 : 0;
        }

        assertThat(beyond).isBetween(8_900, 9_100);
    }

    @Test
    void countsAndClearsEverythingOnce() {
        TimingWheel<Entry> wheel = new TimingWheel<>(0, 64, 1);
        Set<Entry> armed = new HashSet<>();
        for (int i = 0; i < 1_000; i++) {
            Entry fresh = entry();
            armed.add(fresh);
            wheel.arm(fresh, 37 * i);
        }
        assertThat(wheel.all().size()).isEqualTo(1_000);

        wheel.clear(entry -> counting.visit(entry, 0));

        assertThat(visits.keySet()).isEqualTo(armed);
        assertThat(visits.values()).containsOnly(1);
        assertThat(wheel.size()).isZero();
    }

    @Test
    void holdsAMillionEntriesAndLetsGoOfTheirSpaceAfterThem() throws ReflectiveOperationException {
        TimingWheel<Entry> wheel = new TimingWheel<>(Integer.MAX_VALUE - 10_000, 64, 1);
        Entry one = entry();
        int start = Integer.MAX_VALUE - 10_000;
        for (int i = 0; i < 1_000_000; i++) {
            wheel.arm(one, start + i % 60_000);
        }
        assertThat(wheel.size()).isEqualTo(1_000_000);

        int[] visited = {0};
        for (int tick = 1; tick <= 1_000; tick++) {
            wheel.turn(start + 64 * tick, (entry, preview) -> visited[0]++);
        }

        assertThat(visited[0]).isEqualTo(1_000_000);
        assertThat(wheel.size()).isZero();
        Field spares = TimingWheel.class.getDeclaredField("spares");
        spares.setAccessible(true);
        assertThat(spares.getInt(wheel)).as("chunks kept, of 16 000").isBetween(1, 2_300);
    }

    private static Entry entry() {
        return new Entry(0);
    }

    private static final class Entry {

        private final int number;
        private boolean hasEnded;

        private Entry(int number) {
            this.number = number;
        }
    }
}
