package dev.heartbeat.sim;

import static dev.heartbeat.sim.VirtualLoop.nanos;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.sim.Assumptions.Link;
import org.junit.jupiter.api.Test;

class RadioTest {

    private final Chance chance = new Chance(1, 0, Chance.Purpose.PACKETS);

    @Test
    void anIdleDeviceFirstNeedsItsPromotion() {
        Radio radio = new Radio(Link.UMTS, chance);
        assertThat(radio.onAir(0)).isEqualTo(nanos(Link.UMTS.promotion));
    }

    @Test
    void aConnectedDeviceSendsAtOnceAndGoesIdleAfterItsTail() {
        Radio radio = new Radio(Link.LTE, chance);
        radio.used(nanos(1));
        long inTail = nanos(1 + Link.LTE.tail - .1);
        long afterTail = nanos(1 + Link.LTE.tail + .1);
        assertThat(radio.onAir(inTail)).isEqualTo(inTail);
        assertThat(radio.onAir(afterTail)).isEqualTo(afterTail + nanos(Link.LTE.promotion));
    }

    @Test
    void whateverElseIsSentWaitsForAPromotionUnderWay() {
        Radio radio = new Radio(Link.UMTS, chance);
        long ready = radio.onAir(0);
        radio.used(ready);
        assertThat(radio.isConnected(nanos(.1))).isTrue();
        assertThat(radio.onAir(nanos(.1))).isEqualTo(ready);
    }

    @Test
    void aPageIsHeardWithinItsCycle() {
        Radio radio = new Radio(Link.LTE_M, chance);
        for (int second = 0; second < 1000; second++) {
            long wait = radio.paged(nanos(second)) - nanos(second);
            assertThat(wait).isBetween(nanos(Link.LTE_M.promotion), nanos(Link.LTE_M.promotion + Link.LTE_M.paging));
        }
    }

    @Test
    void aSleepingDeviceHearsPagesInItsWindowOnly() {
        Link link = Link.NB_IOT;
        Radio radio = new Radio(link, chance);
        double asleep = 0;
        double longest = 0;
        int tries = 10_000;
        for (int second = 0; second < tries; second++) {
            long wait = radio.paged(nanos(second)) - nanos(second + link.promotion);
            asleep += wait > nanos(link.paging) ? 1 : 0;
            longest = Math.max(longest, wait);
        }
        assertThat(longest).isBetween((double) nanos(10), (double) nanos(link.sleepCycle));
        assertThat(asleep / tries).isBetween(.4, 1 - link.pagingWindow / link.sleepCycle);
    }
}
