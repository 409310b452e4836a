package dev.heartbeat.sim;

import static dev.heartbeat.sim.VirtualLoop.SECOND;
import static dev.heartbeat.sim.VirtualLoop.nanos;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongPredicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TcpStreamTest {

    /** A millisecond each way, so that the retransmission timeout is little more than its floor of 0.2 s. */
    private static final double DELAY = .001;

    private static final int SIZE = 100;

    private final VirtualLoop loop = new VirtualLoop();
    private final List<Object> arrivals = new ArrayList<>();
    private final List<Double> arrivedAt = new ArrayList<>();
    private LongPredicate dataLost = time -> false;
    private LongPredicate ackLost = time -> false;
    private final TcpStream stream = new TcpStream(loop, new Wire(), 0, payload -> {
        arrivals.add(payload);
        arrivedAt.add((double) loop.now() / SECOND);
    });

    @ParameterizedTest
    @CsvSource({"5, 6.2", "10, 12.6", "20, 25.4", "45, 51", "60, 102.2"})
    void arrivesAtTheFirstRetransmissionAfterAnOutage(double outage, double arrival) {
        dataLost = time -> time < nanos(outage);
        stream.send("ping", SIZE);
        loop.run(nanos(200));
        assertThat(arrivedAt.get(0)).isEqualTo(arrival, within(.05));
    }

    @Test
    void neverWaitsLongerThanTheCapBetweenRetransmissions() {
        dataLost = time -> time < nanos(1000);
        stream.send("ping", SIZE);
        loop.run(nanos(1000 + Assumptions.LONGEST_RTO + 1));
        assertThat(arrivals).containsExactly("ping");
    }

    @Test
    void deliversInOrderWhateverArrivesFirst() {
        dataLost = time -> time == 0;
        stream.send("first", SIZE);
        loop.at(nanos(.01), () -> stream.send("second", SIZE));
        loop.run(nanos(1));
        assertThat(arrivals).containsExactly("first", "second");
    }

    @Test
    void repairsAHoleAsSoonAsLaterDataIsAcknowledged() {
        dataLost = time -> time == 0;
        stream.send("first", SIZE);
        loop.at(nanos(.01), () -> stream.send("second", SIZE));
        loop.run(nanos(1));
        assertThat(arrivedAt.get(0)).isLessThan(.05);
    }

    @Test
    void keepsNewDataBehindTheHeadOnceATimeoutHasPassed() {
        dataLost = time -> time < nanos(5);
        stream.send("old", SIZE);
        loop.at(nanos(5.5), () -> stream.send("new", SIZE));
        loop.run(nanos(10));
        assertThat(arrivals).containsExactly("old", "new");
        assertThat(arrivedAt.get(0)).isEqualTo(6.2, within(.05));
    }

    @Test
    void deliversEverythingOnceAfterALongOutage() {
        dataLost = time -> time > nanos(3) && time < nanos(20);
        ackLost = time -> time > nanos(2.9) && time < nanos(30);
        List<Object> sent = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            String payload = "message " + i;
            sent.add(payload);
            loop.at(nanos(i), () -> stream.send(payload, SIZE));
        }
        loop.run(nanos(200));
        assertThat(arrivals).isEqualTo(sent);
    }

    @Test
    void deliversOnceWhatIsSentAgainBecauseItsAcknowledgementWasLost() {
        ackLost = time -> time < nanos(3);
        stream.send("ping", SIZE);
        loop.run(nanos(60));
        assertThat(arrivals).containsExactly("ping");
    }

    @Test
    void waitsForAFrozenKernelToSendAgain() {
        dataLost = time -> time < nanos(1);
        stream.send("ping", SIZE);
        loop.at(nanos(.1), () -> loop.freeze(nanos(45), true));
        loop.run(nanos(60));
        assertThat(arrivedAt.get(0)).isEqualTo(45, within(.05));
    }

    @Test
    void deliversNothingOnceClosed() {
        stream.send("ping", SIZE);
        stream.close();
        loop.run(nanos(60));
        assertThat(arrivals).isEmpty();
    }

    private final class Wire implements TcpPath {
        @Override
        public long data(int bytes, Runnable again) {
            return dataLost.test(loop.now()) ? Air.NEVER : loop.now() + nanos(DELAY);
        }

        @Override
        public long dataAtLast(int bytes) {
            throw new IllegalStateException("nothing waits");
        }

        @Override
        public long acknowledgement() {
            return ackLost.test(loop.now()) ? Air.NEVER : loop.now() + nanos(DELAY);
        }

        @Override
        public long timeoutNotBefore() {
            return loop.kernelRunsAt();
        }
    }
}
