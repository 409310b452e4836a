package dev.heartbeat.netty;

import dev.heartbeat.Heartbeat;
import dev.heartbeat.HeartbeatPolicy;
import dev.heartbeat.LivenessEvent;
import dev.heartbeat.ZombieDetector;
import dev.heartbeat.testkit.RecordingListener;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A channel in virtual time, its detector, and the peer at its other end, which answers pings unless it is told not to.
 * The opening handshake is over the wire, too.
 */
final class VirtualTimeChannel implements AutoCloseable {

    static final HeartbeatPolicy POLICY = HeartbeatPolicy.builder()
            .pingInterval(Duration.ofSeconds(10))
            .pongTimeout(Duration.ofSeconds(4))
            .reapAfter(Duration.ofSeconds(8))
            .hindranceCap(Duration.ofSeconds(60))
            .build();

    private static final Duration STEP = Duration.ofMillis(10);
    private static final Pattern KEY = Pattern.compile("sec-websocket-key: (\\S+)", Pattern.CASE_INSENSITIVE);

    final RecordingListener events = new RecordingListener();
    final ZombieDetector detector;
    final EmbeddedChannel channel;

    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - TimeUnit.SECONDS.toNanos(3));
    private final boolean isServer;
    private final WirePeer peer;
    private boolean answers = true;

    private VirtualTimeChannel(boolean isServer, EmbeddedChannel channel) {
        this.isServer = isServer;
        this.peer = new WirePeer(isServer);
        this.channel = channel;
        this.detector = ZombieDetector.builder(POLICY)
                .listeners(List.of(events))
                .ticker(nanos::get)
                .build();
        channel.freezeTime();
    }

    /** A server's channel without a handler. */
    static VirtualTimeChannel server() {
        return new VirtualTimeChannel(true, new EmbeddedChannel());
    }

    /** A client's channel without a handler. */
    static VirtualTimeChannel client() {
        return new VirtualTimeChannel(false, new EmbeddedChannel());
    }

    /** A server's channel of a given kind. */
    static VirtualTimeChannel server(EmbeddedChannel channel) {
        return new VirtualTimeChannel(true, channel);
    }

    /** Adds handlers in this order. */
    VirtualTimeChannel with(ChannelHandler... handlers) {
        channel.pipeline().addLast(new ChannelInitializer<EmbeddedChannel>() {
            @Override
            protected void initChannel(EmbeddedChannel initialised) {
                initialised.pipeline().addLast(handlers);
            }
        });
        return this;
    }

    /** A handler of this channel's detector, not yet added. */
    HeartbeatHandler heartbeatHandler() {
        return new HeartbeatHandler(detector);
    }

    /** Performs the opening handshake as the peer would. */
    VirtualTimeChannel shakeHands() {
        return shakeHands("");
    }

    /** Performs the opening handshake with further header lines. */
    VirtualTimeChannel shakeHands(String headers) {
        if (isServer) {
            read(("GET /chat HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                            + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n" + headers
                            + "\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
            takeHttp();
        } else {
            if (channel.outboundMessages().isEmpty()) {
                // The handlers were added too late to see it for themselves.
                channel.pipeline().fireChannelActive();
            }
            Matcher key = KEY.matcher(takeHttp());
            key.find();
            read(("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                            + "Sec-WebSocket-Accept: " + accept(key.group(1)) + "\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
        }
        return this;
    }

    /** The peer answers no ping from now on. */
    VirtualTimeChannel mute() {
        answers = false;
        return this;
    }

    /** The peer sends a frame. */
    void send(WebSocketFrame frame) {
        sendBytes(peer.bytes(frame));
    }

    /** The peer sends bytes, read by the channel in one go. */
    void sendBytes(byte[] bytes) {
        read(bytes);
        pump();
    }

    /** What the peer's frame looks like on the wire. */
    byte[] bytes(WebSocketFrame frame) {
        return peer.bytes(frame);
    }

    /** Lets time pass for the process and its event loop. */
    void advance(Duration duration) {
        advance(duration, elapsed -> {});
    }

    /** Lets time pass, with something done in each second. */
    void advance(Duration duration, Consumer<Integer> eachSecond) {
        long steps = duration.toNanos() / STEP.toNanos();
        long perSecond = TimeUnit.SECONDS.toNanos(1) / STEP.toNanos();
        for (long step = 0; step < steps; step++) {
            nanos.addAndGet(STEP.toNanos());
            channel.advanceTimeBy(STEP.toNanos(), TimeUnit.NANOSECONDS);
            channel.runPendingTasks();
            pump();
            if (step % perSecond == perSecond - 1) {
                eachSecond.accept((int) (step / perSecond));
            }
        }
    }

    /** Lets time pass without the process: it is stopped, or its event loop is blocked. */
    void stall(Duration duration) {
        nanos.addAndGet(duration.toNanos());
        channel.advanceTimeBy(duration.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** The channel's heartbeat, null unless it is watched. */
    Heartbeat heartbeat() {
        return channel.attr(HeartbeatHandler.HEARTBEAT).get();
    }

    /** The names of the events so far, as {@code [timeout, reap]}. */
    List<String> eventNames() {
        return events.events().stream()
                .map(event -> event.getClass().getSimpleName().toLowerCase(Locale.ROOT))
                .toList();
    }

    /** The one reap that has happened. */
    LivenessEvent.Reap reap() {
        return events.of(LivenessEvent.Reap.class).get(0);
    }

    /** What the peer has heard. */
    WirePeer peer() {
        return peer;
    }

    @Override
    public void close() {
        detector.close();
        // Past the protocol handler, which would wait for its close frame.
        channel.unsafe().close(channel.newPromise());
        channel.finishAndReleaseAll();
        peer.close();
    }

    private void read(byte[] bytes) {
        channel.writeInbound(Unpooled.copiedBuffer(bytes));
    }

    private void pump() {
        for (ByteBuf bytes = channel.readOutbound(); bytes != null; bytes = channel.readOutbound()) {
            for (String ping : peer.hears(bytes)) {
                if (answers) {
                    send(new PongWebSocketFrame(Unpooled.copiedBuffer(ping, StandardCharsets.ISO_8859_1)));
                }
            }
        }
    }

    private String takeHttp() {
        StringBuilder text = new StringBuilder();
        for (ByteBuf bytes = channel.readOutbound(); bytes != null; bytes = channel.readOutbound()) {
            text.append(bytes.toString(StandardCharsets.US_ASCII));
            bytes.release();
        }
        return text.toString();
    }

    private static String accept(String key) {
        try {
            return Base64.getEncoder()
                    .encodeToString(MessageDigest.getInstance("SHA-1")
                            .digest((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")
                                    .getBytes(StandardCharsets.US_ASCII)));
        } catch (NoSuchAlgorithmException impossible) {
            throw new AssertionError(impossible);
        }
    }
}
