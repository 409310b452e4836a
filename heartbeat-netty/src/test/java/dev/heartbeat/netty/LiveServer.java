package dev.heartbeat.netty;

import dev.heartbeat.HeartbeatPolicy;
import dev.heartbeat.LivenessEvent;
import dev.heartbeat.ZombieDetector;
import dev.heartbeat.testkit.RecordingListener;
import dev.heartbeat.testkit.TlsMaterial;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoopGroup;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.jspecify.annotations.Nullable;

/**
 * A real server on every address. Its detector has so much patience that a live peer which a slow machine keeps from answering
 * for some seconds is not taken for dead, nor a mute one reaped before its test has looked at it.
 */
final class LiveServer implements AutoCloseable {

    /** For peers that are to be reaped: see {@link #makeImpatient}. */
    static final HeartbeatPolicy IMPATIENT = HeartbeatPolicy.builder()
            .pingInterval(Duration.ofMillis(500))
            .pongTimeout(Duration.ofMillis(500))
            .reapAfter(Duration.ofMillis(1_000))
            .hindranceCap(Duration.ofSeconds(30))
            .holdCap(Duration.ofSeconds(3))
            .build();

    static final HeartbeatPolicy POLICY = IMPATIENT.toBuilder()
            .reapAfter(Duration.ofSeconds(60))
            .pongTimeout(Duration.ofSeconds(20))
            .build();

    final RecordingListener events = new RecordingListener();
    final ZombieDetector detector = ZombieDetector.create(POLICY, events);
    final EventLoopGroup group;
    final InetSocketAddress address;

    private final Queue<Channel> accepted = new ConcurrentLinkedQueue<>();
    private final Channel server;
    private final boolean secure;

    private LiveServer(
            Transport transport, @Nullable SslContext tls, BiConsumer<ChannelPipeline, HeartbeatHandler> protocol) {
        secure = tls != null;
        group = transport.group(1);
        server = new ServerBootstrap()
                .group(group)
                .channel(transport.serverChannel())
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        if (tls != null) {
                            SslHandler handler = tls.newHandler(channel.alloc());
                            handler.setHandshakeTimeout(60, TimeUnit.SECONDS);
                            channel.pipeline().addLast(handler);
                        }
                        channel.pipeline().addLast(Pipelines.serverHttp());
                        protocol.accept(channel.pipeline(), new HeartbeatHandler(detector));
                        accepted.add(channel);
                    }
                })
                .bind(0)
                .syncUninterruptibly()
                .channel();
        int port = ((InetSocketAddress) server.localAddress()).getPort();
        address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    /** Starts one whose channels get the usual pipeline. */
    static LiveServer start(Transport transport) {
        return start(transport, LiveServer::usual);
    }

    /** Starts one whose channels get, behind HTTP, what the test puts there together with a heartbeat handler. */
    static LiveServer start(Transport transport, BiConsumer<ChannelPipeline, HeartbeatHandler> protocol) {
        return new LiveServer(transport, null, protocol);
    }

    /** Starts one behind TLS. */
    static LiveServer startWithTls(Transport transport) throws IOException, GeneralSecurityException {
        SslContext tls = SslContextBuilder.forServer(TlsMaterial.keyManagers()).build();
        return new LiveServer(transport, tls, LiveServer::usual);
    }

    /** A protocol handler, the heartbeat handler and an application. */
    static void usual(ChannelPipeline pipeline, HeartbeatHandler heartbeat) {
        pipeline.addLast(Pipelines.serverProtocol(), heartbeat, new Collector());
    }

    /** The address for peers of this machine. */
    URI uri() {
        return uri("127.0.0.1");
    }

    /** The address for peers that know this machine by another name. */
    URI uri(String host) {
        return URI.create((secure ? "wss://" : "ws://") + host + ":" + address.getPort() + "/chat");
    }

    /** Waits for what happens on other threads, long enough for the slowest machine. */
    static ConditionFactory await() {
        return Awaitility.await()
                .atMost(Duration.ofSeconds(120))
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(1))
                .pollInSameThread();
    }

    /** The next channel that was accepted, watched by now. */
    Channel nextWatched() {
        await().until(() -> !accepted.isEmpty());
        Channel channel = accepted.remove();
        await().until(() -> channel.attr(HeartbeatHandler.HEARTBEAT).get() != null);
        return channel;
    }

    /** The next channel that was accepted, watched by now, with the impatient policy. */
    Channel nextImpatient() {
        Channel channel = nextWatched();
        makeImpatient(channel);
        return channel;
    }

    /** Gives a channel the impatient policy. */
    static void makeImpatient(Channel channel) {
        channel.attr(HeartbeatHandler.HEARTBEAT).get().policy(IMPATIENT);
    }

    /** The names of the events of a channel's heartbeat so far. */
    List<String> eventsOf(Channel channel) {
        return events.events().stream()
                .filter(event -> event instanceof LivenessEvent.OfConnection of
                        && ((HeartbeatHandler) of.connection()).channel() == channel)
                .map(event -> event.getClass().getSimpleName().toLowerCase(Locale.ROOT))
                .toList();
    }

    @Override
    public void close() {
        detector.close();
        group.shutdownGracefully(0, 10, TimeUnit.SECONDS).syncUninterruptibly();
    }
}
