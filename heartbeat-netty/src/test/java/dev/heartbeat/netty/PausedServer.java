package dev.heartbeat.netty;

import dev.heartbeat.HeartbeatPolicy;
import dev.heartbeat.ZombieDetector;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.timeout.IdleState;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.handler.timeout.IdleStateHandler;
import io.netty.util.ReferenceCountUtil;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Scanner;
import java.util.concurrent.TimeUnit;

/** A server in a process of its own, which can be stopped and continued as a debugger, a laptop's lid or a hypervisor does. */
final class PausedServer implements Closeable {

    private static final String JAVA = System.getProperty("java.home") + "/bin/java";

    final int port;

    private final Process process;

    private PausedServer(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    /** How the server finds out about its dead peers. */
    enum Guard {
        HEARTBEAT,
        IDLE_STATE_HANDLER
    }

    /** Starts one with this process' class path and a heartbeat that waits for an answer as long as told. */
    static PausedServer start(Transport transport, Duration interval, Duration patience) throws IOException {
        return start(System.getProperty("java.class.path"), transport, Guard.HEARTBEAT, interval, patience);
    }

    /** Starts one that pings after an interval of silence, and waits for an answer as long again. */
    static PausedServer start(String classPath, Transport transport, Guard guard, Duration interval)
            throws IOException {
        return start(classPath, transport, guard, interval, interval);
    }

    private static PausedServer start(
            String classPath, Transport transport, Guard guard, Duration interval, Duration patience)
            throws IOException {
        Process process = new ProcessBuilder(List.of(
                        JAVA,
                        "-Xmx256m",
                        "-XX:TieredStopAtLevel=1",
                        "-Dorg.slf4j.simpleLogger.defaultLogLevel=error",
                        "-cp",
                        classPath,
                        PausedServer.class.getName(),
                        transport.name(),
                        guard.name(),
                        Long.toString(interval.toMillis()),
                        Long.toString(patience.toMillis())))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try {
            return new PausedServer(
                    process, new Scanner(process.getInputStream(), StandardCharsets.US_ASCII).nextInt());
        } catch (RuntimeException failed) {
            process.destroyForcibly();
            throw failed;
        }
    }

    /**
     * The policy with which the server runs. Peers that fall silent together are not held back for: here they are dead, and
     * nothing but the server's own sense of time shall save the others.
     */
    static HeartbeatPolicy policy(Duration interval) {
        return policy(interval, interval);
    }

    private static HeartbeatPolicy policy(Duration interval, Duration patience) {
        return HeartbeatPolicy.builder()
                .pingInterval(interval)
                .pongTimeout(patience)
                .reapAfter(patience)
                .holdCap(Duration.ZERO)
                .build();
    }

    /** Stops the process where it is; its kernel goes on. */
    void stop() throws IOException {
        signal("STOP");
    }

    /** Lets the process go on. */
    void goOn() throws IOException {
        signal("CONT");
    }

    private void signal(String name) throws IOException {
        try {
            int status = new ProcessBuilder("sh", "-c", "kill -" + name + " " + process.pid())
                    .inheritIO()
                    .start()
                    .waitFor();
            if (status != 0) {
                throw new IOException("kill -" + name + " ended with " + status);
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

    /**
     * Runs the server until it is killed or whoever started it is gone.
     *
     * @param args transport, guard, interval and patience in milliseconds
     */
    public static void main(String[] args) throws Exception {
        Transport transport = Transport.valueOf(args[0]);
        Guard guard = Guard.valueOf(args[1]);
        Duration interval = Duration.ofMillis(Long.parseLong(args[2]));
        Duration patience = Duration.ofMillis(Long.parseLong(args[3]));
        ZombieDetector detector = ZombieDetector.create(policy(interval, patience));
        Channel server = new ServerBootstrap()
                .group(transport.group(1))
                .channel(transport.serverChannel())
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        if (guard == Guard.IDLE_STATE_HANDLER) {
                            // As its Javadoc shows: half the limit without a write is time for a ping.
                            channel.pipeline()
                                    .addLast(new IdleStateHandler(
                                            interval.toMillis() * 2, interval.toMillis(), 0, TimeUnit.MILLISECONDS));
                        }
                        channel.pipeline().addLast(Pipelines.serverHttp()).addLast(Pipelines.serverProtocol());
                        if (guard == Guard.HEARTBEAT) {
                            channel.pipeline().addLast(new HeartbeatHandler(detector));
                        }
                        channel.pipeline().addLast(new Application());
                    }
                })
                .bind(0)
                .sync()
                .channel();
        System.out.println(((InetSocketAddress) server.localAddress()).getPort());
        while (System.in.read() >= 0) {
            // nothing is ever said
        }
        System.exit(0);
    }

    /** {@code MyHandler} of the Javadoc of {@link IdleStateHandler}. */
    private static final class Application extends ChannelDuplexHandler {
        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            ReferenceCountUtil.release(message);
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            if (event instanceof IdleStateEvent idle) {
                if (idle.state() == IdleState.READER_IDLE) {
                    ctx.close();
                } else if (idle.state() == IdleState.WRITER_IDLE) {
                    ctx.writeAndFlush(new PingWebSocketFrame(Unpooled.copiedBuffer("ping", StandardCharsets.US_ASCII)));
                }
            }
        }
    }
}
