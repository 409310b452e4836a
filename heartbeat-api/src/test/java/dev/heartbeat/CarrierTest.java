package dev.heartbeat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.LivenessEvent.Reap;
import dev.heartbeat.testkit.ScriptedPeer;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A connection that another one carries dies with that one. */
class CarrierTest extends DetectorTest {

    private static final Duration ROUND_TRIP = Duration.ofMillis(84);

    private final List<String> order = new ArrayList<>();

    @Test
    void isReapedAtOnceThoughItsOwnPingIsNotDue() {
        ScriptedPeer stream = peer("stream").answering(ROUND_TRIP);
        awaitPings(stream, 1);
        clock.advance(Duration.ofSeconds(1));

        stream.heartbeat().carrierLost();
        clock.advance(Duration.ofMillis(500));

        assertThat(heard.namesFor(stream)).containsExactly("pong", "reap");
        assertThat(stream.terminations()).containsExactly(ReapReason.CARRIER_LOST);
        assertThat(detector.watched()).isZero();
    }

    @Test
    void isReapedThoughItIsClosing() {
        ScriptedPeer stream = peer("stream");
        stream.heartbeat().closing();

        stream.heartbeat().carrierLost();
        clock.advance(Duration.ofMillis(500));

        assertThat(stream.terminations()).containsExactly(ReapReason.CARRIER_LOST);
    }

    /** Its listeners may read from it, so they have to hear of it first. */
    @Test
    void onAnEventLoopListenersHearOfItBeforeTheCarrierIsTerminated() {
        ScriptedPeer stream = new Recorded("stream").watchedOnLoopBy(detector(POLICY, new Recorder()));
        clock.advance(Duration.ofSeconds(1));

        clock.execute(() -> {
            stream.heartbeat().carrierLost();
            clock.execute(() -> order.add("termination of the carrier"));
        });
        clock.runDue();

        assertThat(order).containsExactly("reap of stream", "termination of the carrier", "termination of stream");
    }

    @Test
    void aDryRunOnlyTellsOfItAndTakesItBackWhenThePeerIsHeard() {
        ZombieDetector dry = ZombieDetector.builder(POLICY)
                .listeners(List.of(heard))
                .ticker(clock)
                .dryRun()
                .build();
        ScriptedPeer stream = new ScriptedPeer(clock, "stream").watchedOnLoopBy(dry);
        stream.answering(ROUND_TRIP);
        clock.advance(Duration.ofSeconds(1));

        clock.execute(() -> stream.heartbeat().carrierLost());
        clock.advance(Duration.ofMinutes(1));

        assertThat(heard.of(Reap.class)).extracting(Reap::reason).containsExactly(ReapReason.CARRIER_LOST);
        assertThat(heard.of(LivenessEvent.Mistake.class)).hasSize(1);
        assertThat(stream.terminations()).isEmpty();
        dry.close();
    }

    @Test
    void aPingHeldBackForTheCarrierGoesOutWhenThatHasAnswered() {
        ScriptedPeer stream = peer("stream").answering(ROUND_TRIP);
        stream.hinderedBy(Hindrance.CARRIER_ASKED);
        clock.advance(Duration.ofMinutes(1));
        assertThat(stream.pings()).isEmpty();

        stream.hinderedBy(Hindrance.NONE);
        clock.advance(Duration.ofMillis(500));

        assertThat(stream.pings()).hasSize(1);
    }

    private final class Recorder implements LivenessListener {
        @Override
        public void onReap(Reap event) {
            order.add("reap of " + event.connection().id());
        }
    }

    private final class Recorded extends ScriptedPeer {
        Recorded(String id) {
            super(clock, id);
        }

        @Override
        public Termination terminate(ReapReason reason) {
            order.add("termination of " + id());
            return Termination.notFreed("reset of the stream; its connection goes on");
        }

        @Override
        public TransportFacts facts() {
            InetSocketAddress address = InetSocketAddress.createUnresolved("peer", 1);
            return TransportFacts.NONE.withSharedAddresses(address, address);
        }
    }
}
