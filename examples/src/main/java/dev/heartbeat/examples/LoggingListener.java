package dev.heartbeat.examples;

import dev.heartbeat.LivenessEvent;
import dev.heartbeat.LivenessListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Hears of every connection's life and death; here is where an application marks a device as offline, or counts. */
public final class LoggingListener implements LivenessListener {

    private static final Logger log = LoggerFactory.getLogger(LoggingListener.class);

    @Override
    public void onTimeout(LivenessEvent.Timeout event) {
        log.info("{} is suspect: {}", event.connection().id(), event.evidence().explain());
    }

    @Override
    public void onRecovery(LivenessEvent.Recovery event) {
        log.info("{} is back", event.connection().id());
    }

    @Override
    public void onReap(LivenessEvent.Reap event) {
        log.warn("{} is a zombie: {}", event.connection().id(), event.explain());
    }
}
