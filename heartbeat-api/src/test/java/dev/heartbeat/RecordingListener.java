package dev.heartbeat;

import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;

/** Remembers every event in the order in which it came. */
public final class RecordingListener implements LivenessListener {

    private final List<LivenessEvent> events = new CopyOnWriteArrayList<>();

    public List<LivenessEvent> events() {
        return events;
    }

    /** The events of one connection, by name: {@code pong}, {@code timeout}, {@code recovery}, {@code reap}, {@code closed}. */
    public List<String> namesFor(Connection connection) {
        return events.stream()
                .filter(event -> event instanceof LivenessEvent.OfConnection of && of.connection() == connection)
                .map(event -> event.getClass().getSimpleName().toLowerCase(Locale.ROOT))
                .toList();
    }

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
