package dev.heartbeat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import java.time.Duration;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class HeartbeatPolicyTest {

    @Test
    void defaultsPingAfter30SuspectAfter10ReapAfter30Seconds() {
        HeartbeatPolicy policy = HeartbeatPolicy.defaults();

        assertThat(policy.pingInterval()).hasSeconds(30);
        assertThat(policy.pongTimeout()).hasSeconds(10);
        assertThat(policy.reapAfter()).hasSeconds(30);
        assertThat(policy.hindranceCap()).hasMinutes(5);
        assertThat(policy).isEqualTo(HeartbeatPolicy.builder().build());
    }

    @Test
    void detectionTimeIsIntervalPlusPatiencePlusATrifle() {
        assertThat(HeartbeatPolicy.defaults().detectionTime())
                .isBetween(Duration.ofSeconds(60), Duration.ofMillis(60_420));
    }

    @Test
    void readsAsASentence() {
        assertThat(HeartbeatPolicy.defaults())
                .hasToString("ping after 30 s of silence, suspect 10 s later, reap 30 s after the ping: "
                        + "a dead peer is found within 60.4 s");
    }

    static Stream<Arguments> setters() {
        return Stream.of(
                setter("pingInterval", HeartbeatPolicy.Builder::pingInterval),
                setter("pongTimeout", HeartbeatPolicy.Builder::pongTimeout),
                setter("reapAfter", HeartbeatPolicy.Builder::reapAfter),
                setter("hindranceCap", HeartbeatPolicy.Builder::hindranceCap));
    }

    private static Arguments setter(
            String name, BiFunction<HeartbeatPolicy.Builder, Duration, HeartbeatPolicy.Builder> setter) {
        return Arguments.of(name, setter);
    }

    @ParameterizedTest
    @MethodSource("setters")
    void refusesWhatIsOutOfRangeNamingParameterRuleAndValue(
            String name, BiFunction<HeartbeatPolicy.Builder, Duration, HeartbeatPolicy.Builder> setter) {
        for (Duration bad : new Duration[] {
            Duration.ZERO,
            Duration.ofMillis(-1),
            Duration.ofNanos(999_999),
            Duration.ofDays(1).plusNanos(1),
            Duration.ofSeconds(Long.MAX_VALUE)
        }) {
            HeartbeatPolicy.Builder builder = HeartbeatPolicy.builder();

            assertThatIllegalArgumentException()
                    .isThrownBy(() -> setter.apply(builder, bad))
                    .withMessage(name + " must be from 1 ms to 1 day: " + bad);
            assertThat(builder.build()).isEqualTo(HeartbeatPolicy.defaults());
        }
        assertThatNullPointerException()
                .isThrownBy(() -> setter.apply(HeartbeatPolicy.builder(), null))
                .withMessage(name);
    }

    @ParameterizedTest
    @MethodSource("setters")
    void takesTheBounds(String name, BiFunction<HeartbeatPolicy.Builder, Duration, HeartbeatPolicy.Builder> setter) {
        for (Duration bound : new Duration[] {Duration.ofMillis(1), Duration.ofDays(1)}) {
            assertThat(setter.apply(HeartbeatPolicy.builder(), bound).build())
                    .as("%s %s", name, bound)
                    .isNotEqualTo(HeartbeatPolicy.defaults());
        }
    }

    @Test
    void refusesAPatienceBelowThePongTimeoutWhicheverIsSetLast() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> HeartbeatPolicy.builder()
                        .pongTimeout(Duration.ofSeconds(10))
                        .reapAfter(Duration.ofSeconds(5)))
                .withMessage("reapAfter must be at least pongTimeout (PT10S): PT5S");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> HeartbeatPolicy.builder()
                        .reapAfter(Duration.ofSeconds(5))
                        .pongTimeout(Duration.ofSeconds(10)))
                .withMessage("pongTimeout must be at most reapAfter (PT5S): PT10S");
    }

    @Test
    void whatIsNotSetFitsWhatIs() {
        HeartbeatPolicy impatient =
                HeartbeatPolicy.builder().reapAfter(Duration.ofSeconds(5)).build();
        HeartbeatPolicy slow =
                HeartbeatPolicy.builder().pongTimeout(Duration.ofMinutes(2)).build();

        assertThat(impatient.pongTimeout()).hasSeconds(5);
        assertThat(slow.reapAfter()).hasMinutes(2);
    }

    @Test
    void aBuilderFromAPolicyKeepsItsSettings() {
        HeartbeatPolicy policy = HeartbeatPolicy.builder()
                .pingInterval(Duration.ofMillis(700))
                .pongTimeout(Duration.ofMillis(200))
                .reapAfter(Duration.ofMillis(900))
                .hindranceCap(Duration.ofSeconds(8))
                .build();

        assertThat(policy.toBuilder().build()).isEqualTo(policy).hasSameHashCodeAs(policy);
        assertThat(policy.toBuilder().pingInterval(Duration.ofSeconds(1)).build())
                .isNotEqualTo(policy);
    }

    @Test
    void refusesAPingIntervalTooCloseToTheIdleTimeoutOfAProxyWhicheverIsSetLast() {
        String reason = "pingInterval must be at most three quarters of proxyIdleTimeout (PT30S), "
                + "or the proxy closes idle connections before they are pinged: PT25S";

        assertThatIllegalArgumentException()
                .isThrownBy(() -> HeartbeatPolicy.builder()
                        .pingInterval(Duration.ofSeconds(25))
                        .proxyIdleTimeout(Duration.ofSeconds(30)))
                .withMessage(reason);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> HeartbeatPolicy.builder()
                        .pingInterval(Duration.ofSeconds(20))
                        .proxyIdleTimeout(Duration.ofSeconds(30))
                        .pingInterval(Duration.ofSeconds(25)))
                .withMessage(reason);
        assertThat(HeartbeatPolicy.builder()
                        .proxyIdleTimeout(Duration.ofSeconds(40))
                        .build()
                        .pingInterval())
                .isEqualTo(Duration.ofSeconds(30));
    }

    @Test
    void anAdaptivePolicyHasABudgetAndAMinuteOfPatienceAtMost() {
        HeartbeatPolicy policy = HeartbeatPolicy.adaptive(100);

        assertThat(policy.wrongReapsPer1000Hours()).hasValue(100);
        assertThat(policy.reapAfter()).hasSeconds(60);
        assertThat(policy.pingInterval()).hasSeconds(30);
        assertThat(policy.toBuilder().build()).isEqualTo(policy).hasSameHashCodeAs(policy);
        assertThat(policy).isNotEqualTo(HeartbeatPolicy.adaptive(30));
        assertThat(HeartbeatPolicy.defaults().wrongReapsPer1000Hours()).isEmpty();
        assertThat(policy)
                .hasToString("ping after 30 s of silence, or sooner where that is unusual, reap 100 live peers in 1000"
                        + " connection-hours at most: a dead peer is found within 90.4 s");
    }

    @Test
    void refusesABudgetOutOfRangeAndSettingsThatLeaveNothingToLearn() {
        for (int bad : new int[] {0, -1, 10_001}) {
            HeartbeatPolicy.Builder builder = HeartbeatPolicy.builder();
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> builder.adaptive(bad))
                    .withMessage("wrongReapsPer1000Hours must be from 1 to 10000: " + bad);
            assertThat(builder.build()).isEqualTo(HeartbeatPolicy.defaults());
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> HeartbeatPolicy.builder().adaptive(100).pingInterval(Duration.ofSeconds(4)))
                .withMessage("pingInterval must be at least PT5S for an adaptive policy: PT4S");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> HeartbeatPolicy.builder()
                        .pingInterval(Duration.ofSeconds(4))
                        .adaptive(100))
                .withMessage("pingInterval must be at least PT5S for an adaptive policy: PT4S");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> HeartbeatPolicy.builder()
                        .pongTimeout(Duration.ofSeconds(1))
                        .reapAfter(Duration.ofSeconds(4))
                        .adaptive(100))
                .withMessage("reapAfter must be at least PT5S for an adaptive policy: PT4S");
    }
}
