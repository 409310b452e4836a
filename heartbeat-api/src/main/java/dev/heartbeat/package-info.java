/**
 * Finds connections whose peer is gone without a word and reaps them, without ever reaping a live one.
 *
 * <p>An application makes one {@link dev.heartbeat.ZombieDetector} from a {@link dev.heartbeat.HeartbeatPolicy} and hears
 * of what it finds through a {@link dev.heartbeat.LivenessListener}. An adapter shows the detector each transport
 * connection as a {@link dev.heartbeat.Connection} and tells the {@link dev.heartbeat.Heartbeat} it gets back what the
 * peer sends.
 */
@NullMarked
package dev.heartbeat;

import org.jspecify.annotations.NullMarked;
