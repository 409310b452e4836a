package dev.heartbeat.netty;

import dev.heartbeat.HeartbeatPolicy;
import dev.heartbeat.ZombieDetector;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameEncoder;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import io.netty.handler.timeout.IdleState;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.handler.timeout.IdleStateHandler;
import io.netty.util.AttributeKey;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/** What watches a channel: pings it after 30 s of silence, and closes it if no answer comes for 30 s more; or less than that. */
enum Guard {
    NOTHING,
    A_HANDLER_THAT_PASSES_ON {
        @Override
        void addTo(ChannelPipeline pipeline, ZombieDetector detector) {
            pipeline.addLast(new PassingOn());
        }
    },
    HEARTBEAT {
        @Override
        void addTo(ChannelPipeline pipeline, ZombieDetector detector) {
            pipeline.addLast(new HeartbeatHandler(detector));
        }
    },
    /** As its Javadoc shows. */
    IDLE_STATE_HANDLER {
        @Override
        void addTo(ChannelPipeline pipeline, ZombieDetector detector) {
            pipeline.addLast(new IdleStateHandler(60, INTERVAL_SECONDS, 0)).addLast(new MyHandler());
        }
    },
    /** Nobody is watched, but pinged once in an interval: what pings cost whoever sends them. */
    PINGS_ALONE {
        @Override
        void addTo(ChannelPipeline pipeline, ZombieDetector detector) {
            pipeline.addLast(new Pinged());
        }
    },
    /** A task for each channel, armed anew only when it runs. */
    ONE_SCHEDULE_PER_CHANNEL {
        @Override
        void addTo(ChannelPipeline pipeline, ZombieDetector detector) {
            pipeline.addLast(new Scheduled());
        }
    };

    static final int INTERVAL_SECONDS = 30;
    static final HeartbeatPolicy POLICY = HeartbeatPolicy.defaults();

    private static final AttributeKey<Boolean> HANDSHAKER = AttributeKey.valueOf(Guard.class, "HANDSHAKER");
    private static final ChannelHandler PEER = new Peer();
    private static final ChannelHandler APPLICATION = new Application();

    /** Puts this watch into a pipeline, where an application would. */
    void addTo(ChannelPipeline pipeline, ZombieDetector detector) {}

    /** Fills the pipeline of a channel: a peer, the frame codec, the watch, an application. */
    final void fill(Channel channel, ZombieDetector detector) {
        // As Netty's protocol handler leaves its handshaker.
        channel.attr(HANDSHAKER).set(true);
        channel.pipeline()
                .addLast(PEER)
                .addLast(new WebSocket13FrameEncoder(false))
                .addLast(new WebSocket13FrameDecoder(
                        WebSocketDecoderConfig.newBuilder().build()));
        addTo(channel.pipeline(), detector);
        channel.pipeline().addLast(APPLICATION);
    }

    private static void ping(ChannelHandlerContext ctx) {
        ctx.writeAndFlush(new PingWebSocketFrame(Unpooled.copiedBuffer("heartbeat", StandardCharsets.US_ASCII)));
    }

    private static final class PassingOn extends ChannelDuplexHandler {
        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            ctx.fireChannelRead(message);
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext ctx) {
            ctx.fireChannelReadComplete();
        }
    }

    /** Answers every ping at once. */
    @ChannelHandler.Sharable
    private static final class Peer extends ChannelOutboundHandlerAdapter {
        @Override
        public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
            ByteBuf ping = (ByteBuf) message;
            promise.setSuccess();
            ctx.fireChannelRead(new PongWebSocketFrame(ping.skipBytes(2)));
            ctx.fireChannelReadComplete();
        }
    }

    @ChannelHandler.Sharable
    private static final class Application extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            if (message instanceof PongWebSocketFrame pong) {
                pong.release();
            }
        }
    }

    /** {@code MyHandler} of the Javadoc of {@link IdleStateHandler}. */
    private static final class MyHandler extends ChannelDuplexHandler {
        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            if (event instanceof IdleStateEvent idle) {
                if (idle.state() == IdleState.READER_IDLE) {
                    ctx.close();
                } else if (idle.state() == IdleState.WRITER_IDLE) {
                    ping(ctx);
                }
            }
        }
    }

    private static final class Pinged extends ChannelDuplexHandler {
        private static final int TICKS_PER_SECOND = 10;
        private static final List<ChannelHandlerContext> ALL = new ArrayList<>();

        @Override
        public void handlerAdded(ChannelHandlerContext ctx) {
            if (ALL.isEmpty()) {
                long tick = TimeUnit.SECONDS.toMillis(1) / TICKS_PER_SECOND;
                ctx.executor().scheduleAtFixedRate(Pinged::pingSome, tick, tick, TimeUnit.MILLISECONDS);
            }
            ALL.add(ctx);
        }

        /** At random, as their phases are. */
        private static void pingSome() {
            for (int i = ALL.size() / (TICKS_PER_SECOND * INTERVAL_SECONDS); i > 0; i--) {
                ping(ALL.get(ThreadLocalRandom.current().nextInt(ALL.size())));
            }
        }
    }

    private static final class Scheduled extends ChannelDuplexHandler {
        private static final long INTERVAL = TimeUnit.SECONDS.toNanos(INTERVAL_SECONDS);

        private long heardAt = System.nanoTime();
        private boolean pinged;

        @Override
        public void handlerAdded(ChannelHandlerContext ctx) {
            ctx.executor().schedule(() -> look(ctx), INTERVAL, TimeUnit.NANOSECONDS);
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext ctx) {
            heardAt = System.nanoTime();
            pinged = false;
            ctx.fireChannelReadComplete();
        }

        private void look(ChannelHandlerContext ctx) {
            long left = heardAt + INTERVAL - System.nanoTime();
            if (left <= 0 && pinged) {
                ctx.close();
                return;
            }
            if (left <= 0) {
                pinged = true;
                ping(ctx);
            }
            ctx.executor().schedule(() -> look(ctx), left <= 0 ? INTERVAL : left, TimeUnit.NANOSECONDS);
        }
    }
}
