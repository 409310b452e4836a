package dev.heartbeat.netty;

import dev.heartbeat.LivenessEvent;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;

/** The application's handler at the end of a pipeline: consumes and remembers what reaches it. */
final class Collector extends ChannelInboundHandlerAdapter {

    private final List<String> messages = new CopyOnWriteArrayList<>();
    private final List<String> events = new CopyOnWriteArrayList<>();
    private final List<Throwable> failures = new CopyOnWriteArrayList<>();

    /** The frames that came, as {@code text hello}. */
    List<String> messages() {
        return messages;
    }

    /** Liveness events by name, and {@code inactive}. */
    List<String> events() {
        return events;
    }

    /** What was caught. */
    List<Throwable> failures() {
        return failures;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        try {
            if (message instanceof TextWebSocketFrame text) {
                messages.add("text " + text.text());
            } else if (message instanceof WebSocketFrame frame) {
                String kind = frame instanceof PongWebSocketFrame ? "pong " : "frame ";
                messages.add(kind + frame.content().toString(StandardCharsets.US_ASCII));
            } else if (message instanceof ByteBuf bytes) {
                messages.add("bytes " + bytes.readableBytes());
            } else {
                messages.add(message.getClass().getSimpleName());
            }
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof LivenessEvent) {
            events.add(event.getClass().getSimpleName().toLowerCase(Locale.ROOT));
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        events.add("inactive");
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        failures.add(cause);
    }
}
