package dev.heartbeat.internal.adaptive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.heartbeat.HeartbeatPolicy;
import dev.heartbeat.internal.state.Limits;
import dev.heartbeat.internal.time.CoarseTime;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The arithmetic of adaptive policies, without a detector. */
class PatienceEstimateTest {

    private static final Limits LIMITS = Limits.of(HeartbeatPolicy.adaptive(100));
    private static final int HOUR = stamps(3600);

    private final DeviceHistory device = new DeviceHistory(0);
    private final GroupHistory group = new GroupHistory(0);
    private int now;

    @Test
    void isPatientAsARuleWhileLittleIsKnown() {
        group.watched(19.9, 0);

        Limits limits = afterPing(100);

        assertThat(limits.pong()).isEqualTo(stamps(10));
        assertThat(limits.reap()).isEqualTo(stamps(45));
        assertThat(new PatienceEstimate(device, group).longerPerHour(limits.reap()))
                .isNegative();
    }

    @Test
    void reapsAsSoonAsLivePeersNeedLongerNoMoreOftenThanTheBudget() {
        group.watched(1000, 0);
        answers(group, 20, 500);
        answers(group, 40, 90);

        assertThat(afterPing(100).reap()).isBetween(stamps(20), stamps(23));
        assertThat(afterPing(50).reap()).isBetween(stamps(40), stamps(45));
        assertThat(afterPing(600).reap()).isEqualTo(stamps(5));
    }

    @Test
    void suspectsAsSoonAsLivePeersNeedLongerNoMoreOftenThanOnceAnHour() {
        group.watched(100, 0);
        answers(group, 3, 90);
        answers(group, 8, 20);

        assertThat(afterPing(100).pong()).isBetween(stamps(3), stamps(3.5));
    }

    @Test
    void aDevicesOwnHistoryOutweighsThatOfItsLikeInTime() {
        group.watched(1000, 0);
        answers(group, 30, 300);
        assertThat(afterPing(100).reap()).isGreaterThan(stamps(30));

        watched(device, 20);

        assertThat(afterPing(100).reap()).isLessThan(stamps(30));
    }

    @Test
    void aDeviceIsGivenTheTimeThatItHasShownToNeed() {
        group.watched(1000, 0);
        assertThat(afterPing(100).reap()).isEqualTo(stamps(5));

        watched(device, 6);
        device.answered(stamps(33));
        device.answered(stamps(33));

        assertThat(afterPing(100).reap()).isBetween(stamps(33), stamps(38));
    }

    @Test
    void patienceHasACap() {
        group.watched(100, 0);
        answers(group, 200, 1000);

        assertThat(afterPing(100).reap()).isEqualTo(stamps(60));
        assertThat(afterPing(100).pong()).isEqualTo(stamps(60));
    }

    @Test
    void aDeviceThatWasWronglyReapedTwiceOutgrowsTheCapUpToFiveMinutes() {
        group.watched(100, 0);
        answers(group, 200, 1000);

        mistake(stamps(60));
        assertThat(afterPing(100).reap()).isEqualTo(stamps(60));
        mistake(stamps(60));
        assertThat(afterPing(100).reap()).isEqualTo(2 * stamps(60));
        mistake(stamps(250));
        assertThat(afterPing(100).reap()).isBetween(stamps(200), stamps(226));
    }

    @Test
    void tellsHowOftenLivePeersNeedLonger() {
        group.watched(1000, 0);
        answers(group, 20, 300);

        double atTen = new PatienceEstimate(device, group).longerPerHour(stamps(10));
        double atThirty = new PatienceEstimate(device, group).longerPerHour(stamps(30));

        assertThat(atTen).isCloseTo(.3, within(.001));
        assertThat(atThirty).isZero();
    }

    @Test
    void asksAfterTheSilenceThatADeviceExceedsNoMoreThanSixTimesAnHour() {
        data(10, 3600);
        assertThat(untilPing()).isBetween(stamps(10), stamps(11.3));

        for (int i = 0; i < 3; i++) {
            data(20, 20);
        }
        assertThat(untilPing()).isBetween(stamps(10), stamps(11.3));
        for (int i = 0; i < 6; i++) {
            data(20, 20);
        }
        assertThat(untilPing()).isBetween(stamps(20), stamps(22.6));
    }

    @Test
    void asksNeverSoonerThanAfterFiveSecondsNorLaterThanThePolicySays() {
        assertThat(untilPing()).as("nothing known").isEqualTo(stamps(30));
        data(1, 60);
        assertThat(untilPing()).as("every second").isEqualTo(stamps(5));

        DeviceHistory quiet = new DeviceHistory(0);
        for (int i = 1; i < 20; i++) {
            quiet.watchedUntil(stamps(60 * i));
            quiet.heard(stamps(60 * i));
        }
        assertThat(PatienceEstimate.untilPing(quiet, LIMITS, LIMITS).idle()).isEqualTo(stamps(30));
    }

    @Test
    void whoFallsSilentAfterABurstIsAskedLessAndLess() {
        data(1, 60);
        int pings = 0;
        for (int silent = 0; silent < HOUR; silent += untilPing(), pings++) {
            watched(device, untilPing() / (double) HOUR);
            device.askedAfter(untilPing());
        }
        assertThat(untilPing()).isEqualTo(stamps(30));
        assertThat(pings).isLessThan(120 + 40);
    }

    @Test
    void aLongHistoryDoesNotOverflow() {
        for (int week = 0; week < 4; week++) {
            watched(device, 168);
            for (int i = 0; i < 1000; i++) {
                device.answered(stamps(4));
            }
        }
        assertThat(device.hours()).isLessThan(169);
        assertThat(device.longer()[0]).isBetween(1, 255);
    }

    @Test
    void whatACrowdKnewAWeekAgoCountsHalf() {
        group.watched(1000, 0);
        answers(group, 20, 1000);
        double before = group.longerPerHour()[0];
        group.watched(500, TimeUnit.DAYS.toNanos(8));

        assertThat(group.longerPerHour()[0]).isCloseTo(before * 500 / 750, within(.01));
    }

    private Limits afterPing(int budget) {
        return new PatienceEstimate(device, group).afterPing(LIMITS, LIMITS, budget);
    }

    private int untilPing() {
        return PatienceEstimate.untilPing(device, LIMITS, LIMITS).idle();
    }

    private void data(int every, int seconds) {
        for (int passed = 0; passed < seconds; passed += every) {
            now += stamps(every);
            device.watchedUntil(now);
            device.heard(now);
        }
    }

    private void watched(DeviceHistory device, double hours) {
        now += (int) (hours * HOUR);
        device.watchedUntil(now);
    }

    private void mistake(int patience) {
        device.reaped(patience, 0);
        assertThat(device.mistake(TimeUnit.SECONDS.toNanos(30), TimeUnit.SECONDS.toNanos(180)))
                .isGreaterThan(patience);
    }

    private static void answers(GroupHistory group, double seconds, int times) {
        for (int i = 0; i < times; i++) {
            group.answered(stamps(seconds));
        }
    }

    private static int stamps(double seconds) {
        return CoarseTime.of(Duration.ofNanos((long) (seconds * 1e9)));
    }
}
