package dev.heartbeat.internal.dispatch;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadFactory;

/** A pool that knows which tasks hold its threads: they are named by their {@code toString}. */
final class NamedTasksPool extends HandoffPool {

    private final Map<Runnable, Long> running = new ConcurrentHashMap<>();

    NamedTasksPool(int most, long idleSeconds, ThreadFactory threads) {
        super(most, idleSeconds, threads);
    }

    @Override
    protected void beforeExecute(Thread thread, Runnable task) {
        running.put(task, System.nanoTime());
    }

    @Override
    protected void afterExecute(Runnable task, Throwable thrown) {
        running.remove(task);
    }

    /** How many tasks hold a thread. */
    int running() {
        return running.size();
    }

    /** How many tasks have held a thread for so long. */
    int runningFor(long nanos) {
        long now = System.nanoTime();
        return (int)
                running.values().stream().filter(since -> now - since >= nanos).count();
    }

    /** The names of the tasks that have held a thread for longest. */
    List<String> oldest(int most) {
        long now = System.nanoTime();
        return running.entrySet().stream()
                .sorted(Comparator.comparingLong(entry -> entry.getValue() - now))
                .limit(most)
                .map(entry -> entry.getKey().toString())
                .toList();
    }
}
