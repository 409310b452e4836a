package dev.heartbeat.examples;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** The story from start to end: the fleet boots, drives, loses a share in the tunnel, and gets it back. */
final class Drill {

    /** For what should take a moment. A machine under load takes longer, and that is no failure. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final Duration POLL = Duration.ofMillis(20);

    /** Waking up so late means that the whole program did not run: a collection, a stopped process, a starved machine. */
    private static final Duration HELD_UP = Duration.ofMillis(20);

    private final FleetOptions options;
    private final Ledger ledger;
    private final Display display;
    private final ChargePoints fleet;
    private final Descriptors descriptors;
    private final List<Report.Tally> tallies = new ArrayList<>();
    private final int all;
    private final int lost;
    private final Duration rush;
    private Duration heldUp = Duration.ZERO;

    Drill(FleetOptions options, Ledger ledger, Display display, ChargePoints fleet, Descriptors descriptors) {
        this.options = options;
        this.ledger = ledger;
        this.display = display;
        this.fleet = fleet;
        this.descriptors = descriptors;
        this.all = options.devices();
        this.lost = options.lostDevices();
        this.rush = Duration.ofMillis(1_000 + (2L * all));
    }

    /**
     * Takes its time, and prints what happens.
     *
     * @throws IllegalStateException if the fleet could not even be connected
     */
    Report run() {
        boot();
        await(() -> false, options.calm());
        loseSignal();
        regainSignal();
        await(() -> false, options.calm());
        int reconnected = fleet.reconnected();
        if (!options.keepRunning()) {
            hangUp();
        }
        Report report = new Report(
                all,
                lost,
                options.policy(),
                ledger.verdicts(),
                ledger.freed(),
                ledger.cutOff(),
                reconnected,
                heldUp.plus(ledger.heldUp()),
                List.copyOf(tallies));
        display.print("");
        report.lines().forEach(display::print);
        if (options.keepRunning()) {
            display.print("");
            display.tell("goes on until interrupted: dial in with a client of yours, and freeze it");
            await(() -> false, Duration.ofDays(365));
        }
        return report;
    }

    private void boot() {
        display.tell("the fleet boots");
        fleet.switchOn(rush);
        await(() -> fleet.online() + ledger.cutOff().size() == all, rush.plus(PATIENCE));
        if (fleet.online() < all) {
            throw new IllegalStateException(
                    "only " + fleet.online() + " of " + all + " devices came online " + ledger.cutOff());
        }
        tally("before", all);
        display.tell("all are online: they send telemetry at their own pace, and answer pings");
    }

    private void loseSignal() {
        display.tell(lost + " drive into the tunnel: their sockets stay open and go mute, nobody tells the server");
        fleet.enterTunnel(lost);
        await(() -> ledger.lost() == lost, PATIENCE);
        tally("in the tunnel", all);
        await(
                () -> ledger.terminated() >= lost,
                options.policy().detectionTime().plus(PATIENCE));
        tally("after the reaping", all - lost);
        display.tell(ledger.freed() + " reaped, and their descriptors free again");
    }

    private void regainSignal() {
        display.tell("the tunnel ends: the lost devices hang up and dial again");
        fleet.leaveTunnel(rush);
        await(() -> fleet.online() + ledger.cutOff().size() == all, rush.plus(PATIENCE));
        tally("after the return", all);
        display.tell(fleet.online() + " are online");
    }

    private void hangUp() {
        display.tell("all hang up");
        fleet.switchOff();
        tally("at the end", 0);
    }

    /** Counts the server's descriptors as soon as they are as many as they ought to be, or at the end of patience. */
    private void tally(String when, int devices) {
        await(() -> descriptors.count().orElse(devices) == devices, PATIENCE);
        tallies.add(new Report.Tally(when, descriptors.count(), devices));
    }

    private void await(BooleanSupplier condition, Duration limit) {
        long start = System.nanoTime();
        while (!condition.getAsBoolean() && System.nanoTime() - start < limit.toNanos()) {
            display.status(descriptors::count);
            long before = System.nanoTime();
            LockSupport.parkNanos(POLL.toNanos());
            Duration pause = Duration.ofNanos(System.nanoTime() - before);
            if (pause.minus(POLL).compareTo(HELD_UP) > 0) {
                heldUp = heldUp.plus(pause);
            }
        }
    }
}
