package dev.heartbeat.examples;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.HeartbeatPolicy;
import dev.heartbeat.LivenessEvent;
import dev.heartbeat.LivenessListener;
import dev.heartbeat.Termination;
import dev.heartbeat.ZombieDetector;
import dev.heartbeat.jakarta.spring.HeartbeatHandlerDecorator;
import dev.heartbeat.testkit.Frame;
import dev.heartbeat.testkit.RawPeer;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.PongMessage;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.config.annotation.EnableWebSocket;
import org.springframework.web.socket.config.annotation.WebSocketConfigurer;
import org.springframework.web.socket.config.annotation.WebSocketHandlerRegistry;
import org.springframework.web.socket.handler.TextWebSocketHandler;

class SpringTest {

    private static final HeartbeatPolicy POLICY = HeartbeatPolicy.builder()
            .pingInterval(Duration.ofMillis(300))
            .pongTimeout(Duration.ofMillis(300))
            .reapAfter(Duration.ofSeconds(6))
            .build();

    /** Longer than it takes to reap a peer that is not heard. */
    private static final Duration LONG = POLICY.detectionTime().plusSeconds(2);

    private SpringServer server;
    private Recorder handler;
    private Reaps reaps;
    private ZombieDetector detector;

    @BeforeEach
    void start() throws Exception {
        server = new SpringServer(Application.class);
        handler = server.bean(Recorder.class);
        reaps = server.bean(Reaps.class);
        detector = server.bean(ZombieDetector.class);
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
    }

    @Test
    void reapsAMutePeerAndFreesItsDescriptorAndSparesOneThatAnswersPings() throws Exception {
        try (RawPeer mute = dial(false);
                RawPeer live = dial(true)) {
            assertThat(echoOf(mute, "last words")).isEqualTo("last words");
            Descriptors descriptors = new Descriptors(server.port());
            assertThat(descriptors.count().orElse(2)).isEqualTo(2);

            await("the mute peer is reaped").until(() -> !reaps.seen.isEmpty());
            Termination termination =
                    reaps.seen.element().termination().toCompletableFuture().get(60, TimeUnit.SECONDS);
            assertThat(termination.freed()).isTrue();
            await("its descriptor is free").until(() -> descriptors.count().orElse(1) == 1);
            await("the handler hears of it").until(() -> !handler.closed.isEmpty());
            assertThat(handler.closed).containsExactly(CloseStatus.GOING_AWAY.getCode());

            int pings = live.pings();
            await("the live peer answers for longer than it may be silent").until(() -> live.pings() > pings + 25);
            assertThat(echoOf(live, "still here")).isEqualTo("still here");
            assertThat(reaps.seen).hasSize(1);
        }
    }

    @Test
    void sparesAPeerThatAnswersNoPingButTalks() throws Exception {
        try (RawPeer talker = dial(false)) {
            long start = System.nanoTime();
            while (System.nanoTime() - start < LONG.toNanos()) {
                assertThat(echoOf(talker, "hello")).isEqualTo("hello");
                LockSupport.parkNanos(Duration.ofMillis(500).toNanos());
            }
            assertThat(talker.pings()).isPositive();
        }
        assertThat(reaps.seen).isEmpty();
    }

    @Test
    void sparesAPeerWhosePongsQueueBehindTheHandler() throws Exception {
        try (RawPeer patient = dial(true)) {
            patient.send(Frame.text(Recorder.SLOW));
            await("a ping is out").until(() -> patient.pings() > 0);

            long pinged = System.nanoTime();
            await("the peer would have been reaped").until(() -> System.nanoTime() - pinged > LONG.toNanos());
            handler.done.countDown();

            assertThat(patient.await(Frame.TEXT).text()).isEqualTo(Recorder.SLOW);
            assertThat(echoOf(patient, "quick")).isEqualTo("quick");
        }
        assertThat(reaps.seen).isEmpty();
    }

    @Test
    void showsTheHandlerForeignPongsButNotOurs() throws Exception {
        try (RawPeer peer = dial(true)) {
            await("pings have been answered").until(() -> peer.pings() > 2);
            peer.send(Frame.pong("unasked".getBytes(US_ASCII)));
            assertThat(echoOf(peer, "hello")).isEqualTo("hello");
        }
        assertThat(handler.pongs).containsExactly("unasked");
    }

    @Test
    void endsTheWatchWhenAPeerSaysGoodbye() throws Exception {
        try (RawPeer peer = dial(true)) {
            assertThat(echoOf(peer, "hello")).isEqualTo("hello");
            assertThat(detector.watched()).isEqualTo(1);

            peer.send(new Frame(true, Frame.CLOSE, new byte[0]));
            await("the handler hears of it").until(() -> !handler.closed.isEmpty());
            await("the watch ends").until(() -> detector.watched() == 0);
        }
        assertThat(reaps.seen).isEmpty();
    }

    private RawPeer dial(boolean answersPings) throws IOException {
        int before = detector.watched();
        RawPeer peer = RawPeer.connect(URI.create("ws://127.0.0.1:" + server.port() + "/recorder"));
        if (answersPings) {
            peer.live();
        } else {
            peer.mute();
        }
        await("the peer is watched").until(() -> detector.watched() == before + 1);
        return peer;
    }

    private static ConditionFactory await(String what) {
        return Awaitility.await(what).atMost(60, TimeUnit.SECONDS);
    }

    private static String echoOf(RawPeer peer, String text) throws Exception {
        peer.send(Frame.text(text));
        return peer.await(Frame.TEXT).text();
    }

    @Configuration
    @EnableWebSocket
    static class Application implements WebSocketConfigurer {

        private final Recorder recorder = new Recorder();
        private final Reaps reaps = new Reaps();
        private final ZombieDetector detector = ZombieDetector.create(POLICY, reaps);

        @Override
        public void registerWebSocketHandlers(WebSocketHandlerRegistry registry) {
            registry.addHandler(new HeartbeatHandlerDecorator(recorder, detector), "/recorder");
        }

        @Bean
        Recorder recorder() {
            return recorder;
        }

        @Bean
        Reaps reaps() {
            return reaps;
        }

        @Bean
        ZombieDetector detector() {
            return detector;
        }
    }

    /** A handler as an application had it before Heartbeat: echoes, and keeps what it is told. */
    static final class Recorder extends TextWebSocketHandler {

        static final String SLOW = "slow";

        final Queue<String> pongs = new ConcurrentLinkedQueue<>();
        final Queue<Integer> closed = new ConcurrentLinkedQueue<>();
        final CountDownLatch done = new CountDownLatch(1);

        @Override
        protected void handleTextMessage(WebSocketSession session, TextMessage message) throws Exception {
            if (message.getPayload().equals(SLOW)) {
                done.await();
            }
            session.sendMessage(message);
        }

        @Override
        protected void handlePongMessage(WebSocketSession session, PongMessage message) {
            pongs.add(US_ASCII.decode(message.getPayload()).toString());
        }

        @Override
        public void afterConnectionClosed(WebSocketSession session, CloseStatus status) {
            closed.add(status.getCode());
        }
    }

    static final class Reaps implements LivenessListener {

        final Queue<LivenessEvent.Reap> seen = new ConcurrentLinkedQueue<>();

        @Override
        public void onReap(LivenessEvent.Reap event) {
            seen.add(event);
        }
    }
}
