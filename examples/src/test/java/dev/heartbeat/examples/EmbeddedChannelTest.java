package dev.heartbeat.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.HeartbeatPolicy;
import dev.heartbeat.LivenessEvent;
import dev.heartbeat.ZombieDetector;
import dev.heartbeat.netty.HeartbeatHandler;
import dev.heartbeat.testkit.ExecutorTime;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameEncoder;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How a Netty application tests its handler's reaction to a zombie, without a socket and without waiting. */
class EmbeddedChannelTest {

    private static final HeartbeatPolicy POLICY = HeartbeatPolicy.defaults();

    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final ExecutorTime time = new ExecutorTime(channel.eventLoop(), step -> {
        channel.advanceTimeBy(step.toNanos(), TimeUnit.NANOSECONDS);
        channel.runPendingTasks();
    });
    private final ZombieDetector detector = time.detector(POLICY);
    private final Application application = new Application();

    @AfterEach
    void close() {
        detector.close();
        channel.finishAndReleaseAll();
    }

    @Test
    void theHandlerHearsOfAZombieBeforeTheChannelIsClosed() {
        channel.freezeTime();
        channel.pipeline()
                .addLast(new WebSocket13FrameEncoder(false))
                .addLast(new WebSocket13FrameDecoder(
                        WebSocketDecoderConfig.newBuilder().build()))
                .addLast(new HeartbeatHandler(detector))
                .addLast(application);

        time.advance(POLICY.detectionTime());

        assertThat(application.seen).containsExactly("Timeout", "Reap", "inactive");
        assertThat(channel.isOpen()).isFalse();
    }

    /** A handler as applications have it, behind the heartbeat's. */
    private static final class Application extends ChannelInboundHandlerAdapter {

        private final List<String> seen = new ArrayList<>();

        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            if (event instanceof LivenessEvent) {
                seen.add(event.getClass().getSimpleName());
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            seen.add("inactive");
        }
    }
}
