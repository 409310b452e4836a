package dev.heartbeat.examples;

import dev.heartbeat.Connection;
import dev.heartbeat.LivenessEvent;
import dev.heartbeat.LivenessListener;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** Keeps the facts: who is connected, suspect, lost, reaped. Called from any thread. */
final class Ledger implements LivenessListener {

    private final Map<String, String> chargePoints = new ConcurrentHashMap<>(); // by session
    private final Set<String> suspects = ConcurrentHashMap.newKeySet(); // sessions
    private final Map<String, Long> lastSent = new ConcurrentHashMap<>(); // by lost charge point
    private final Map<String, String> cutOff = new ConcurrentHashMap<>(); // why, by charge point
    private final List<Verdict> verdicts = new CopyOnWriteArrayList<>();
    private final AtomicInteger terminated = new AtomicInteger();
    private final AtomicInteger freed = new AtomicInteger();
    private final AtomicLong heldUpNanos = new AtomicLong();

    /**
     * A reap.
     *
     * @param detection from the device's last byte to {@code onReap}, by the clock on the wall; empty if it was not lost
     */
    record Verdict(String chargePoint, Optional<Duration> detection, LivenessEvent.Evidence evidence) {}

    void opened(String session, String chargePoint) {
        chargePoints.put(session, chargePoint);
    }

    void closed(String session) {
        chargePoints.remove(session);
        suspects.remove(session);
    }

    /** Notes that a device has gone mute, and the {@link System#nanoTime()} at which it sent its last byte. */
    void lost(String chargePoint, long lastSentNanos) {
        lastSent.put(chargePoint, lastSentNanos);
    }

    /** Notes that a device in the open lost its connection, which no device should. */
    void cutOff(String chargePoint, String why) {
        cutOff.put(chargePoint, why);
    }

    @Override
    public void onTimeout(LivenessEvent.Timeout event) {
        suspects.add(event.connection().id());
    }

    @Override
    public void onRecovery(LivenessEvent.Recovery event) {
        suspects.remove(event.connection().id());
    }

    @Override
    public void onReap(LivenessEvent.Reap event) {
        String chargePoint = chargePoint(event.connection());
        verdicts.add(new Verdict(chargePoint, sinceLastByte(chargePoint), event.evidence()));
        suspects.remove(event.connection().id());
        event.termination().thenAccept(termination -> {
            if (termination.freed()) {
                freed.incrementAndGet();
            }
            terminated.incrementAndGet();
        });
    }

    @Override
    public void onStall(LivenessEvent.Stall event) {
        heldUpNanos.addAndGet(event.lost().toNanos());
    }

    /** For how long the detector could not listen, all stalls that it told of together. */
    Duration heldUp() {
        return Duration.ofNanos(heldUpNanos.get());
    }

    /** The device at the other end; the adapter names a connection by its session. */
    String chargePoint(Connection connection) {
        String session = connection.id();
        return chargePoints.getOrDefault(session, session);
    }

    /** How long ago a lost device sent its last byte, by its own account; empty for others. */
    Optional<Duration> sinceLastByte(String chargePoint) {
        return Optional.ofNullable(lastSent.get(chargePoint)).map(sent -> Duration.ofNanos(System.nanoTime() - sent));
    }

    int connected() {
        return chargePoints.size();
    }

    int suspects() {
        return suspects.size();
    }

    /** How many reaps are over, whether or not they freed anything. */
    int terminated() {
        return terminated.get();
    }

    /** How many reaps are known to have freed what the server held. */
    int freed() {
        return freed.get();
    }

    int lost() {
        return lastSent.size();
    }

    boolean wasLost(String chargePoint) {
        return lastSent.containsKey(chargePoint);
    }

    List<Verdict> verdicts() {
        return List.copyOf(verdicts);
    }

    Map<String, String> cutOff() {
        return Map.copyOf(cutOff);
    }
}
