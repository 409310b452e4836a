package dev.heartbeat.examples.load;

import dev.heartbeat.ZombieDetector;
import dev.heartbeat.jakarta.SessionHeartbeat;
import dev.heartbeat.netty.HeartbeatHandler;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolHandler;
import jakarta.websocket.DeploymentException;
import jakarta.websocket.OnMessage;
import jakarta.websocket.OnOpen;
import jakarta.websocket.Session;
import jakarta.websocket.server.ServerEndpoint;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Map;
import org.glassfish.tyrus.core.BaseContainer;
import org.glassfish.tyrus.server.Server;
import org.jspecify.annotations.Nullable;

/** Servers on a free port that take every message and say nothing, watched if there is a detector; they last as long as the process. */
final class Servers {

    private static final String PATH = "/load";
    private static final int LONGEST_REQUEST = 1_024;
    private static final int BACKLOG = 1_024;

    private Servers() {}

    /** Starts one, and tells its port. */
    static int start(String name, @Nullable ZombieDetector detector) throws DeploymentException {
        return name.equals("netty") ? netty(detector) : tyrus(detector);
    }

    private static int tyrus(@Nullable ZombieDetector detector) throws DeploymentException {
        Map<String, Object> properties = new HashMap<>();
        if (detector != null) {
            properties.put(Sink.DETECTOR, detector);
        }
        Server server = new Server("127.0.0.1", -1, "/", properties, Sink.class);
        server.start();
        return server.getPort();
    }

    private static int netty(@Nullable ZombieDetector detector) {
        EventLoopGroup loops = new MultiThreadIoEventLoopGroup(NioIoHandler.newFactory());
        Channel server = new ServerBootstrap()
                .group(loops)
                .channel(NioServerSocketChannel.class)
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline()
                                .addLast(new HttpServerCodec())
                                .addLast(new HttpObjectAggregator(LONGEST_REQUEST))
                                .addLast(new WebSocketServerProtocolHandler(PATH));
                        if (detector != null) {
                            channel.pipeline().addLast(new HeartbeatHandler(detector));
                        }
                        channel.pipeline().addLast(new Drop());
                    }
                })
                .bind(InetAddress.getLoopbackAddress(), 0)
                .syncUninterruptibly()
                .channel();
        return ((InetSocketAddress) server.localAddress()).getPort();
    }

    /** What the clients dial on Netty. */
    private static final class Drop extends SimpleChannelInboundHandler<WebSocketFrame> {

        @Override
        protected void channelRead0(ChannelHandlerContext ctx, WebSocketFrame message) {}
    }

    /** What the clients dial on Tyrus. */
    @ServerEndpoint(PATH)
    public static final class Sink {

        static final String DETECTOR = "dev.heartbeat.examples.load.detector";

        /**
         * Has the session watched, if anybody watches.
         *
         * @param session a session that has just opened
         */
        @OnOpen
        public void open(Session session) {
            // Tyrus keeps the properties of an annotated endpoint in the container.
            if (((BaseContainer) session.getContainer()).getProperties().get(DETECTOR)
                    instanceof ZombieDetector detector) {
                SessionHeartbeat.attach(session, detector);
            }
        }

        /**
         * Takes a message.
         *
         * @param message of no interest
         */
        @OnMessage
        public void message(String message) {}
    }
}
