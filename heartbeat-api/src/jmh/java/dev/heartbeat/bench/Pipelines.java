package dev.heartbeat.bench;

import dev.heartbeat.HeartbeatPolicy;
import dev.heartbeat.ZombieDetector;
import dev.heartbeat.netty.HeartbeatHandler;
import dev.heartbeat.netty.wireless.WirelessChannel;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameEncoder;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.handler.timeout.IdleStateHandler;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;

/** WebSocket channels of Netty on one event loop: bare, with an {@link IdleStateHandler}, or with our handler. */
final class Pipelines implements Contender {

    private static final Object MESSAGE = new Object();
    private static final String GUARD = "guard";
    private static final WebSocketDecoderConfig CODEC =
            WebSocketDecoderConfig.newBuilder().build();

    /** What is in the pipeline besides the application. */
    enum Guard {
        NONE,
        PASS_THROUGH,
        IDLE_STATE_HANDLER,
        HEARTBEAT
    }

    private final Channel[] channels;
    private final Guard guard;
    private final Pace pace;
    private final EventLoop loop;
    private final LongConsumer passing;
    private final ZombieDetector detector;
    private long pings;

    Pipelines(int connections, Guard guard, Pace pace, EventLoop loop, ZombieDetector detector, LongConsumer passing) {
        this.channels = new Channel[connections];
        this.guard = guard;
        this.pace = pace;
        this.loop = loop;
        this.detector = detector;
        this.passing = passing;
    }

    static ZombieDetector detector(Pace pace, dev.heartbeat.Ticker ticker) {
        HeartbeatPolicy policy = Watched.policy(pace);
        return ZombieDetector.builder(policy).ticker(ticker).build();
    }

    @Override
    public void add(int i) {
        WirelessChannel channel = new WirelessChannel(!Contender.isSilent(i), () -> pings++);
        channels[i] = channel;
        loop.register(channel);
        channel.pipeline().addLast(new WebSocket13FrameDecoder(CODEC), new WebSocket13FrameEncoder(false));
        switch (guard) {
            case NONE -> {}
            case PASS_THROUGH -> channel.pipeline().addLast(GUARD, new ChannelDuplexHandler());
            case IDLE_STATE_HANDLER ->
                channel.pipeline()
                        .addLast(GUARD, new IdleStateHandler(pace.idle().toMillis(), 0, 0, TimeUnit.MILLISECONDS));
            case HEARTBEAT -> channel.pipeline().addLast(GUARD, new HeartbeatHandler(detector));
        }
        channel.pipeline().addLast(new Application(i));
    }

    @Override
    public void heard(int i) {
        channels[i].pipeline().fireChannelRead(MESSAGE).fireChannelReadComplete();
    }

    /** The handler only, as when a protocol is upgraded; the channel stays. */
    @Override
    public void remove(int i) {
        if (guard != Guard.NONE) {
            channels[i].pipeline().remove(GUARD);
        }
    }

    @Override
    public void pass(long nanos) {
        passing.accept(nanos);
    }

    @Override
    public void onReader(Runnable task) {
        loop.execute(task);
    }

    @Override
    public long pings() {
        return pings;
    }

    /** The application's own handler: ends messages, and does what idle states ask for. */
    private final class Application extends ChannelInboundHandlerAdapter {
        private final int number;
        private boolean pinged;

        Application(int number) {
            this.number = number;
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            pinged = false;
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            if (event instanceof IdleStateEvent && pinged) {
                ctx.close();
            } else if (event instanceof IdleStateEvent) {
                pinged = true;
                ctx.writeAndFlush(new PingWebSocketFrame(Unpooled.EMPTY_BUFFER));
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            add(number);
        }
    }
}
