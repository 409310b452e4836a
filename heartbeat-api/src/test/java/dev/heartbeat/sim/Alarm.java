package dev.heartbeat.sim;

/** A timer of a server process that is mostly set later and later, which costs nothing. */
final class Alarm {

    private static final long OFF = Long.MAX_VALUE;

    private final VirtualLoop loop;
    private final Runnable action;
    private final Runnable onTimer = this::onTimer;
    private long due = OFF;
    private long pending = OFF;

    Alarm(VirtualLoop loop, Runnable action) {
        this.loop = loop;
        this.action = action;
    }

    /** Sets it to so many nanoseconds from now, whatever it was set to. */
    void in(long nanos) {
        due = loop.now() + nanos;
        arm();
    }

    void off() {
        due = OFF;
    }

    private void arm() {
        if (due < pending) {
            pending = due;
            loop.timer(due, onTimer);
        }
    }

    private void onTimer() {
        if (loop.now() < pending) {
            return;
        }
        pending = OFF;
        if (due > loop.now()) {
            arm();
        } else {
            due = OFF;
            action.run();
        }
    }
}
