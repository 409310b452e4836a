package dev.heartbeat.testkit;

import dev.heartbeat.Connection;
import dev.heartbeat.LivenessEvent;
import dev.heartbeat.LivenessListener;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;

/** Remembers every event in the order in which it came. May be told and asked on any thread. */
public final class RecordingListener implements LivenessListener {

    private final List<LivenessEvent> events = new CopyOnWriteArrayList<>();

    /** A listener that has heard nothing yet. */
    public RecordingListener() {
        // all there is to it are the fields
    }

    /**
     * All events so far.
     *
     * @return a list that grows with what is heard
     */
    public List<LivenessEvent> events() {
        return events;
    }

    /**
     * The events of one connection, by name: {@code pong}, {@code timeout}, {@code recovery}, {@code reap}, {@code closed}.
     *
     * @param connection the connection
     * @return simple names of the events' classes, in lower case
     */
    public List<String> namesFor(Connection connection) {
        return events.stream()
                .filter(event -> event instanceof LivenessEvent.OfConnection of && of.connection() == connection)
                .map(event -> event.getClass().getSimpleName().toLowerCase(Locale.ROOT))
                .toList();
    }

    /**
     * The events of one kind.
     *
     * @param <E> the kind
     * @param type its class
     * @return those that came so far
     */
    public <E extends LivenessEvent> List<E> of(Class<E> type) {
        return events.stream().filter(type::isInstance).map(type::cast).toList();
    }

    @Override
    public void onPong(LivenessEvent.Pong event) {
        events.add(event);
    }

    @Override
    public void onTimeout(LivenessEvent.Timeout event) {
        events.add(event);
    }

    @Override
    public void onRecovery(LivenessEvent.Recovery event) {
        events.add(event);
    }

    @Override
    public void onReap(LivenessEvent.Reap event) {
        events.add(event);
    }

    @Override
    public void onClose(LivenessEvent.Closed event) {
        events.add(event);
    }

    @Override
    public void onStall(LivenessEvent.Stall event) {
        events.add(event);
    }

    @Override
    public void onLag(LivenessEvent.Lag event) {
        events.add(event);
    }

    @Override
    public void onHold(LivenessEvent.Hold event) {
        events.add(event);
    }

    @Override
    public void onQuirk(LivenessEvent.Quirky event) {
        events.add(event);
    }

    @Override
    public void onStale(LivenessEvent.Stale event) {
        events.add(event);
    }

    @Override
    public void onMistake(LivenessEvent.Mistake event) {
        events.add(event);
    }

    @Override
    public void onTakeover(LivenessEvent.Takeover event) {
        events.add(event);
    }
}
