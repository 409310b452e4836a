package dev.heartbeat.sim;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.function.Predicate;

/**
 * One direction of a TCP connection, both ends of it: in-order delivery, and the retransmission of RFC 6298 with Linux's
 * bounds. An unacknowledged head is sent again after the retransmission timeout, then after twice that, and so on, so a
 * segment lost at 0 is there at RTO, 3 RTO, 7 RTO: at RTO·(2^k − 1). After such a timeout new data waits behind the head.
 * Segments that arrive out of order are acknowledged selectively, which repairs a hole without a timeout.
 *
 * <p>Acknowledgements that can change nothing at once are looked at when the sender acts next, which saves their events;
 * at once if somebody is to be told of them.
 */
final class TcpStream implements Outlet {

    private static final long UNSENT = -1;
    private static final LongConsumer NOBODY = bytes -> {};

    private final VirtualLoop loop;
    private final TcpPath path;
    private final Consumer<Object> receiver;

    private final List<Segment> flight = new ArrayList<>(2);
    private final ArrayDeque<Ack> acks = new ArrayDeque<>(2);
    private final RetransmissionTimer timer;
    private final Runnable takeAcks = this::takeAcks;
    private LongConsumer acknowledged = NOBODY;
    private long untold;
    private long unacknowledged;
    private long next;
    private long recovered;
    private boolean recovering;
    private boolean closed;

    private long expected;
    private long lastAck;

    TcpStream(VirtualLoop loop, TcpPath path, long handshake, Consumer<Object> receiver) {
        this.loop = loop;
        this.path = path;
        this.receiver = receiver;
        this.timer = new RetransmissionTimer(loop, handshake, this::onTimer);
    }

    /** Who is to be told, as soon as the sender knows, how many bytes have been acknowledged since it was told before. */
    void onAcknowledged(LongConsumer listener) {
        acknowledged = listener;
    }

    @Override
    public void send(Object payload, int bytes) {
        takeAcks();
        Segment segment = new Segment(next++, payload, bytes);
        flight.add(segment);
        if (!recovering) {
            transmit(segment);
        }
    }

    @Override
    public void close() {
        closed = true;
    }

    /** Bytes that were sent and that nobody has acknowledged to the sender. */
    long unacknowledged() {
        takeAcks();
        return flight.stream().mapToLong(segment -> segment.bytes).sum();
    }

    /** How often in a row the head has been sent anew without an answer. */
    int retransmissions() {
        return timer.retransmissions();
    }

    private void transmit(Segment segment) {
        long now = loop.now();
        segment.resent = segment.sentAt != UNSENT;
        segment.lost = false;
        segment.sentAt = now;
        if (flight.get(0) == segment) {
            timer.restart(now);
        }
        if (segment.waits) {
            return;
        }
        long arrival = path.data(segment.bytes, segment.again);
        segment.waits = arrival == Air.WAITS;
        if (arrival >= 0 && arrival != Air.NEVER) {
            loop.at(arrival, segment);
        }
        if (segment.waits || !isInTime(arrival)) {
            timer.doubt();
        }
    }

    private boolean isInTime(long time) {
        return time != Air.NEVER && !timer.isDueBy(time);
    }

    private void onTimer() {
        takeAcks();
        if (closed || flight.isEmpty()) {
            return;
        }
        timer.notBefore(path.timeoutNotBefore());
        if (timer.isDueBy(loop.now())) {
            recovering = true;
            recovered = next;
            timer.backOff();
            flight.forEach(segment -> segment.lost = !segment.known);
            transmit(flight.get(0));
        }
        timer.doubt();
    }

    private void takeAcks() {
        while (!acks.isEmpty() && acks.peek().at <= loop.now()) {
            take(acks.poll());
        }
        if (untold > 0) {
            long bytes = untold;
            untold = 0;
            acknowledged.accept(bytes);
        }
    }

    private void take(Ack ack) {
        if (ack.upTo > unacknowledged) {
            if (!ack.segment.resent) {
                timer.sample(ack.at - ack.segment.sentAt);
            }
            List<Segment> done = flight.subList(0, (int) (ack.upTo - unacknowledged));
            done.forEach(segment -> untold += segment.bytes);
            done.clear();
            unacknowledged = ack.upTo;
            timer.forgetBackoff();
            timer.restart(ack.at);
            if (recovering) {
                recovering = unacknowledged < recovered;
                transmitAll(segment -> segment.lost);
            }
        }
        if (ack.segment.index >= ack.upTo) {
            ack.segment.known = true;
            ack.segment.lost = false;
            repairBefore(ack.segment);
        }
    }

    /** A segment that was sent later has arrived before these: they are lost. */
    private void repairBefore(Segment arrived) {
        transmitAll(segment -> segment.index < arrived.index
                && !segment.known
                && segment.sentAt != UNSENT
                && segment.sentAt < arrived.sentAt);
    }

    private void transmitAll(Predicate<Segment> which) {
        for (Segment segment : flight.stream().filter(which).toList()) {
            transmit(segment);
        }
    }

    private void arrived(Segment segment) {
        if (closed) {
            return;
        }
        segment.here = true;
        long from = expected;
        while (expected - unacknowledged < flight.size() && flight.get((int) (expected - unacknowledged)).here) {
            expected++;
        }
        int first = (int) (from - unacknowledged);
        List<Segment> inOrder = List.copyOf(flight.subList(first, first + (int) (expected - from)));
        acknowledge(segment);
        inOrder.forEach(each -> receiver.accept(each.payload));
    }

    private void acknowledge(Segment segment) {
        long back = path.acknowledgement();
        boolean all = expected == next;
        if (back != Air.NEVER) {
            lastAck = Math.max(lastAck, back);
            acks.add(new Ack(lastAck, expected, segment));
            if (recovering || segment.index >= expected || acknowledged != NOBODY) {
                loop.at(lastAck, takeAcks);
            }
        }
        if (back == Air.NEVER || !all || !isInTime(lastAck)) {
            timer.doubt();
        }
    }

    private record Ack(long at, long upTo, Segment segment) {}

    private final class Segment implements Runnable {
        private final long index;
        private final Object payload;
        private final int bytes;
        private final Runnable again = this::again;
        private long sentAt = UNSENT;
        private boolean resent;

        /** To be sent, or sent again, as soon as the head is acknowledged. */
        private boolean lost = true;

        private boolean waits;
        private boolean here;

        /** Acknowledged selectively. */
        private boolean known;

        private Segment(long index, Object payload, int bytes) {
            this.index = index;
            this.payload = payload;
            this.bytes = bytes;
        }

        @Override
        public void run() {
            arrived(this);
        }

        private void again() {
            waits = false;
            long arrival = path.dataAtLast(bytes);
            if (arrival != Air.NEVER) {
                loop.at(arrival, this);
            }
        }
    }
}
