package dev.heartbeat.netty;

import dev.heartbeat.ZombieDetector;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameEncoder;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.handler.codec.http2.Http2StreamChannelBootstrap;
import io.netty.util.ReferenceCountUtil;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** WebSockets as the streams of one HTTP/2 connection, RFC 8441; the windows have the sizes that the standard gives them. */
final class Http2Streams implements AutoCloseable {

    private final BlockingQueue<Channel> accepted = new LinkedBlockingQueue<>();
    private final Queue<Channel> opened = new ConcurrentLinkedQueue<>();
    private final EventLoopGroup servers;
    private final EventLoopGroup clients;
    private final Channel connection;

    Http2Streams(Transport transport, ZombieDetector detector) throws InterruptedException {
        this(transport, detector, Http2FrameCodecBuilder.forClient());
    }

    Http2Streams(Transport transport, ZombieDetector detector, Http2FrameCodecBuilder clientCodec)
            throws InterruptedException {
        servers = transport.group(1);
        clients = Transport.NIO.group(1);
        Channel server = new ServerBootstrap()
                .group(servers)
                .channel(transport.serverChannel())
                .childHandler(http2(Http2FrameCodecBuilder.forServer(), new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel stream) {
                        stream.pipeline()
                                .addLast(
                                        new DataFrames(),
                                        new WebSocket13FrameEncoder(false),
                                        new WebSocket13FrameDecoder(WebSocketDecoderConfig.newBuilder()
                                                .build()),
                                        new HeartbeatHandler(detector),
                                        new Collector());
                        accepted.add(stream);
                    }
                }))
                .bind(0)
                .sync()
                .channel();
        connection = new Bootstrap()
                .group(clients)
                .channel(Transport.NIO.channel())
                .handler(http2(clientCodec, new ChannelInboundHandlerAdapter()))
                .connect(server.localAddress())
                .sync()
                .channel();
    }

    /** A stream whose peer answers each ping that it reads, and reads only what it is told to. */
    record Opened(Channel server, Channel client, Collector application) {}

    Opened open() throws InterruptedException {
        Http2StreamChannel client = new Http2StreamChannelBootstrap(connection)
                .handler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel stream) {
                        stream.config().setAutoRead(false);
                        stream.pipeline()
                                .addLast(
                                        new DataFrames(),
                                        new WebSocket13FrameEncoder(true),
                                        new WebSocket13FrameDecoder(WebSocketDecoderConfig.newBuilder()
                                                .expectMaskedFrames(false)
                                                .maxFramePayloadLength(16 << 20)
                                                .build()),
                                        new Answering());
                    }
                })
                .open()
                .sync()
                .getNow();
        opened.add(client);
        client.writeAndFlush(new DefaultHttp2HeadersFrame(
                        new DefaultHttp2Headers().method("CONNECT").add(":protocol", "websocket")))
                .sync();
        Channel server = accepted.poll(60, TimeUnit.SECONDS);
        LiveServer.await().until(() -> server.attr(HeartbeatHandler.HEARTBEAT).get() != null);
        return new Opened(server, client, server.pipeline().get(Collector.class));
    }

    /** Lets the connection carry more than one of its streams can have under way. */
    void widenConnection() throws InterruptedException {
        Http2ConnectionHandler codec = connection.pipeline().get(Http2ConnectionHandler.class);
        connection
                .eventLoop()
                .submit(() -> {
                    codec.connection()
                            .local()
                            .flowController()
                            .incrementWindowSize(codec.connection().connectionStream(), 1 << 20);
                    return connection.flush();
                })
                .sync();
    }

    @Override
    public void close() {
        // What a stream has not read it releases only when it is closed itself.
        opened.forEach(client -> client.close().syncUninterruptibly());
        clients.shutdownGracefully(0, 10, TimeUnit.SECONDS).syncUninterruptibly();
        servers.shutdownGracefully(0, 10, TimeUnit.SECONDS).syncUninterruptibly();
    }

    private static ChannelInitializer<Channel> http2(Http2FrameCodecBuilder codec, ChannelHandler streams) {
        return new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
                channel.pipeline().addLast(codec.build(), new Http2MultiplexHandler(streams));
            }
        };
    }

    private static final class Answering extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            if (message instanceof PingWebSocketFrame ping) {
                ctx.writeAndFlush(new PongWebSocketFrame(ping.content().retain()));
            }
            ReferenceCountUtil.release(message);
        }
    }
}
