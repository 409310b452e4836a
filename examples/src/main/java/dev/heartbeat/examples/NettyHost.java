package dev.heartbeat.examples;

import dev.heartbeat.netty.HeartbeatHandler;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolConfig;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolHandler;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolHandler.HandshakeComplete;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;

/** Netty: a pipeline that does what {@link CentralSystem} does, and is watched by one handler. */
final class NettyHost implements Host {

    private final EventLoopGroup group = new MultiThreadIoEventLoopGroup(NioIoHandler.newFactory());
    private final Channel server;

    NettyHost(Backend backend) {
        WebSocketServerProtocolConfig protocol = WebSocketServerProtocolConfig.newBuilder()
                .websocketPath(Ocpp.PATH)
                .checkStartsWith(true)
                .subprotocols(Ocpp.SUBPROTOCOL)
                .build();
        server = new ServerBootstrap()
                .group(group)
                .channel(NioServerSocketChannel.class)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        HeartbeatHandler heartbeat = new HeartbeatHandler(backend.detector());
                        channel.pipeline()
                                .addLast(new HttpServerCodec())
                                .addLast(new HttpObjectAggregator(65_536))
                                .addLast(new WebSocketServerProtocolHandler(protocol))
                                .addLast(heartbeat)
                                .addLast(new Calls(backend.ledger(), heartbeat));
                    }
                })
                .bind(InetAddress.getLoopbackAddress(), 0)
                .syncUninterruptibly()
                .channel();
    }

    @Override
    public int port() {
        return ((InetSocketAddress) server.localAddress()).getPort();
    }

    @Override
    public void close() {
        group.shutdownGracefully(0, 10, TimeUnit.SECONDS).syncUninterruptibly();
    }

    /** Answers the calls of one charge point. */
    private static final class Calls extends SimpleChannelInboundHandler<TextWebSocketFrame> {

        private final Ledger ledger;
        private final HeartbeatHandler heartbeat;
        private String connection = "";

        Calls(Ledger ledger, HeartbeatHandler heartbeat) {
            this.ledger = ledger;
            this.heartbeat = heartbeat;
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            if (event instanceof HandshakeComplete handshake) {
                connection = heartbeat.id();
                ledger.opened(connection, handshake.requestUri().substring(Ocpp.PATH.length() + 1));
            }
            ctx.fireUserEventTriggered(event);
        }

        @Override
        protected void channelRead0(ChannelHandlerContext ctx, TextWebSocketFrame call) {
            var unused = ctx.writeAndFlush(new TextWebSocketFrame(Ocpp.answer(call.text())));
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            ledger.closed(connection);
            ctx.fireChannelInactive();
        }
    }
}
