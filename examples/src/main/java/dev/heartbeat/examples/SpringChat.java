package dev.heartbeat.examples;

import dev.heartbeat.HeartbeatPolicy;
import dev.heartbeat.LivenessListener;
import dev.heartbeat.ZombieDetector;
import dev.heartbeat.jakarta.spring.HeartbeatHandlerDecorator;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.config.annotation.EnableWebSocket;
import org.springframework.web.socket.config.annotation.WebSocketConfigurer;
import org.springframework.web.socket.config.annotation.WebSocketHandlerRegistry;
import org.springframework.web.socket.handler.TextWebSocketHandler;

/** A Spring application whose handler knows nothing of heartbeats, protected where it is registered. */
@Configuration
@EnableWebSocket
public class SpringChat implements WebSocketConfigurer {

    private final ZombieDetector detector;

    SpringChat(ZombieDetector detector) {
        this.detector = detector;
    }

    @Override
    public void registerWebSocketHandlers(WebSocketHandlerRegistry registry) {
        registry.addHandler(new HeartbeatHandlerDecorator(new Chat(), detector), "/chat");
    }

    /**
     * The detector, which Spring closes.
     *
     * @param listeners all that the application has
     * @return the application's one detector
     */
    @Bean
    static ZombieDetector detector(ObjectProvider<LivenessListener> listeners) {
        return ZombieDetector.builder(HeartbeatPolicy.defaults())
                .listeners(listeners)
                .build();
    }

    /** Talks back. */
    static final class Chat extends TextWebSocketHandler {

        @Override
        protected void handleTextMessage(WebSocketSession session, TextMessage message) throws Exception {
            session.sendMessage(message);
        }
    }
}
