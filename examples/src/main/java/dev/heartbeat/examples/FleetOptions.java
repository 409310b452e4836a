package dev.heartbeat.examples;

import dev.heartbeat.HeartbeatPolicy;
import java.time.Duration;

/**
 * What {@link Fleet} is to do; immutable.
 *
 * @param container what the server runs on
 * @param devices how many charge points, from 1 to 10 000
 * @param lost the share of them that drives into the tunnel, from 0 to 1
 * @param policy what the server's detector goes by
 * @param calm how long the fleet drives in the open before the tunnel, and again after it
 * @param keepRunning whether to go on after the summary, until interrupted
 */
record FleetOptions(
        Container container, int devices, double lost, HeartbeatPolicy policy, Duration calm, boolean keepRunning) {

    int lostDevices() {
        return (int) Math.round(devices * lost);
    }
}
