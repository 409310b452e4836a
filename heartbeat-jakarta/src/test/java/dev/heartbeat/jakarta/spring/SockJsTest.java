package dev.heartbeat.jakarta.spring;

import static dev.heartbeat.jakarta.spring.SpringBench.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.LivenessEvent.Pong;
import dev.heartbeat.LivenessEvent.Reap;
import dev.heartbeat.ZombieDetector;
import dev.heartbeat.jakarta.LogCapture;
import dev.heartbeat.testkit.Frame;
import dev.heartbeat.testkit.RawPeer;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.config.annotation.EnableWebSocket;
import org.springframework.web.socket.config.annotation.WebSocketConfigurer;
import org.springframework.web.socket.config.annotation.WebSocketHandlerRegistry;
import org.springframework.web.socket.server.support.DefaultHandshakeHandler;
import org.springframework.web.socket.sockjs.frame.AbstractSockJsMessageCodec;

/** SockJS, on each server: carried by a WebSocket, whose pongs Spring keeps to itself, and by HTTP. */
@Isolated("reads what is logged")
@ParameterizedClass(name = "{0}")
@MethodSource("dev.heartbeat.jakarta.spring.Host#chosen")
class SockJsTest {

    @RegisterExtension
    final LogCapture log = new LogCapture();

    private final Host host;
    private final Recorder recorder = new Recorder();
    private SpringBench bench;

    SockJsTest(Host host) {
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
    void reapsAMutePeerAndSparesAnIdleOneWhosePongsNobodyIsShown() throws Exception {
        RawPeer live = bench.dial("/sockjs/1/live/websocket").live();
        assertThat(recorder.opened.poll(60, TimeUnit.SECONDS)).isNotNull();
        RawPeer mute = bench.dial("/sockjs/1/mute/websocket").mute();
        WebSocketSession session = recorder.opened.poll(60, TimeUnit.SECONDS);

        Reap reap = bench.await(Reap.class);
        assertThat(reap.connection().id()).isEqualTo(session.getId()).isEqualTo("mute");
        assertThat(HeartbeatHandlerDecorator.session(reap.connection())).isSameAs(session);
        assertThat(bench.termination().freed()).isTrue();
        await("the descriptor is free").until(() -> !bench.holds(mute));
        await("the handler hears of it").until(() -> !recorder.closed.isEmpty());

        int pings = live.pings();
        await("the live peer answers for longer than it may be silent").until(() -> live.pings() > pings + 15);
        assertThat(bench.heard.of(Reap.class)).hasSize(1);
        assertThat(bench.heard.of(Pong.class)).isEmpty();
        live.send(Frame.text("[\"still here\"]"));
        assertThat(echo(live)).contains("still here");
    }

    @Test
    void saysOnceThatSessionsOverHttpAreNotWatched() throws Exception {
        HttpClient http = HttpClient.newHttpClient();
        for (String id : new String[] {"one", "two"}) {
            HttpRequest opening = HttpRequest.newBuilder(bench.http("/sockjs/1/" + id + "/xhr"))
                    .POST(BodyPublishers.noBody())
                    .build();
            assertThat(http.send(opening, BodyHandlers.ofString()).body()).startsWith("o");
        }

        assertThat(recorder.opened).hasSize(2);
        assertThat(bench.detector.watched()).isZero();
        assertThat(log.text().lines().filter(line -> line.contains("WARN") && line.contains("SockJS over HTTP")))
                .hasSize(1);
    }

    /** Past the frames that say that a session is open, and those that keep it so. */
    private static String echo(RawPeer peer) throws InterruptedException {
        String text = peer.await(Frame.TEXT).text();
        while (!text.startsWith("a")) {
            text = peer.await(Frame.TEXT).text();
        }
        return text;
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
            registry.addHandler(new HeartbeatHandlerDecorator(recorder, detector), "/sockjs")
                    .setHandshakeHandler(new DefaultHandshakeHandler(host.upgrades()))
                    .withSockJS()
                    .setMessageCodec(new PlainCodec());
        }
    }

    /** Of arrays of one plain string. */
    private static final class PlainCodec extends AbstractSockJsMessageCodec {

        @Override
        public String[] decode(String content) {
            return new String[] {content.replaceAll("[\\[\\]\"]", "")};
        }

        @Override
        public String[] decodeInputStream(InputStream content) throws java.io.IOException {
            return decode(new String(content.readAllBytes(), StandardCharsets.UTF_8));
        }

        @Override
        protected char[] applyJsonQuoting(String content) {
            return content.toCharArray();
        }
    }
}
