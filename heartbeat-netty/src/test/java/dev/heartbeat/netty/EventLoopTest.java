package dev.heartbeat.netty;

import static dev.heartbeat.netty.LiveServer.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.HeartbeatPolicy;
import dev.heartbeat.ZombieDetector;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.DefaultEventLoop;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.local.LocalChannel;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameEncoder;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import io.netty.util.concurrent.ScheduledFuture;
import java.lang.management.ManagementFactory;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What a heartbeat asks of its event loop. */
@ExtendWith(NoLeaks.class)
class EventLoopTest {

    @Test
    void aThousandChannelsShareOneTickOfTheirEventLoop() throws Exception {
        CountingLoop loop = new CountingLoop();
        try (ZombieDetector detector = ZombieDetector.create(HeartbeatPolicy.defaults())) {
            for (int i = 0; i < 1_000; i++) {
                Channel channel = new OpenChannel();
                loop.register(channel).sync();
                channel.pipeline().addLast(encoder(), decoder(), new HeartbeatHandler(detector));
            }
            await().until(() -> detector.watched() == 1_000);

            // On the loop, for in the middle of a tick the next one is scheduled and this one not yet done.
            assertThat(loop.submit(loop::pending).sync().getNow()).isLessThanOrEqualTo(1);
            assertThat(loop.scheduled).isNotEmpty();
        } finally {
            loop.shutdownGracefully(0, 10, TimeUnit.SECONDS).syncUninterruptibly();
        }
    }

    @Test
    void aMessageAllocatesNothing() {
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        EmbeddedChannel channel = new EmbeddedChannel();
        try (ZombieDetector detector = ZombieDetector.create(HeartbeatPolicy.defaults())) {
            channel.pipeline().addLast(encoder(), decoder(), new HeartbeatHandler(detector), new Ignoring());
            assertThat(detector.watched()).isEqualTo(1);
            TextWebSocketFrame message = new TextWebSocketFrame("telemetry");
            read(channel, message, 100_000);

            long before = threads.getCurrentThreadAllocatedBytes();
            read(channel, message, 100_000);

            assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(100_000);
            message.release();
        } finally {
            channel.finishAndReleaseAll();
        }
    }

    private static void read(EmbeddedChannel channel, TextWebSocketFrame message, int times) {
        for (int i = 0; i < times; i++) {
            channel.pipeline().fireChannelRead(message).fireChannelReadComplete();
        }
    }

    private static WebSocket13FrameEncoder encoder() {
        return new WebSocket13FrameEncoder(false);
    }

    private static WebSocket13FrameDecoder decoder() {
        return new WebSocket13FrameDecoder(WebSocketDecoderConfig.newBuilder().build());
    }

    /** Active without a connection. */
    private static final class OpenChannel extends LocalChannel {
        @Override
        public boolean isActive() {
            return true;
        }
    }

    private static final class Ignoring extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {}
    }

    private static final class CountingLoop extends DefaultEventLoop {
        private final Queue<ScheduledFuture<?>> scheduled = new ConcurrentLinkedQueue<>();

        @Override
        public ScheduledFuture<?> schedule(Runnable command, long delay, TimeUnit unit) {
            return counted(super.schedule(command, delay, unit));
        }

        @Override
        public ScheduledFuture<?> scheduleAtFixedRate(Runnable command, long delay, long period, TimeUnit unit) {
            return counted(super.scheduleAtFixedRate(command, delay, period, unit));
        }

        @Override
        public ScheduledFuture<?> scheduleWithFixedDelay(Runnable command, long first, long delay, TimeUnit unit) {
            return counted(super.scheduleWithFixedDelay(command, first, delay, unit));
        }

        private long pending() {
            return scheduled.stream().filter(task -> !task.isDone()).count();
        }

        private ScheduledFuture<?> counted(ScheduledFuture<?> future) {
            scheduled.add(future);
            return future;
        }
    }
}
