package dev.heartbeat.internal.dispatch;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The log of a detector: all of it under the name that its users know, whichever class writes. */
public final class DetectorLog {

    public static final Logger LOG = LoggerFactory.getLogger("dev.heartbeat.ZombieDetector");

    private DetectorLog() {}
}
