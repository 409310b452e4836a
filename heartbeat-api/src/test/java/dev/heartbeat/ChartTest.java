package dev.heartbeat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.testkit.ScriptedPeer;
import dev.heartbeat.testkit.VirtualTime;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class ChartTest {

    private final Connection connection = new ScriptedPeer(new VirtualTime(), "cp1");
    private final Chart chart = new Chart(connection);

    @Test
    void isMadeForAConnectionOrKeptOrNothingForNothing() {
        assertThat(Chart.of(connection).connection).isSameAs(connection);
        assertThat(Chart.of(chart)).isSameAs(chart);
        assertThat(Chart.of(null)).isNull();
    }

    @Test
    void remembersHindrancesAndHowFarTheyPutTheVerdictOff() {
        chart.putOff(Hindrance.READING_PAUSED, 77, 100);
        chart.putOff(Hindrance.HANDLER_RUNNING, 77, 250);
        chart.seen(Hindrance.PING_QUEUED);

        assertThat(chart.putOff(77)).isEqualTo(250);
        assertThat(chart.hindrances())
                .containsExactlyInAnyOrder(Hindrance.READING_PAUSED, Hindrance.HANDLER_RUNNING, Hindrance.PING_QUEUED);
    }

    @Test
    void whatPutOnePingsVerdictOffDoesNotPutOffTheNext() {
        chart.putOff(Hindrance.READING_PAUSED, 77, 100);

        assertThat(chart.putOff(78)).isZero();
    }

    @Test
    void aNewPingMakesHistoryOfWhatTroubledTheOneBefore() {
        chart.seen(Hindrance.READING_PAUSED);
        chart.pingFailed(new IOException("broken pipe"));

        chart.beginPing();

        assertThat(chart.hindrances()).isEmpty();
        assertThat(chart.pingFailure()).isNull();
    }

    @Test
    void aPingIsHeldBackAnewOnceSomethingHasBeenHeard() {
        assertThat(chart.heldBackFor(1_000, 40)).isZero();
        assertThat(chart.heldBackFor(1_500, 40)).isEqualTo(500);

        assertThat(chart.heldBackFor(9_000, 8_000)).isZero();
        assertThat(chart.heldBackFor(9_100, 8_000)).isEqualTo(100);
    }

    @Test
    void aHeartbeatStartsOneChartHoweverManyAskForIt() {
        Heartbeat heartbeat = new Heartbeat(connection, new Rhythm(null, HeartbeatPolicy.defaults(), 0));
        assertThat(heartbeat.chartIfAny()).isNull();

        Chart first = heartbeat.chart();

        assertThat(first.connection).isSameAs(connection);
        assertThat(heartbeat.chart()).isSameAs(first);
        assertThat(heartbeat.chartIfAny()).isSameAs(first);
        assertThat(heartbeat.connection()).isSameAs(connection);
        assertThat(heartbeat.release()).isSameAs(first);
        assertThat(heartbeat.chart()).isNull();
        assertThat(heartbeat.connection()).isNull();
    }
}
