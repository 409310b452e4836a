package dev.heartbeat.internal.dispatch;

import java.util.Collections;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * The threads that a detector has made, so that whoever closes it can wait for their end: a container that stops an
 * application names those that are left. Any thread.
 */
public final class OwnThreads {

    private final Set<Thread> threads = ConcurrentHashMap.newKeySet();
    private final Set<Thread> others = Collections.synchronizedSet(Collections.newSetFromMap(new WeakHashMap<>()));

    /** Threads of a detector that has none yet. */
    public OwnThreads() {
        // all there is to it are the fields
    }

    /** Makes a daemon. */
    public Thread make(Runnable task, String name) {
        threads.removeIf(thread -> thread.getState() == Thread.State.TERMINATED);
        Thread thread = WorkerPools.daemon(task, name);
        threads.add(thread);
        return thread;
    }

    /** The current thread, of somebody else's, is one that must not wait, such as an event loop's. */
    public void neverWaitHere() {
        others.add(Thread.currentThread());
    }

    /** Whether the current thread may wait for the others: it is none of them, no event loop's, and not interrupted. */
    public boolean mayWaitHere() {
        Thread here = Thread.currentThread();
        return !threads.contains(here) && !others.contains(here) && !here.isInterrupted();
    }

    /** Waits for every thread to end, until a reading of {@link System#nanoTime} or an interrupt, which stays set. */
    public void awaitEnd(long deadline) {
        try {
            for (Thread thread : threads) {
                TimeUnit.NANOSECONDS.timedJoin(thread, deadline - System.nanoTime());
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }
}
