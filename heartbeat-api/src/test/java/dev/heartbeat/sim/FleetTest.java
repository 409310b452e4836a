package dev.heartbeat.sim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.sim.Tally.Sums;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The experiments in small: what they are run to show. */
class FleetTest {

    private static final int STORM_DEVICES = 400;

    private final Fleet small = new Fleet(20, 7);
    private final Fleet stormFleet = new Fleet(STORM_DEVICES, 1);

    @Test
    void theSameSeedGivesTheSameTables() {
        Sums first = small.lives(Rows.RECIPE).ofAll();
        Sums again = small.lives(Rows.RECIPE).ofAll();
        assertThat(again.falseReaps).isEqualTo(first.falseReaps);
        assertThat(again.pings).isEqualTo(first.pings);
        assertThat(again.hours).isEqualTo(first.hours);
    }

    @Test
    void whoWaitsLongerAfterThePingClosesFewerLivePeersAndFindsDeadOnesLater() {
        Sums impatient = small.lives(Rows.RECIPE).ofAll();
        Sums patient = small.lives(Rows.named("recipe 30+30")).ofAll();
        assertThat(patient.falseReaps).isLessThan(impatient.falseReaps / 2);
        assertThat(patient.detections.quantile(.5)).isGreaterThan(impatient.detections.quantile(.5) + 19);
    }

    @Test
    void aPauseOfTheServerCostsEveryPeerUnderAReadTimeout() {
        Algorithm.Row readTimeout = Rows.named("read timeout 40");
        assertThat(stormFleet.storm(readTimeout, Storm.PAUSE45).ofAll().falseReaps)
                .isGreaterThan(STORM_DEVICES * 9 / 10);
    }

    @Test
    void aMassDeathIsNoticedAsAWhole() {
        Sums sums = stormFleet.storm(Rows.RECIPE, Storm.MASS30).ofAll();
        assertThat(sums.detections.size()).isBetween(STORM_DEVICES / 4, STORM_DEVICES * 35 / 100);
        assertThat(sums.missed).isZero();
    }

    @Test
    void theRecipeClosesDevicesThatAreSentMuchOrReadLate() {
        for (Situation situation : List.of(Situation.DOWNLOAD, Situation.PAUSED)) {
            Sums sums = small.buffered(Rows.RECIPE, situation, false, Ending.VANISHED)
                    .ofAll();
            assertThat(sums.falseReaps).as(situation.title).isGreaterThan(5);
        }
    }

    @Test
    void aDeafDeviceThatTalksIsMissedByTheRecipeAndFoundByWhoeverPingsAnyway() {
        assertThat(small.deaf(Rows.RECIPE).ofAll().missed).isGreaterThan(10);
        assertThat(small.deaf(Rows.named("OkHttp 30")).ofAll().missed).isZero();
    }
}
