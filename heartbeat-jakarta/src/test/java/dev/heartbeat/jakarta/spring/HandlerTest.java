package dev.heartbeat.jakarta.spring;

import static dev.heartbeat.jakarta.spring.SpringBench.await;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.LivenessEvent.Pong;
import dev.heartbeat.LivenessEvent.Reap;
import dev.heartbeat.ReapReason;
import dev.heartbeat.ZombieDetector;
import dev.heartbeat.testkit.Frame;
import dev.heartbeat.testkit.RawPeer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.config.annotation.EnableWebSocket;
import org.springframework.web.socket.config.annotation.WebSocketConfigurer;
import org.springframework.web.socket.config.annotation.WebSocketHandlerRegistry;
import org.springframework.web.socket.server.support.DefaultHandshakeHandler;

/** Plain handlers, on each server. */
@ParameterizedClass(name = "{0}")
@MethodSource("dev.heartbeat.jakarta.spring.Host#chosen")
class HandlerTest {

    private final Recorder recorder = new Recorder();
    private final SpringBench bench;

    HandlerTest(Host host) throws Exception {
        bench = new SpringBench(host, recorder, Application.class);
    }

    @AfterEach
    void end() throws Exception {
        recorder.done.countDown();
        bench.close();
    }

    @Test
    void reapsAMutePeerAndFreesItsDescriptorAndSparesOneThatAnswersPings() throws Exception {
        RawPeer live = bench.dial("/plain").live();
        assertThat(recorder.opened.poll(60, TimeUnit.SECONDS)).isNotNull();
        RawPeer mute = bench.dial("/plain").mute();
        WebSocketSession session = recorder.opened.poll(60, TimeUnit.SECONDS);

        Reap reap = bench.await(Reap.class);
        assertThat(reap.connection().id()).isEqualTo(session.getId());
        assertThat(HeartbeatHandlerDecorator.session(reap.connection())).isSameAs(session);
        assertThat(bench.termination().freed()).isTrue();
        await("the descriptor is free").until(() -> !bench.holds(mute));
        await("the handler hears of it").until(() -> recorder.closed.contains(1001));

        int pings = live.pings();
        await("the live peer answers for longer than it may be silent").until(() -> live.pings() > pings + 15);
        assertThat(echoOf(live, "still here")).isEqualTo("still here");
        assertThat(bench.heard.of(Reap.class)).hasSize(1);
        assertThat(bench.heard.of(Pong.class)).isNotEmpty();
    }

    @Test
    void sparesAPeerThatAnswersNoPingButTalks() throws Exception {
        RawPeer talker = bench.dial("/plain").mute();
        long start = System.nanoTime();
        while (System.nanoTime() - start < SpringBench.LONG.toNanos()) {
            assertThat(echoOf(talker, "hello")).isEqualTo("hello");
            LockSupport.parkNanos(Duration.ofMillis(500).toNanos());
        }
        assertThat(talker.pings()).isPositive();
        assertThat(bench.heard.of(Reap.class)).isEmpty();
    }

    @Test
    void sparesAPeerWhosePongsQueueBehindTheHandler() throws Exception {
        RawPeer patient = bench.dial("/plain").live();
        patient.send(Frame.text(Recorder.SLOW));

        bench.awaitLong();
        recorder.done.countDown();

        assertThat(patient.await(Frame.TEXT).text()).isEqualTo(Recorder.SLOW);
        assertThat(echoOf(patient, "quick")).isEqualTo("quick");
        assertThat(bench.heard.of(Reap.class)).isEmpty();
    }

    @Test
    void freesAFrozenPeerBehindAMessageThatBlocksItsSender() throws Exception {
        RawPeer frozen = bench.dial("/plain");
        frozen.freeze();

        frozen.send(Frame.text(Recorder.FLOOD));

        assertThat(bench.termination().freed()).as(bench.termination().means()).isTrue();
        await("the descriptor is free").until(() -> !bench.holds(frozen));
    }

    @Test
    void showsTheHandlerForeignPongsButNotOurs() throws Exception {
        RawPeer peer = bench.dial("/plain").live();
        await("pings have been answered").until(() -> peer.pings() > 2);

        peer.send(Frame.pong("unasked".getBytes(US_ASCII)));

        assertThat(echoOf(peer, "hello")).isEqualTo("hello");
        assertThat(recorder.pongs).containsExactly("unasked");
    }

    @Test
    void endsTheWatchWhenAPeerSaysGoodbye() throws Exception {
        RawPeer peer = bench.dial("/plain").live();
        assertThat(echoOf(peer, "hello")).isEqualTo("hello");

        peer.send(Frame.close(1000));

        await("the handler hears of it").until(() -> !recorder.closed.isEmpty());
        await("the watch ends").until(() -> bench.detector.watched() == 0);
        // Where the server leaves it to the peer to end the connection, which it does not.
        assertThat(bench.heard.of(Reap.class)).allMatch(reap -> reap.reason() == ReapReason.CLOSE_UNFINISHED);
    }

    @Test
    void watchesASessionOnceHoweverManyDecorateIt() throws Exception {
        RawPeer live = bench.dial("/twice").live();

        await("pings have been answered").until(() -> live.pings() > 2);
        assertThat(echoOf(live, "hello")).isEqualTo("hello");

        assertThat(bench.detector.watched()).isOne();
        assertThat(recorder.pongs).isEmpty();
    }

    private static String echoOf(RawPeer peer, String text) throws Exception {
        peer.send(Frame.text(text));
        return peer.await(Frame.TEXT).text();
    }

    /** The application. */
    @Configuration
    @EnableWebSocket
    static class Application implements WebSocketConfigurer {

        private final Host host;
        private final Recorder recorder;
        private final ZombieDetector detector;

        Application(Host host, Recorder recorder, ZombieDetector detector) {
            this.host = host;
            this.recorder = recorder;
            this.detector = detector;
        }

        @Override
        public void registerWebSocketHandlers(WebSocketHandlerRegistry registry) {
            HeartbeatHandlerDecorator watched = new HeartbeatHandlerDecorator(recorder, detector);
            registry.addHandler(watched, "/plain").setHandshakeHandler(new DefaultHandshakeHandler(host.upgrades()));
            registry.addHandler(new HeartbeatHandlerDecorator(watched, detector), "/twice")
                    .setHandshakeHandler(new DefaultHandshakeHandler(host.upgrades()));
        }
    }
}
