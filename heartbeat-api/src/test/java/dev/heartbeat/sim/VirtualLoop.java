package dev.heartbeat.sim;

import dev.heartbeat.Ticker;
import java.util.ArrayList;
import java.util.List;

/**
 * Virtual time, for a wire and for a server process that can be frozen. Events run one at a time, each at its own moment;
 * those of one moment in the order in which they were made. While the process is frozen its timers and reads wait, and
 * when it thaws the timers come first: the worst order, and a common one. As an executor it is the process's.
 */
final class VirtualLoop extends VirtualExecutor implements Ticker {

    static final long SECOND = 1_000_000_000L;

    private final EventQueue queue = new EventQueue();
    private final List<Runnable> lateTimers = new ArrayList<>();
    private final List<Runnable> lateReads = new ArrayList<>();
    private long now;
    private long thaw;
    private boolean kernelFrozen;

    /** Nanoseconds of so many seconds. */
    static long nanos(double seconds) {
        return (long) (seconds * SECOND);
    }

    long now() {
        return now;
    }

    @Override
    public long nanoTime() {
        return now;
    }

    /** Runs an event of the wire or of a device. */
    void at(long time, Runnable event) {
        queue.add(Math.max(time, now), false, event);
    }

    /** Runs a timer of the server process. */
    void timer(long time, Runnable event) {
        queue.add(Math.max(time, now), true, event);
    }

    @Override
    public void execute(Runnable task) {
        timer(now, task);
    }

    @Override
    protected void runAfter(long nanos, Runnable task) {
        timer(now + nanos, task);
    }

    /** Whether the process stands still, so that whatever arrives is to be {@linkplain #readLater read later}. */
    boolean isFrozen() {
        return thaw != 0;
    }

    /** When the server's kernel works, TCP and all: now, unless it is frozen with the process. */
    long kernelRunsAt() {
        return isFrozen() && kernelFrozen ? thaw : now;
    }

    /** Keeps something that has arrived until the process thaws. */
    void readLater(Runnable read) {
        lateReads.add(read);
    }

    /** Stops the server process, and its kernel or not, until a moment. */
    void freeze(long until, boolean kernelToo) {
        thaw = until;
        kernelFrozen = kernelToo;
        at(until, this::thaw);
    }

    /** Lets time pass up to a moment. */
    void run(long until) {
        for (EventQueue.Event event = queue.poll(until); event != null; event = queue.poll(until)) {
            now = event.time();
            if (event.isTimer() && isFrozen()) {
                lateTimers.add(event.action());
            } else {
                event.action().run();
            }
        }
        now = Math.max(now, until);
    }

    private void thaw() {
        thaw = 0;
        List<Runnable> late = new ArrayList<>(lateTimers);
        late.addAll(lateReads);
        lateTimers.clear();
        lateReads.clear();
        late.forEach(Runnable::run);
    }
}
