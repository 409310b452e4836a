package dev.heartbeat.netty;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolConfig;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolHandler;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolHandler.ClientHandshakeStateEvent;
import io.netty.util.ReferenceCountUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/** Many live peers of one server: they answer pings, talk or not, and notice when the server gives them up. */
final class PeerGroup implements AutoCloseable {

    private static final long SECOND = TimeUnit.SECONDS.toMillis(1);

    private final EventLoopGroup group;
    private final Duration delay;
    private final boolean talks;
    private final List<Peer> peers = new ArrayList<>();

    private PeerGroup(EventLoopGroup group, Duration delay, boolean talks) {
        this.group = group;
        this.delay = delay;
        this.talks = talks;
    }

    /** Peers that only answer, after a delay. */
    static PeerGroup silent(EventLoopGroup group, Duration delay) {
        return new PeerGroup(group, delay, false);
    }

    /** Peers that say something each second. */
    static PeerGroup talking(EventLoopGroup group) {
        return new PeerGroup(group, Duration.ZERO, true);
    }

    /** Connects peers, spread over a time. */
    void connect(int port, int count, Duration spread) {
        for (int i = 0; i < count; i++) {
            Peer peer = new Peer();
            peers.add(peer);
            group.next().schedule(() -> peer.connect(port), spread.toNanos() * i / count, TimeUnit.NANOSECONDS);
        }
    }

    /** How many have shaken hands. */
    long connected() {
        return peers.stream().filter(peer -> peer.connected).count();
    }

    /** How many the server has closed, with a close frame or without. */
    long lost() {
        return peers.stream().filter(peer -> peer.lostAt != 0).count();
    }

    /** When the server closed the last of those that it closed, by {@link System#nanoTime()}. */
    long lastLostAt() {
        return peers.stream().mapToLong(peer -> peer.lostAt).max().orElse(0);
    }

    /** From now on nothing is answered and nothing said: these peers are zombies. */
    void fallSilent() {
        peers.forEach(peer -> peer.isZombie = true);
    }

    @Override
    public void close() {
        peers.forEach(Peer::close);
    }

    private final class Peer extends ChannelInboundHandlerAdapter {

        private volatile boolean connected;
        private volatile boolean isZombie;
        private volatile long lostAt;
        private volatile Channel channel;

        void connect(int port) {
            InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
            channel = new Bootstrap()
                    .group(group)
                    .channel(Transport.NIO.channel())
                    .handler(new ChannelInitializer<>() {
                        @Override
                        protected void initChannel(Channel channel) {
                            channel.pipeline()
                                    .addLast(new HttpClientCodec(), new HttpObjectAggregator(65_536), Peer.this)
                                    .addLast(new WebSocketClientProtocolHandler(
                                            WebSocketClientProtocolConfig.newBuilder()
                                                    .webSocketUri(URI.create("ws://localhost/chat"))
                                                    .handshakeTimeoutMillis(60_000)
                                                    .build()))
                                    .addLast(new Handshake(Peer.this));
                        }
                    })
                    .connect(address)
                    .channel();
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            if (message instanceof CloseWebSocketFrame) {
                lost();
            }
            if (message instanceof PingWebSocketFrame ping) {
                byte[] payload = ByteBufUtil.getBytes(ping.content());
                ping.release();
                ctx.executor().schedule(() -> answer(ctx, payload), delay.toMillis(), TimeUnit.MILLISECONDS);
            } else {
                ctx.fireChannelRead(message);
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            lost();
            ctx.fireChannelInactive();
        }

        private void answer(ChannelHandlerContext ctx, byte[] payload) {
            if (!isZombie) {
                ctx.writeAndFlush(new PongWebSocketFrame(Unpooled.wrappedBuffer(payload)));
            }
        }

        private void lost() {
            if (lostAt == 0) {
                lostAt = System.nanoTime();
            }
        }

        void shookHands(ChannelHandlerContext ctx) {
            connected = true;
            if (talks) {
                long phase = ThreadLocalRandom.current().nextLong(SECOND);
                ctx.executor().scheduleAtFixedRate(() -> talk(ctx), phase, SECOND, TimeUnit.MILLISECONDS);
            }
        }

        private void talk(ChannelHandlerContext ctx) {
            if (!isZombie && ctx.channel().isActive()) {
                ctx.writeAndFlush(new TextWebSocketFrame("telemetry"));
            }
        }

        void close() {
            Channel open = channel;
            if (open != null) {
                open.eventLoop().execute(() -> open.unsafe().close(open.newPromise()));
            }
        }
    }

    private static final class Handshake extends ChannelInboundHandlerAdapter {

        private final Peer peer;

        Handshake(Peer peer) {
            this.peer = peer;
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            if (event == ClientHandshakeStateEvent.HANDSHAKE_COMPLETE) {
                peer.shookHands(ctx);
            }
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            ReferenceCountUtil.release(message);
        }
    }
}
