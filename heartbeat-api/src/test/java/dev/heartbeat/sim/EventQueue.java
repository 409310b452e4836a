package dev.heartbeat.sim;

import java.util.Comparator;
import java.util.PriorityQueue;

/** Events by time, first in first out among those of one moment. */
final class EventQueue {

    /** What is due, and when. */
    record Event(long time, boolean isTimer, Runnable action, long order) {}

    private final PriorityQueue<Event> events =
            new PriorityQueue<>(Comparator.comparingLong(Event::time).thenComparingLong(Event::order));
    private long added;

    /** Adds what is due at a time. */
    void add(long time, boolean isTimer, Runnable action) {
        events.add(new Event(time, isTimer, action, added++));
    }

    /** Takes out the earliest event that is due by then; null if there is none. */
    Event poll(long until) {
        Event earliest = events.peek();
        return earliest == null || earliest.time() > until ? null : events.poll();
    }
}
