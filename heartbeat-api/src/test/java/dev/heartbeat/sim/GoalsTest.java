package dev.heartbeat.sim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.HeartbeatPolicy;
import dev.heartbeat.sim.Tally.Sums;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the policies have to reach, on a fleet that takes seconds. The simulator prints the same on a larger one. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class GoalsTest {

    private static final int DEVICES = 100;
    private static final int STORM_DEVICES = 600;
    private static final int DEAF_DEVICES = 40;
    private static final int BUFFERED_DEVICES = 24;
    private static final HeartbeatPolicy POLICY = HeartbeatPolicy.defaults();

    private final Fleet fleet = new Fleet(DEVICES, 1);
    private final Fleet stormFleet = new Fleet(STORM_DEVICES, 1);
    private final Fleet bufferedFleet = new Fleet(BUFFERED_DEVICES, 1);
    private final Sums recipe = fleet.lives(Rows.RECIPE).ofAll();
    private final Sums ours = fleet.lives(Rows.DEFAULT).ofAll();
    private final Sums fast = fleet.lives(Rows.FAST).ofAll();
    private final Sums usual = fleet.lives(Rows.USUAL).ofAll();
    private final Sums safe = fleet.lives(Rows.SAFE).ofAll();

    @Test
    void theDefaultPolicyClosesFewLivePeersAndFindsEveryDeadOneInTime() {
        assertThat(1000 * ours.falseReaps / ours.hours).isLessThanOrEqualTo(110);
        assertThat(ours.falseReaps).isLessThan(recipe.falseReaps / 10);
        assertThat(ours.missed).isZero();
        assertThat(ours.detections.size()).isEqualTo(DEVICES);
        assertThat(ours.detections.quantile(.98)).isLessThanOrEqualTo(61);
    }

    @Test
    void adaptivePoliciesKeepToTheirBudgets() {
        assertThat(falseReaps(fast)).isLessThanOrEqualTo(300);
        assertThat(falseReaps(usual)).isLessThanOrEqualTo(100);
        assertThat(falseReaps(safe)).isLessThan(falseReaps(usual));
        assertThat(falseReaps(usual)).isLessThan(falseReaps(recipe) / 10);
    }

    @Test
    void adaptivePoliciesFindEveryDeadPeerAndMostOfThemSoon() {
        for (Sums sums : List.of(fast, usual, safe)) {
            assertThat(sums.missed).isZero();
            assertThat(sums.detections.size()).isEqualTo(DEVICES);
            assertThat(sums.suspicions.quantile(.5)).isLessThanOrEqualTo(15);
        }
        assertThat(fast.detections.quantile(.5)).isLessThanOrEqualTo(22);
        assertThat(usual.detections.quantile(.5)).isLessThanOrEqualTo(33);
        assertThat(safe.detections.quantile(.5)).isLessThanOrEqualTo(46);
        assertThat(usual.detections.quantile(.98)).isLessThanOrEqualTo(108);
    }

    /** The recipe never asks a peer that talks, and so never finds a deaf one; we do, every five minutes. */
    @Test
    void theDefaultPolicyPingsNoMoreThanTheRecipeButToSeeWhetherTalkersHear() {
        Sums silenceOnly = fleet.lives(Rows.SILENCE_ONLY).ofAll();
        double talkers = Assumptions.FLEET.traffic()[0] + Assumptions.FLEET.traffic()[1];
        double checks = talkers * 3600 / POLICY.verifyEvery().toSeconds();
        assertThat(silenceOnly.pings / silenceOnly.hours).isLessThanOrEqualTo(recipe.pings / recipe.hours);
        assertThat(ours.pings / ours.hours).isLessThanOrEqualTo(recipe.pings / recipe.hours + checks);
    }

    @Test
    void theDefaultPolicyFindsDeafPeersThatTalk() {
        Sums deaf = new Fleet(DEAF_DEVICES, 1).deaf(Rows.DEFAULT).ofAll();
        assertThat(deaf.missed).isZero();
        assertThat(deaf.detections.quantile(.98))
                .isLessThanOrEqualTo(1.5 * POLICY.verifyEvery().toSeconds() + 5);
    }

    @Test
    void noStormCostsThemMoreThanOnePeerInAHundred() {
        for (Algorithm.Row row : List.of(Rows.DEFAULT, Rows.FAST, Rows.USUAL)) {
            long calm = stormFleet.storm(row, Storm.NONE).ofAll().falseReaps;
            for (Storm storm : new Storm[] {Storm.PAUSE45, Storm.VM45, Storm.UP60, Storm.HALF60}) {
                assertThat(stormFleet.storm(row, storm).ofAll().falseReaps - calm)
                        .as("%s when %s", row.name(), storm.meaning)
                        .isLessThanOrEqualTo(STORM_DEVICES / 100);
            }
        }
    }

    @Test
    void aRealMassDeathIsSuspectedAsSoonAsEverAndReapedWhenTheHoldIsOver() {
        Sums sums = stormFleet.storm(Rows.DEFAULT, Storm.MASS30).ofAll();
        double atOnce = POLICY.pingInterval().plus(POLICY.pongTimeout()).toSeconds() + 1;
        double pace = .02;
        double inTurn = POLICY.detectionTime().plus(POLICY.holdCap()).toSeconds() + 1 + .3 / pace;
        assertThat(sums.suspicions.quantile(.99)).isLessThanOrEqualTo(atOnce);
        assertThat(sums.detections.quantile(1)).isLessThanOrEqualTo(inTurn);
        assertThat(sums.missed).isZero();
    }

    /** Links without outages here: whatever is reaped alive is reaped for a buffer of ours. */
    @ParameterizedTest
    @EnumSource(names = "PLAIN", mode = EnumSource.Mode.EXCLUDE)
    void noBufferCostsALivePeerWhereTheKernelCanBeAsked(Situation situation) {
        for (Ending ending : Ending.values()) {
            Sums sums = bufferedFleet
                    .buffered(Rows.DEFAULT, situation, true, ending)
                    .ofAll();
            assertThat(sums.falseReaps).as("%s, %s", situation, ending).isZero();
            assertThat(sums.missed).as("%s, %s", situation, ending).isZero();
            assertThat(sums.detections.size()).isEqualTo(BUFFERED_DEVICES);
            assertThat(sums.detections.quantile(1))
                    .as("%s, %s", situation, ending)
                    .isLessThanOrEqualTo(bound(situation, ending));
        }
    }

    /**
     * The longest that a device that has ended in a situation may be kept, in seconds. Where something lies unread it is asked
     * twice; where all was acknowledged, a proxy may hold what was pushed; and a device whose window may be closed cannot
     * answer.
     */
    private static double bound(Situation situation, Ending ending) {
        double bound = POLICY.detectionTime().toSeconds() + 1;
        double cap = POLICY.hindranceCap().toSeconds();
        if (situation.reading != Situation.Reading.ALWAYS) {
            bound += POLICY.pingInterval().plus(POLICY.reapAfter()).toSeconds();
        }
        if (situation.proxied || situation.downloads && ending == Ending.FROZEN) {
            bound += cap;
        }
        if (situation.reading == Situation.Reading.GIVEN_UP && ending == Ending.FROZEN) {
            bound += cap;
        }
        return bound;
    }

    private static double falseReaps(Sums sums) {
        return 1000 * sums.falseReaps / sums.hours;
    }
}
