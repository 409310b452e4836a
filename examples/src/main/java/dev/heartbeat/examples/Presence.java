package dev.heartbeat.examples;

import dev.heartbeat.Connection;
import dev.heartbeat.LivenessEvent;
import dev.heartbeat.LivenessListener;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** What a dashboard shows of each device, by the id of its connection. */
public final class Presence implements LivenessListener {

    /** From good to bad. */
    public enum Status {
        ONLINE,
        DOUBTFUL,
        OFFLINE
    }

    private final Map<String, Status> devices = new ConcurrentHashMap<>();

    /**
     * The status of a device.
     *
     * @param id the id of its connection
     * @return offline if nothing is known
     */
    public Status of(String id) {
        return devices.getOrDefault(id, Status.OFFLINE);
    }

    @Override
    public void onPong(LivenessEvent.Pong event) {
        set(event.connection(), Status.ONLINE);
    }

    @Override
    public void onTimeout(LivenessEvent.Timeout event) {
        set(event.connection(), Status.DOUBTFUL);
    }

    @Override
    public void onRecovery(LivenessEvent.Recovery event) {
        set(event.connection(), Status.ONLINE);
    }

    @Override
    public void onReap(LivenessEvent.Reap event) {
        devices.remove(event.connection().id());
    }

    @Override
    public void onClose(LivenessEvent.Closed event) {
        devices.remove(event.connection().id());
    }

    private void set(Connection connection, Status status) {
        devices.put(connection.id(), status);
    }
}
