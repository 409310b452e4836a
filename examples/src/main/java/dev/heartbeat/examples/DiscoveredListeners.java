package dev.heartbeat.examples;

import dev.heartbeat.HeartbeatPolicy;
import dev.heartbeat.LivenessListener;
import dev.heartbeat.ZombieDetector;
import java.util.ServiceLoader;

/** A detector whose listeners are found on the class path, by their entry in {@code META-INF/services}. */
public final class DiscoveredListeners {

    private DiscoveredListeners() {}

    /**
     * Makes the detector.
     *
     * @param policy the policy
     * @return a detector to be closed
     */
    public static ZombieDetector detector(HeartbeatPolicy policy) {
        return ZombieDetector.builder(policy)
                .listeners(ServiceLoader.load(LivenessListener.class))
                .build();
    }
}
