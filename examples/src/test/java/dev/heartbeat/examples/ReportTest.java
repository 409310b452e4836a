package dev.heartbeat.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.HeartbeatPolicy;
import dev.heartbeat.Hindrance;
import dev.heartbeat.LivenessEvent.Evidence;
import dev.heartbeat.SocketState;
import dev.heartbeat.examples.Ledger.Verdict;
import dev.heartbeat.examples.Report.Tally;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ReportTest {

    private static final HeartbeatPolicy POLICY = HeartbeatPolicy.builder()
            .pingInterval(Duration.ofSeconds(4))
            .pongTimeout(Duration.ofSeconds(2))
            .reapAfter(Duration.ofSeconds(6))
            .build();
    private static final List<Verdict> BOTH = List.of(zombie("CP-0001", 9), zombie("CP-0003", 7));
    private static final Tally TIGHT = new Tally("after the reaping", OptionalInt.of(4), 4);

    @Test
    void passesWhenEveryLostDeviceWasReapedInTime() {
        Report report = report(BOTH, Map.of(), 2, TIGHT);

        assertThat(report.passed()).isTrue();
        assertThat(report.lines()).last().isEqualTo("PASSED");
    }

    @Test
    void showsTheDetectionTimesAgainstTheBound() {
        List<Verdict> verdicts = List.of(zombie("CP-0001", 9), zombie("CP-0002", 5), zombie("CP-0003", 7));

        assertThat(report(verdicts, Map.of(), 2, TIGHT).lines())
                .anySatisfy(line -> assertThat(line).contains("min 5.0 s, median 7.0 s, max 9.0 s", "bound is 10.4 s"));
    }

    @Test
    void failsWhenALostDeviceWasNotReaped() {
        assertFails(report(List.of(zombie("CP-0001", 9)), Map.of(), 2, TIGHT), "1 lost but not reaped");
    }

    @Test
    void failsWhenAVerdictCameLaterThanThePolicyPromises() {
        Verdict late = verdict(
                "CP-0003", StubConnection.evidence(POLICY.detectionTime().plusMillis(1)));

        assertFails(report(List.of(BOTH.get(0), late), Map.of(), 2, TIGHT), "1 reaped later than the policy promises");
    }

    @Test
    void excusesTheMomentThatTheKernelTookToBeAsked() {
        assertThat(report(List.of(BOTH.get(0), verdict("CP-0003", asked(1))), Map.of(), 2, TIGHT)
                        .passed())
                .isTrue();
        assertFails(
                report(List.of(BOTH.get(0), verdict("CP-0003", asked(3))), Map.of(), 2, TIGHT),
                "1 reaped later than the policy promises");
    }

    private static Evidence asked(int secondsLate) {
        return new Evidence(
                POLICY.detectionTime().plusSeconds(secondsLate),
                Duration.ofSeconds(30),
                Optional.empty(),
                Set.of(),
                Optional.empty(),
                OptionalDouble.empty(),
                Optional.of(new SocketState(0, 0, 0, false)));
    }

    @Test
    void excusesAVerdictThatAHindrancePutOff() {
        Evidence hindered = new Evidence(
                Duration.ofSeconds(20),
                Duration.ofSeconds(16),
                Optional.empty(),
                Set.of(Hindrance.PING_QUEUED),
                Optional.empty(),
                OptionalDouble.empty());

        assertThat(report(List.of(BOTH.get(0), verdict("CP-0003", hindered)), Map.of(), 2, TIGHT)
                        .passed())
                .isTrue();
    }

    @Test
    void excusesAsMuchDelayAsTheProgramWasHeldUp() {
        Verdict late = verdict(
                "CP-0003", StubConnection.evidence(POLICY.detectionTime().plusSeconds(1)));
        List<Verdict> verdicts = List.of(BOTH.get(0), late);

        assertThat(report(verdicts, Map.of(), 2, Duration.ofMillis(1001), TIGHT).passed())
                .isTrue();
        assertThat(report(verdicts, Map.of(), 2, Duration.ofMillis(999), TIGHT).passed())
                .isFalse();
    }

    @Test
    void failsWhenAHealthyDeviceWasReaped() {
        Verdict wrong = new Verdict("CP-0002", Optional.empty(), StubConnection.evidence(Duration.ofSeconds(10)));

        assertFails(report(List.of(BOTH.get(0), BOTH.get(1), wrong), Map.of(), 2, TIGHT), "1 reaped though alive");
    }

    @Test
    void failsWhenADeviceWasReapedAgainAfterItsReturn() {
        assertFails(
                report(List.of(BOTH.get(0), BOTH.get(1), BOTH.get(0)), Map.of(), 2, TIGHT), "1 reaped though alive");
    }

    @Test
    void failsWhenADescriptorLeakedAtAnyTime() {
        Tally leaky = new Tally("at the end", OptionalInt.of(1), 0);

        assertFails(report(BOTH, Map.of(), 2, leaky, TIGHT), "1 file descriptors leaked");
    }

    @Test
    void toleratesASystemThatDoesNotShowItsDescriptors() {
        Report report = report(BOTH, Map.of(), 2, new Tally("at the end", OptionalInt.empty(), 0));

        assertThat(report.passed()).isTrue();
        assertThat(report.lines()).anySatisfy(line -> assertThat(line).contains("unknown at the end"));
    }

    @Test
    void failsWhenADeviceDidNotComeBack() {
        assertFails(report(BOTH, Map.of(), 1, TIGHT), "1 lost but not reconnected");
    }

    @Test
    void failsWhenADeviceInTheOpenWasCutOff() {
        assertFails(
                report(BOTH, Map.of("CP-0005", "the server hung up"), 2, TIGHT),
                "cut off in the open: {CP-0005=the server hung up}");
    }

    private static void assertFails(Report report, String why) {
        assertThat(report.passed()).isFalse();
        assertThat(report.lines()).last().isEqualTo("FAILED: " + why);
    }

    private static Report report(List<Verdict> verdicts, Map<String, String> cutOff, int back, Tally... tallies) {
        return report(verdicts, cutOff, back, Duration.ZERO, tallies);
    }

    private static Report report(
            List<Verdict> verdicts, Map<String, String> cutOff, int back, Duration heldUp, Tally... tallies) {
        return new Report(6, 2, POLICY, verdicts, verdicts.size(), cutOff, back, heldUp, List.of(tallies));
    }

    private static Verdict zombie(String chargePoint, int seconds) {
        return new Verdict(
                chargePoint,
                Optional.of(Duration.ofSeconds(seconds)),
                StubConnection.evidence(Duration.ofSeconds(seconds)));
    }

    private static Verdict verdict(String chargePoint, Evidence evidence) {
        return new Verdict(chargePoint, Optional.of(evidence.silence()), evidence);
    }
}
