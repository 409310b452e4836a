package dev.heartbeat.examples;

import dev.heartbeat.LivenessEvent;
import dev.heartbeat.LivenessListener;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.function.Supplier;

/** Prints what happens while it happens, a line each: a second listener beside the {@link Ledger}. */
final class Display implements LivenessListener {

    private static final Duration OFTEN = Duration.ofSeconds(1);
    private static final Duration SELDOM = Duration.ofSeconds(5);

    private final PrintStream out;
    private final Ledger ledger;
    private final long start = System.nanoTime();
    private String lastStatus = "";
    private long lastStatusAt = start;

    Display(PrintStream out, Ledger ledger) {
        this.out = out;
        this.ledger = ledger;
    }

    /** A line without the time. */
    void print(String line) {
        out.println(line);
    }

    /** A line with the time. */
    synchronized void tell(String line) {
        out.printf(Locale.ROOT, "%6.1f s  %s%n", (System.nanoTime() - start) / 1e9, line);
    }

    /** The counts: once a second while they change, else now and then. Called from one thread. */
    void status(Supplier<OptionalInt> descriptors) {
        long sinceLast = System.nanoTime() - lastStatusAt;
        if (sinceLast < OFTEN.toNanos()) {
            return;
        }
        OptionalInt count = descriptors.get();
        String status = String.format(
                "connected %-6d suspect %-6d zombies %-6d server descriptors %s",
                ledger.connected(),
                ledger.suspects(),
                ledger.verdicts().size(),
                count.isPresent() ? count.getAsInt() : "unknown");
        if (!status.equals(lastStatus) || sinceLast >= SELDOM.toNanos()) {
            lastStatus = status;
            lastStatusAt = System.nanoTime();
            tell(status);
        }
    }

    @Override
    public void onReap(LivenessEvent.Reap event) {
        String chargePoint = ledger.chargePoint(event.connection());
        String lastByte = ledger.sinceLastByte(chargePoint)
                .map(ago -> ", last byte " + Report.seconds(ago) + " ago")
                .orElse("");
        tell("zombie    " + chargePoint + "  " + event.reason().phrase() + lastByte);
    }

    @Override
    public void onStall(LivenessEvent.Stall event) {
        tell("the program was held up for " + Report.seconds(event.lost()) + ", which no device is charged for");
    }

    @Override
    public void onLag(LivenessEvent.Lag event) {
        tell("the program runs late: it listened for " + Math.round(100 * event.factor()) + " % of the last "
                + Report.seconds(event.length()));
    }
}
