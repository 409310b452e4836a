package dev.heartbeat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import dev.heartbeat.LivenessEvent.Evidence;
import dev.heartbeat.testkit.ScriptedPeer;
import dev.heartbeat.testkit.VirtualTime;
import java.io.IOException;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** A verdict explains itself, in one line that an operator can read. */
class EvidenceTest {

    private static final Duration SILENCE = Duration.ofMillis(60_100);
    private static final Duration SINCE_PING = Duration.ofMillis(30_100);
    private static final Evidence PLAIN = new Evidence(
            SILENCE,
            SINCE_PING,
            Optional.of(Duration.ofMillis(84)),
            Set.of(),
            Optional.empty(),
            OptionalDouble.empty());

    @Test
    void saysSilenceTimeSinceThePingAndLastRoundTrip() {
        assertThat(PLAIN.explain()).isEqualTo("silent for 60.1 s, 30.1 s since the ping, last round trip 84 ms");
    }

    @Test
    void saysThatThereNeverWasARoundTrip() {
        Evidence evidence =
                new Evidence(SILENCE, SINCE_PING, Optional.empty(), Set.of(), Optional.empty(), OptionalDouble.empty());

        assertThat(evidence.explain()).endsWith(", never a round trip");
    }

    @Test
    void saysEveryHindranceInAnOrderOfItsOwn() {
        Set<Hindrance> hindrances = EnumSet.of(Hindrance.PING_QUEUED, Hindrance.HANDLER_RUNNING);
        Evidence evidence = new Evidence(
                SILENCE, SINCE_PING, Optional.empty(), hindrances, Optional.empty(), OptionalDouble.empty());

        assertThat(evidence.explain())
                .endsWith(", although the application's handler is running, although the ping waits for a thread");
    }

    @Test
    void saysWhatTheTransportThrew() {
        Evidence evidence = new Evidence(
                SILENCE,
                SINCE_PING,
                Optional.empty(),
                Set.of(),
                Optional.of(new IOException("broken pipe")),
                OptionalDouble.empty());

        assertThat(evidence.explain()).endsWith(", java.io.IOException: broken pipe");
    }

    @Test
    void saysHowOftenLivePeersNeedLonger() {
        Evidence evidence =
                new Evidence(SILENCE, SINCE_PING, Optional.empty(), Set.of(), Optional.empty(), OptionalDouble.of(.84));

        assertThat(evidence.explain()).endsWith(", live peers need longer 0.8 times in 1000 connection-hours");
    }

    @Test
    void keepsWhatItWasMadeWith() {
        Set<Hindrance> hindrances = EnumSet.of(Hindrance.READING_PAUSED);
        Evidence evidence = new Evidence(
                SILENCE, SINCE_PING, Optional.empty(), hindrances, Optional.empty(), OptionalDouble.empty());

        hindrances.clear();

        assertThat(evidence.hindrances()).containsExactly(Hindrance.READING_PAUSED);
    }

    @Test
    void refusesNull() {
        assertThatNullPointerException()
                .isThrownBy(() -> new Evidence(
                        null, SINCE_PING, Optional.empty(), Set.of(), Optional.empty(), OptionalDouble.empty()))
                .withMessage("silence");
        assertThatNullPointerException()
                .isThrownBy(() -> new Evidence(
                        SILENCE, null, Optional.empty(), Set.of(), Optional.empty(), OptionalDouble.empty()))
                .withMessage("sincePing");
        assertThatNullPointerException()
                .isThrownBy(() ->
                        new Evidence(SILENCE, SINCE_PING, null, Set.of(), Optional.empty(), OptionalDouble.empty()))
                .withMessage("lastRoundTrip");
        assertThatNullPointerException()
                .isThrownBy(() -> new Evidence(
                        SILENCE, SINCE_PING, Optional.empty(), null, Optional.empty(), OptionalDouble.empty()));
        assertThatNullPointerException()
                .isThrownBy(() ->
                        new Evidence(SILENCE, SINCE_PING, Optional.empty(), Set.of(), null, OptionalDouble.empty()))
                .withMessage("pingFailure");
        assertThatNullPointerException()
                .isThrownBy(() -> new Evidence(SILENCE, SINCE_PING, Optional.empty(), Set.of(), Optional.empty(), null))
                .withMessage("neededLonger");
    }

    @Test
    void aVerdictGivesItsReasonFirst() {
        LivenessEvent.Reap reap = new LivenessEvent.Reap(
                new ScriptedPeer(new VirtualTime(), "cp1"), ReapReason.PING_STUCK, PLAIN, new CompletableFuture<>());

        assertThat(reap.explain()).isEqualTo("the ping is stuck behind unsent data; " + PLAIN.explain());
    }

    @Test
    void everyReasonFitsACloseFrame() {
        for (ReapReason reason : ReapReason.values()) {
            assertThat(reason.phrase()).isNotBlank().isASCII();
            assertThat(reason.phrase().length()).isLessThanOrEqualTo(123);
        }
        for (Hindrance hindrance : Hindrance.values()) {
            assertThat(hindrance.phrase()).isNotBlank();
        }
    }

    @Test
    void staysOneLineWhateverTheTransportThrew() {
        Evidence evidence = new Evidence(
                SILENCE,
                SINCE_PING,
                Optional.empty(),
                Set.of(),
                Optional.of(new IOException("two\nlines")),
                OptionalDouble.empty());

        assertThat(evidence.explain()).endsWith(", java.io.IOException: two?lines");
    }
}
