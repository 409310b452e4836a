package dev.heartbeat.sim;

import static dev.heartbeat.sim.VirtualLoop.SECOND;
import static dev.heartbeat.sim.VirtualLoop.nanos;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.heartbeat.sim.Assumptions.Link;
import dev.heartbeat.sim.Assumptions.Traffic;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AirTest {

    private final VirtualLoop loop = new VirtualLoop();
    private final Uplink uplink = new Uplink();

    @Test
    void whatIsSentToAnIdleDeviceWaitsForItsPage() {
        Air air = new Air(loop, uplink, Link.LTE_M, 1, 0, Air.NEVER);
        List<Long> woken = new ArrayList<>();
        assertThat(air.down(0, () -> woken.add(loop.now()))).isEqualTo(Air.WAITS);
        loop.run(nanos(10));
        assertThat(woken)
                .singleElement()
                .satisfies(time -> assertThat(time)
                        .isBetween(nanos(Link.LTE_M.promotion), nanos(Link.LTE_M.promotion + Link.LTE_M.paging)));
    }

    @Test
    void whatWaitsForAPageGoesOutWhenTheDeviceSendsSomethingItself() {
        Air air = new Air(loop, uplink, Link.NB_IOT, 3, 0, Air.NEVER);
        long asleep = nanos(100);
        loop.run(asleep);
        List<Long> woken = new ArrayList<>();
        air.down(asleep, () -> woken.add(loop.now()));
        air.up(asleep);
        loop.run(asleep + nanos(60));
        assertThat(woken).containsExactly(asleep + nanos(Link.NB_IOT.promotion));
    }

    @Test
    void nothingPassesAfterTheDeath() {
        Air air = new Air(loop, uplink, Link.WIFI, 1, 0, nanos(10));
        assertThat(air.up(nanos(9))).isLessThan(nanos(10));
        assertThat(air.up(nanos(10))).isEqualTo(Air.NEVER);
        assertThat(air.ackUp(nanos(10))).isEqualTo(Air.NEVER);
    }

    @Test
    void aCutUplinkStopsBothWaysForThoseItConcerns() {
        uplink.cut(nanos(1), nanos(2), device -> device == 0);
        Air cut = new Air(loop, uplink, Link.WIFI, 1, 0, Air.NEVER);
        Air spared = new Air(loop, uplink, Link.WIFI, 1, 1, Air.NEVER);
        assertThat(cut.up(nanos(1.5))).isEqualTo(Air.NEVER);
        assertThat(cut.down(nanos(1.5), () -> {})).isEqualTo(Air.NEVER);
        assertThat(cut.backAt(nanos(1.5))).isEqualTo(nanos(2));
        assertThat(spared.up(nanos(1.5))).isNotEqualTo(Air.NEVER);
    }

    /** What a ping after 30 s of silence takes: the page, the promotion and the round trip. */
    @ParameterizedTest
    @CsvSource({"WIFI, .09", "LTE, 1.0", "LTE_M, 2.2", "UMTS, 2.7", "GSM, 2.1"})
    void aColdPingTakesAsLongAsItsRadioMakesIt(Link link, double median) {
        ColdPings algorithm = new ColdPings(loop);
        Device.World world = Device.World.plain(loop, algorithm, new Tally(loop, 0), uplink, 1);
        for (int number = 0; number < 50; number++) {
            new Device(world, number, link, Traffic.NONE, Device.Fate.death(Air.NEVER)).startAt(0);
        }
        loop.run(nanos(6 * 3600));
        assertThat(algorithm.roundTrips.quantile(.5)).isEqualTo(median, within(median * .3));
    }

    /** Pings after 30 s of silence and closes nothing. */
    private static final class ColdPings implements Algorithm {
        private final VirtualLoop loop;
        private final Samples roundTrips = new Samples();

        ColdPings(VirtualLoop loop) {
            this.loop = loop;
        }

        @Override
        public Watch watch(Line line) {
            Alarm quiet = new Alarm(loop, () -> line.ping(loop.now()));
            quiet.in(nanos(30));
            return new Watch() {
                @Override
                public void dataReceived() {}

                @Override
                public void pongReceived(Object payload) {
                    roundTrips.add((double) (loop.now() - (long) payload) / SECOND);
                    quiet.in(nanos(30));
                }
            };
        }
    }
}
