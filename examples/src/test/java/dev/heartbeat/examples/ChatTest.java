package dev.heartbeat.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.heartbeat.HeartbeatPolicy;
import dev.heartbeat.LivenessListener;
import dev.heartbeat.ZombieDetector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.glassfish.tyrus.server.Server;
import org.glassfish.tyrus.server.TyrusServerContainer;
import org.glassfish.tyrus.spi.ServerContainerFactory;
import org.junit.jupiter.api.Test;

/** The snippets of the README do what they seem to. */
class ChatTest {

    private static final long LIMIT_SECONDS = 60;

    @Test
    void theAnnotatedChatTalksBack() throws Exception {
        Server server = new Server("127.0.0.1", -1, "/", null, AnnotatedChat.class);
        server.start();
        try {
            assertThat(answer(server.getPort())).isEqualTo("hello");
        } finally {
            server.stop();
        }
    }

    /** A container makes an endpoint for each connection: what belongs to all of them is in none. */
    @Test
    void allDevicesHaveOneDetector() throws Exception {
        CompletableFuture<Integer> closed = new CompletableFuture<>();
        WebSocket.Listener device = new WebSocket.Listener() {
            @Override
            public CompletionStage<?> onClose(WebSocket webSocket, int code, String reason) {
                closed.complete(code);
                return null;
            }
        };
        Server server = new Server("127.0.0.1", -1, "/", null, DeviceEndpoint.class);
        server.start();
        try {
            HttpClient.newHttpClient()
                    .newWebSocketBuilder()
                    .buildAsync(URI.create("ws://127.0.0.1:" + server.getPort() + "/devices/cp-17"), device)
                    .get(LIMIT_SECONDS, TimeUnit.SECONDS);
            await("it is watched")
                    .atMost(LIMIT_SECONDS, TimeUnit.SECONDS)
                    .until(() -> DeviceEndpoint.detector.watched() == 1);

            assertThat(new DeviceEndpoint().restart()).succeedsWithin(Duration.ofSeconds(90));

            assertThat(closed).succeedsWithin(Duration.ofSeconds(LIMIT_SECONDS)).isEqualTo(1012);
        } finally {
            server.stop();
        }
    }

    @Test
    void theWrappedChatTalksBackAndIsWatched() throws Exception {
        TyrusServerContainer server = (TyrusServerContainer) ServerContainerFactory.createServerContainer(Map.of());
        try (ZombieDetector detector = ZombieDetector.create(HeartbeatPolicy.defaults())) {
            WrappedChat.deploy(server, detector);
            server.start("/", 0);

            assertThat(answer(server.getPort())).isEqualTo("hello");
            assertThat(detector.watched()).isEqualTo(1);
        } finally {
            server.stop();
        }
    }

    @Test
    void theSpringChatTalksBackAndIsWatched() throws Exception {
        try (SpringServer server = new SpringServer(SpringChat.class)) {
            assertThat(answer(server.port())).isEqualTo("hello");
            assertThat(server.bean(ZombieDetector.class).watched()).isEqualTo(1);
        }
    }

    @Test
    void theDiscoveredListenersIncludeOurs() {
        assertThat(ServiceLoader.load(LivenessListener.class)).hasAtLeastOneElementOfType(LoggingListener.class);
        try (ZombieDetector detector = DiscoveredListeners.detector(HeartbeatPolicy.defaults())) {
            assertThat(detector.policy()).isEqualTo(HeartbeatPolicy.defaults());
        }
    }

    /** What the chat on this port says to "hello"; the connection stays open. */
    private static String answer(int port) throws Exception {
        CompletableFuture<String> answer = new CompletableFuture<>();
        WebSocket.Listener listener = new WebSocket.Listener() {
            @Override
            public CompletionStage<?> onText(WebSocket webSocket, CharSequence data, boolean last) {
                answer.complete(data.toString());
                return null;
            }
        };
        WebSocket peer = HttpClient.newHttpClient()
                .newWebSocketBuilder()
                .buildAsync(URI.create("ws://127.0.0.1:" + port + "/chat"), listener)
                .get(LIMIT_SECONDS, TimeUnit.SECONDS);
        peer.sendText("hello", true).get(LIMIT_SECONDS, TimeUnit.SECONDS);
        return answer.get(LIMIT_SECONDS, TimeUnit.SECONDS);
    }
}
