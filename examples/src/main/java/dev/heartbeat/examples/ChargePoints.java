package dev.heartbeat.examples;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;

/** A fleet of charge points, each with a socket of its own, all on one thread. */
final class ChargePoints implements AutoCloseable {

    private final InetSocketAddress server;
    private final Ledger ledger;
    private final List<ChargePoint> devices = new ArrayList<>();
    private final Random random = new Random(42); // the same fleet in every run
    private final Selector selector = Selector.open();
    private final Queue<Runnable> orders = new ConcurrentLinkedQueue<>();
    private final long origin = System.nanoTime();
    private final PriorityQueue<Due> agenda = new PriorityQueue<>(Comparator.comparingLong(Due::at));
    private final Thread thread = new Thread(this::run, "charge-points");
    private volatile boolean closed;

    /** What a device does next; {@code at} counts from {@link #origin}, so that it can be compared. */
    private record Due(long at, Errand errand, ChargePoint device) {}

    @FunctionalInterface
    private interface Errand {
        void run(ChargePoint device) throws IOException;
    }

    /**
     * Makes a fleet that is switched off.
     *
     * @param pingInterval devices talk from four times as often as this to four times as rarely, so that some need pings
     */
    ChargePoints(int count, InetSocketAddress server, Duration pingInterval, Ledger ledger) throws IOException {
        this.server = server;
        this.ledger = ledger;
        for (int number = 1; number <= count; number++) {
            double pace = pingInterval.toNanos() * Math.pow(4, (2 * random.nextDouble()) - 1);
            devices.add(new ChargePoint(String.format("CP-%04d", number), (long) pace));
        }
        thread.setDaemon(true);
        thread.start();
    }

    void switchOn(Duration within) {
        order(() -> devices.forEach(device -> {
            dialSome(device, within);
            plan(device, within.toNanos() + pause(device), this::talk);
        }));
    }

    /** Sends so many devices, spread evenly over the fleet, into the tunnel. */
    void enterTunnel(int lost) {
        order(() -> {
            for (int i = 0; i < lost; i++) {
                ChargePoint device = devices.get((int) ((long) i * devices.size() / lost));
                ledger.lost(device.id(), device.enterTunnel());
            }
        });
    }

    /** Lets the lost devices notice, hang up and dial again. */
    void leaveTunnel(Duration within) {
        order(() -> devices.stream()
                .filter(device -> device.state() == ChargePoint.State.IN_TUNNEL)
                .forEach(device -> dialSome(device, within)));
    }

    void switchOff() {
        order(() -> devices.forEach(device -> attempt(device, ChargePoint::switchOff)));
    }

    /** How many have been welcomed by the server and not been lost or cut off since. */
    int online() {
        return (int) devices.stream()
                .filter(device -> device.state() == ChargePoint.State.ONLINE)
                .count();
    }

    /** How many of those that were lost are online again. */
    int reconnected() {
        return (int) devices.stream()
                .filter(device -> device.state() == ChargePoint.State.ONLINE)
                .filter(device -> ledger.wasLost(device.id()))
                .count();
    }

    @Override
    public void close() throws IOException {
        closed = true;
        selector.wakeup();
    }

    private void order(Runnable order) {
        orders.add(order);
        selector.wakeup();
    }

    private void dialSome(ChargePoint device, Duration within) {
        plan(device, (long) (within.toNanos() * random.nextDouble()), dialled -> dialled.dial(selector, server));
    }

    private void talk(ChargePoint device) throws IOException {
        if (device.state() == ChargePoint.State.ONLINE) {
            device.sendTelemetry();
        }
        plan(device, pause(device), this::talk);
    }

    private long pause(ChargePoint device) {
        return (long) (device.pace() * (0.5 + random.nextDouble()));
    }

    private void plan(ChargePoint device, long delay, Errand errand) {
        agenda.add(new Due(now() + delay, errand, device));
    }

    private long now() {
        return System.nanoTime() - origin;
    }

    private void run() {
        try (selector) {
            while (!closed) {
                Due next = agenda.peek();
                long wait = next == null ? 0 : Math.max(1, (next.at() - now()) / 1_000_000);
                selector.select(this::onReady, wait);
                for (Runnable order = orders.poll(); order != null; order = orders.poll()) {
                    order.run();
                }
                while (!agenda.isEmpty() && agenda.peek().at() <= now()) {
                    Due due = agenda.remove();
                    attempt(due.device(), due.errand());
                }
            }
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    private void onReady(SelectionKey key) {
        if (key.isValid()) {
            attempt((ChargePoint) key.attachment(), ChargePoint::onReady);
        }
    }

    /** One device's trouble is its own. */
    private void attempt(ChargePoint device, Errand errand) {
        try {
            errand.run(device);
        } catch (IOException trouble) {
            ledger.cutOff(device.id(), String.valueOf(trouble.getMessage()));
            try {
                device.cutOff();
            } catch (IOException ignored) {
                // It is being thrown away.
            }
        }
    }
}
