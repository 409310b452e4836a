/**
 * The adapter for Netty: a channel handler that gives its channel a heartbeat. A whole server, which runs as it is:
 *
 * <pre>{@code
 * import dev.heartbeat.HeartbeatPolicy;
 * import dev.heartbeat.LivenessEvent;
 * import dev.heartbeat.ZombieDetector;
 * import dev.heartbeat.netty.HeartbeatHandler;
 * import io.netty.bootstrap.ServerBootstrap;
 * import io.netty.channel.ChannelHandlerContext;
 * import io.netty.channel.ChannelInitializer;
 * import io.netty.channel.EventLoopGroup;
 * import io.netty.channel.SimpleChannelInboundHandler;
 * import io.netty.channel.nio.NioEventLoopGroup;
 * import io.netty.channel.socket.SocketChannel;
 * import io.netty.channel.socket.nio.NioServerSocketChannel;
 * import io.netty.handler.codec.http.HttpObjectAggregator;
 * import io.netty.handler.codec.http.HttpServerCodec;
 * import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
 * import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolHandler;
 *
 * public final class EchoServer {
 *
 *     public static void main(String[] args) throws InterruptedException {
 *         int port = args.length == 0 ? 8080 : Integer.parseInt(args[0]);
 *         EventLoopGroup group = new NioEventLoopGroup(); // Netty 4.2 prefers a MultiThreadIoEventLoopGroup
 *         try (ZombieDetector detector = ZombieDetector.create(HeartbeatPolicy.defaults())) {
 *             new ServerBootstrap()
 *                     .group(group)
 *                     .channel(NioServerSocketChannel.class)
 *                     .childHandler(new ChannelInitializer<SocketChannel>() {
 *                         protected void initChannel(SocketChannel channel) {
 *                             channel.pipeline()
 *                                     .addLast(new HttpServerCodec())
 *                                     .addLast(new HttpObjectAggregator(65_536))
 *                                     .addLast(new WebSocketServerProtocolHandler("/echo"))
 *                                     .addLast(new HeartbeatHandler(detector))
 *                                     .addLast(new Echo());
 *                         }
 *                     })
 *                     .bind(port)
 *                     .sync()
 *                     .channel()
 *                     .closeFuture()
 *                     .sync();
 *         } finally {
 *             group.shutdownGracefully();
 *         }
 *     }
 *
 *     private static final class Echo extends SimpleChannelInboundHandler<TextWebSocketFrame> {
 *
 *         protected void channelRead0(ChannelHandlerContext ctx, TextWebSocketFrame message) {
 *             ctx.writeAndFlush(message.retain());
 *         }
 *
 *         public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
 *             if (event instanceof LivenessEvent.Reap reap) {
 *                 System.out.println(ctx.channel() + ": " + reap.explain());
 *             }
 *             ctx.fireUserEventTriggered(event);
 *         }
 *     }
 * }
 * }</pre>
 *
 * <p>A client is the same with a {@code WebSocketClientProtocolHandler}. The documentation of {@link
 * dev.heartbeat.netty.HeartbeatHandler} says what the handler does, and at which position.
 *
 * <p>Inside: {@code HeartbeatHandler}, the only public type, sees what passes through the pipeline and reports it to the
 * heartbeat; its superclass {@code ChannelConnection} is the channel as the detector's {@link dev.heartbeat.Connection}, and
 * that one's, {@code ChannelInput}, how far it has been read. {@code PipelinePosition} finds the position behind the frame
 * codec, {@code UpgradeSearch} what has become of a channel without one; {@code HeldBackPing} warns of a ping that does not
 * leave. {@code ChannelFacts} collects what a channel knows: {@code OutputProgress} how its output moves, {@code
 * EncryptedOutput} how long it is behind TLS, {@code LatestArrival} when data last came. {@code Http2Carrier} is an HTTP/2
 * connection, each of whose streams is a {@code CarriedStream}, {@code CloseCall} brings the close frame of a
 * drain behind what handlers hold, {@code OutputEnd} ends what a channel sends, {@code
 * PipelineListener} fires liveness events as user events, and {@code TcpUserTimeout} sets the kernel's timeout.
 */
@NullMarked
package dev.heartbeat.netty;

import org.jspecify.annotations.NullMarked;
