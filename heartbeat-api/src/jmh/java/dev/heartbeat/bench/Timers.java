package dev.heartbeat.bench;

import io.netty.util.HashedWheelTimer;
import io.netty.util.Timeout;
import io.netty.util.TimerTask;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * One timer task per connection, in real time, at its best: a message only stores {@code nanoTime}, and the task arms itself
 * again for the rest when it finds the connection active.
 */
final class Timers implements Contender {

    private final Peer[] peers;
    private final long idle;
    private final long patience;
    private final Timer timer;
    private final LongAdder pings = new LongAdder();
    private volatile boolean closed;

    /** Where tasks wait. */
    private interface Timer {
        Object start(Peer task, long nanos);

        void cancel(Object started);

        void close();
    }

    Timers(int connections, Pace pace, boolean hashedWheel) {
        this.peers = new Peer[connections];
        this.idle = pace.idle().toNanos();
        this.patience = pace.patience().toNanos();
        this.timer = hashedWheel ? new OnWheel() : new OnExecutor();
    }

    @Override
    public void add(int i) {
        peers[i] = new Peer(i);
        peers[i].arm(idle);
    }

    @Override
    public void heard(int i) {
        peers[i].lastHeard = System.nanoTime();
    }

    @Override
    public void remove(int i) {
        timer.cancel(peers[i].started);
    }

    @Override
    public long pings() {
        return pings.sum();
    }

    @Override
    public void close() {
        closed = true;
        timer.close();
    }

    private final class Peer implements Runnable, TimerTask {
        private final int number;
        private volatile long lastHeard = System.nanoTime();
        private long pinged;
        private Object started;

        Peer(int number) {
            this.number = number;
        }

        void arm(long nanos) {
            started = timer.start(this, nanos);
        }

        @Override
        public void run(Timeout due) {
            run();
        }

        @Override
        public void run() {
            if (closed) {
                return;
            }
            long now = System.nanoTime();
            long silence = now - lastHeard;
            if (silence < idle) {
                arm(idle - silence);
            } else if (pinged - lastHeard <= 0) {
                pinged = now;
                pings.increment();
                arm(patience);
            } else {
                add(number);
            }
        }
    }

    private static final class OnExecutor implements Timer {
        private final ScheduledThreadPoolExecutor executor = new ScheduledThreadPoolExecutor(1, Timers::daemon);

        OnExecutor() {
            executor.setRemoveOnCancelPolicy(true);
        }

        @Override
        public Object start(Peer task, long nanos) {
            return executor.schedule(task, nanos, TimeUnit.NANOSECONDS);
        }

        @Override
        public void cancel(Object started) {
            ((Future<?>) started).cancel(false);
        }

        @Override
        public void close() {
            executor.shutdownNow();
        }
    }

    private static final class OnWheel implements Timer {
        private final HashedWheelTimer wheel = new HashedWheelTimer(Timers::daemon, 100, TimeUnit.MILLISECONDS, 512);

        @Override
        public Object start(Peer task, long nanos) {
            return wheel.newTimeout(task, nanos, TimeUnit.NANOSECONDS);
        }

        @Override
        public void cancel(Object started) {
            ((Timeout) started).cancel();
        }

        @Override
        public void close() {
            wheel.stop();
        }
    }

    private static Thread daemon(Runnable task) {
        Thread thread = new Thread(task, "timer");
        thread.setDaemon(true);
        return thread;
    }
}
