package dev.heartbeat.sim;

import java.util.Comparator;
import java.util.PriorityQueue;

/**
 * A calendar of events by time, first in first out among those of one moment. A page per millisecond or so for the next
 * minute holds nearly all of them, in order; the rest wait in a heap.
 */
final class EventQueue {

    /** What is due, and when; linked to the next of its page. */
    static final class Event {
        final long time;
        final boolean isTimer;
        final Runnable action;
        private final long order;
        private Event next;

        private Event(long time, boolean isTimer, Runnable action, long order) {
            this.time = time;
            this.isTimer = isTimer;
            this.action = action;
            this.order = order;
        }

        private boolean isAfter(Event other) {
            return time > other.time || (time == other.time && order > other.order);
        }
    }

    private static final int SHIFT = 20;
    private static final int PAGES = 1 << 16;

    private final Event[] first = new Event[PAGES];
    private final Event[] last = new Event[PAGES];
    private final PriorityQueue<Event> far =
            new PriorityQueue<>(Comparator.<Event>comparingLong(e -> e.time).thenComparingLong(e -> e.order));
    private long today;
    private long added;

    /** Adds what is due at a time not before that of any event that has been polled. */
    void add(long time, boolean isTimer, Runnable action) {
        Event event = new Event(time, isTimer, action, added++);
        if ((time >> SHIFT) - today < PAGES) {
            insert(event);
        } else {
            far.add(event);
        }
    }

    /** Takes out the earliest event that is due by then; null if there is none. */
    Event poll(long until) {
        long limit = until >> SHIFT;
        while (true) {
            int page = (int) today & (PAGES - 1);
            Event event = first[page];
            if (event != null) {
                if (event.time > until) {
                    return null;
                }
                first[page] = event.next;
                return event;
            }
            if (today >= limit) {
                return null;
            }
            today++;
            while (!far.isEmpty() && (far.peek().time >> SHIFT) - today < PAGES) {
                insert(far.poll());
            }
        }
    }

    private void insert(Event event) {
        int page = (int) (event.time >> SHIFT) & (PAGES - 1);
        Event head = first[page];
        if (head == null || head.isAfter(event)) {
            event.next = head;
            first[page] = event;
            if (head == null) {
                last[page] = event;
            }
            return;
        }
        Event before = event.isAfter(last[page]) ? last[page] : head;
        while (before.next != null && event.isAfter(before.next)) {
            before = before.next;
        }
        event.next = before.next;
        before.next = event;
        if (event.next == null) {
            last[page] = event;
        }
    }
}
