package dev.heartbeat.examples;

import static dev.heartbeat.examples.Presence.Status.DOUBTFUL;
import static dev.heartbeat.examples.Presence.Status.OFFLINE;
import static dev.heartbeat.examples.Presence.Status.ONLINE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.HeartbeatPolicy;
import dev.heartbeat.ReapReason;
import dev.heartbeat.ZombieDetector;
import dev.heartbeat.testkit.ScriptedPeer;
import dev.heartbeat.testkit.VirtualTime;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How an application tests its own reaction to a zombie: hours of its devices' lives in milliseconds. */
class PresenceTest {

    private static final HeartbeatPolicy POLICY = HeartbeatPolicy.defaults();

    private final VirtualTime time = new VirtualTime();
    private final Presence presence = new Presence();
    private final ZombieDetector detector = time.detector(POLICY, presence);
    private final ScriptedPeer device =
            new ScriptedPeer(time, "cp-17").answering(Duration.ofMillis(80)).watchedBy(detector);

    @AfterEach
    void close() {
        detector.close();
    }

    @Test
    void aDeviceThatAnswersIsOnlineForHours() {
        time.advance(Duration.ofHours(3));

        assertThat(presence.of("cp-17")).isEqualTo(ONLINE);
        assertThat(device.terminations()).isEmpty();
    }

    @Test
    void aZombieIsOffline() {
        time.advance(Duration.ofMinutes(10));

        device.mute();
        time.advance(POLICY.detectionTime());

        assertThat(presence.of("cp-17")).isEqualTo(OFFLINE);
        assertThat(device.terminations()).containsExactly(ReapReason.NO_ANSWER);
    }

    @Test
    void aDeviceIsDoubtfulWhileItIsInATunnel() {
        time.advance(Duration.ofMinutes(10));

        device.mute();
        device.heartbeat().probe();
        time.advance(POLICY.pongTimeout().plusSeconds(1));
        assertThat(presence.of("cp-17")).isEqualTo(DOUBTFUL);

        device.answering(Duration.ofMillis(80)).pongLatest();
        time.advance(Duration.ofSeconds(1));
        assertThat(presence.of("cp-17")).isEqualTo(ONLINE);
    }
}
