package dev.heartbeat.examples;

import dev.heartbeat.Heartbeat;
import dev.heartbeat.HeartbeatPolicy;
import dev.heartbeat.ZombieDetector;
import dev.heartbeat.jakarta.SessionHeartbeat;
import jakarta.websocket.OnMessage;
import jakarta.websocket.OnOpen;
import jakarta.websocket.Session;
import jakarta.websocket.server.PathParam;
import jakarta.websocket.server.ServerEndpoint;
import java.time.Duration;
import java.util.concurrent.CompletionStage;

/** An endpoint for devices that have a name, come back before they are gone, sleep, and report or fail to. */
@ServerEndpoint("/devices/{id}")
public final class DeviceEndpoint {

    private static final HeartbeatPolicy policy = HeartbeatPolicy.builder()
            .staleAfter(Duration.ofMinutes(3))
            .proxyIdleTimeout(Duration.ofSeconds(60))
            .build();

    /** One for all devices: a container makes an endpoint for each of its connections. */
    static final ZombieDetector detector = ZombieDetector.create(policy, new LoggingListener());

    /** A detector that only says what it would have reaped, to try a policy on devices in the field. */
    static ZombieDetector trial(HeartbeatPolicy policy) {
        return ZombieDetector.builder(policy).dryRun().build();
    }

    /**
     * Has the session watched under the device's name, so that its old connection, if there is one, answers a ping or is reaped.
     *
     * @param session a session that has just opened
     * @param id the device's name, which the application has authenticated
     */
    @OnOpen
    public void open(Session session, @PathParam("id") String id) {
        SessionHeartbeat.attach(session, detector);
        SessionHeartbeat.of(session).identify(id);
    }

    /**
     * Takes a report, or the announcement of a nap.
     *
     * @param message what the device says
     * @param session its session
     */
    @OnMessage
    public void hear(String message, Session session) {
        Heartbeat heartbeat = SessionHeartbeat.of(session);
        heartbeat.messageReceived();
        if (message.equals("asleep for two hours")) {
            heartbeat.expectSilence(Duration.ofHours(2));
        }
        if (message.equals("on a metered link")) {
            heartbeat.policy(
                    policy.toBuilder().pingInterval(Duration.ofSeconds(45)).build());
        }
    }

    /**
     * Closes every connection before a restart, without a stampede.
     *
     * @return completes with the number of those that had to be terminated
     */
    CompletionStage<Integer> restart() {
        return detector.drain(1012, Duration.ofSeconds(30));
    }
}
