package dev.heartbeat.jakarta.spring;

import static dev.heartbeat.jakarta.spring.SpringBench.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.LivenessEvent.Pong;
import dev.heartbeat.LivenessEvent.Reap;
import dev.heartbeat.ZombieDetector;
import dev.heartbeat.testkit.Frame;
import dev.heartbeat.testkit.RawPeer;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;
import org.springframework.messaging.simp.config.MessageBrokerRegistry;
import org.springframework.web.socket.config.annotation.EnableWebSocketMessageBroker;
import org.springframework.web.socket.config.annotation.StompEndpointRegistry;
import org.springframework.web.socket.config.annotation.WebSocketMessageBrokerConfigurer;
import org.springframework.web.socket.config.annotation.WebSocketTransportRegistration;
import org.springframework.web.socket.messaging.SessionDisconnectEvent;
import org.springframework.web.socket.server.support.DefaultHandshakeHandler;

/** A broker of STOMP, on each server. */
@ParameterizedClass(name = "{0}")
@MethodSource("dev.heartbeat.jakarta.spring.Host#chosen")
class StompTest {

    private final Host host;
    private final StompRecorder recorder = new StompRecorder();
    private SpringBench bench;

    StompTest(Host host) {
        this.host = host;
    }

    @BeforeEach
    void start() throws Exception {
        bench = new SpringBench(host, recorder, Application.class);
    }

    @AfterEach
    void end() throws Exception {
        bench.close();
    }

    @Test
    void reapsAMutePeerOfWhichTheBrokerHearsAndSparesOneThatAnswersPings() throws Exception {
        RawPeer live = connect(bench.dial("/stomp").live());
        RawPeer mute = connect(bench.dial("/stomp").mute());

        Reap reap = bench.await(Reap.class);
        assertThat(bench.termination().freed()).isTrue();
        await("the descriptor is free").until(() -> !bench.holds(mute));
        SessionDisconnectEvent event = recorder.disconnected.poll(60, TimeUnit.SECONDS);
        assertThat(event.getSessionId()).isEqualTo(reap.connection().id());
        assertThat(event.getCloseStatus().getCode()).isEqualTo(1001);

        int pings = live.pings();
        await("the live peer answers for longer than it may be silent").until(() -> live.pings() > pings + 15);
        assertThat(bench.heard.of(Reap.class)).hasSize(1);
        assertThat(bench.heard.of(Pong.class)).isNotEmpty();
        assertThat(bench.holds(live)).isTrue();
    }

    private static RawPeer connect(RawPeer peer) throws Exception {
        peer.send(Frame.text("CONNECT\naccept-version:1.2\n\n\0"));
        assertThat(peer.await(Frame.TEXT).text()).startsWith("CONNECTED");
        return peer;
    }

    /** What the broker tells of sessions. */
    static final class StompRecorder extends Recorder {

        final BlockingQueue<SessionDisconnectEvent> disconnected = new LinkedBlockingQueue<>();
    }

    /** The application. */
    @Configuration
    @EnableWebSocketMessageBroker
    static class Application implements WebSocketMessageBrokerConfigurer {

        private final Host host;
        private final Recorder recorder;
        private final ZombieDetector detector;

        Application(Host host, Recorder recorder, ZombieDetector detector) {
            this.host = host;
            this.recorder = recorder;
            this.detector = detector;
        }

        @Override
        public void registerStompEndpoints(StompEndpointRegistry registry) {
            registry.addEndpoint("/stomp").setHandshakeHandler(new DefaultHandshakeHandler(host.upgrades()));
        }

        @Override
        public void configureMessageBroker(MessageBrokerRegistry registry) {
            registry.enableSimpleBroker("/topic");
        }

        @Override
        public void configureWebSocketTransport(WebSocketTransportRegistration registration) {
            registration.addDecoratorFactory(handler -> new HeartbeatHandlerDecorator(handler, detector));
        }

        @EventListener
        void disconnected(SessionDisconnectEvent event) {
            if (recorder instanceof StompRecorder stomp) {
                stomp.disconnected.add(event);
            }
        }
    }
}
