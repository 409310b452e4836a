package dev.heartbeat.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.LivenessEvent;
import dev.heartbeat.Termination;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class LedgerTest {

    private final Ledger ledger = new Ledger();
    private final StubConnection connection = new StubConnection("session-1");

    @Test
    void namesTheChargePointBehindASession() {
        ledger.opened("session-1", "CP-0001");

        assertThat(ledger.chargePoint(connection)).isEqualTo("CP-0001");
        assertThat(ledger.chargePoint(new StubConnection("session-2"))).isEqualTo("session-2");
    }

    @Test
    void countsASuspectUntilItRecovers() {
        ledger.opened("session-1", "CP-0001");

        ledger.onTimeout(connection.timeout());
        assertThat(ledger.suspects()).isEqualTo(1);

        ledger.onRecovery(connection.recovery());
        assertThat(ledger.suspects()).isZero();
        assertThat(ledger.connected()).isEqualTo(1);
    }

    @Test
    void countsASuspectUntilItIsReaped() {
        ledger.onTimeout(connection.timeout());

        ledger.onReap(connection.reap());

        assertThat(ledger.suspects()).isZero();
    }

    @Test
    void forgetsASuspectThatCloses() {
        ledger.opened("session-1", "CP-0001");
        ledger.onTimeout(connection.timeout());

        ledger.closed("session-1");

        assertThat(ledger.suspects()).isZero();
        assertThat(ledger.connected()).isZero();
    }

    @Test
    void measuresDetectionFromTheLastByteOfALostDevice() {
        ledger.opened("session-1", "CP-0001");
        ledger.lost("CP-0001", System.nanoTime() - Duration.ofSeconds(9).toNanos());

        ledger.onReap(connection.reap());

        assertThat(ledger.verdicts()).singleElement().satisfies(verdict -> {
            assertThat(verdict.chargePoint()).isEqualTo("CP-0001");
            assertThat(verdict.detection().orElseThrow()).isBetween(Duration.ofSeconds(9), Duration.ofSeconds(60));
        });
    }

    @Test
    void tellsTheReapOfADeviceThatWasNotLost() {
        ledger.opened("session-1", "CP-0001");
        ledger.lost("CP-0002", System.nanoTime());

        ledger.onReap(connection.reap());

        assertThat(ledger.verdicts())
                .singleElement()
                .satisfies(verdict -> assertThat(verdict.detection()).isEmpty());
    }

    @Test
    void addsUpTheStallsThatTheDetectorTellsOf() {
        ledger.onStall(new LivenessEvent.Stall(Duration.ofSeconds(2), 1));
        ledger.onStall(new LivenessEvent.Stall(Duration.ofMillis(1500), 0));

        assertThat(ledger.heldUp()).isEqualTo(Duration.ofMillis(3500));
    }

    @Test
    void countsATerminationWhenItIsOverAndWhatItFreed() {
        CompletableFuture<Termination> first = new CompletableFuture<>();
        CompletableFuture<Termination> second = new CompletableFuture<>();
        ledger.onReap(connection.reap(first));
        ledger.onReap(new StubConnection("session-2").reap(second));
        assertThat(ledger.terminated()).isZero();

        first.complete(Termination.freed("close 1001"));
        second.complete(Termination.notFreed("close 1001"));

        assertThat(ledger.terminated()).isEqualTo(2);
        assertThat(ledger.freed()).isEqualTo(1);
    }
}
