package dev.heartbeat.netty;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameEncoder;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The peer as bytes on the wire: what it says is encoded, what it hears decoded and written down, frame by frame. */
final class WirePeer {

    private final EmbeddedChannel codec;
    private final List<String> heard = new ArrayList<>();

    WirePeer(boolean isClient) {
        WebSocketDecoderConfig config = WebSocketDecoderConfig.newBuilder()
                .expectMaskedFrames(!isClient)
                .allowMaskMismatch(true)
                .allowExtensions(true)
                .maxFramePayloadLength(16 << 20)
                .build();
        codec = new EmbeddedChannel(new WebSocket13FrameEncoder(isClient), new WebSocket13FrameDecoder(config));
    }

    /** What a frame looks like on the wire. */
    byte[] bytes(WebSocketFrame frame) {
        codec.writeOutbound(frame);
        ByteBuf all = codec.alloc().buffer();
        for (ByteBuf part = codec.readOutbound(); part != null; part = codec.readOutbound()) {
            all.writeBytes(part);
            part.release();
        }
        byte[] bytes = ByteBufUtil.getBytes(all);
        all.release();
        return bytes;
    }

    /** Reads what came over the wire; returns the payloads of the pings in it. */
    List<String> hears(ByteBuf bytes) {
        List<String> pings = new ArrayList<>();
        codec.writeInbound(bytes);
        for (WebSocketFrame frame = codec.readInbound(); frame != null; frame = codec.readInbound()) {
            String text = frame.content().toString(StandardCharsets.ISO_8859_1);
            if (frame instanceof PingWebSocketFrame) {
                pings.add(text);
                heard.add("ping " + text);
            } else if (frame instanceof CloseWebSocketFrame close) {
                heard.add("close " + close.statusCode());
            } else {
                heard.add(name(frame) + " " + text);
            }
            frame.release();
        }
        return pings;
    }

    /** Every frame heard so far, as {@code ping 0123456789ab}. */
    List<String> heard() {
        return heard;
    }

    /** The payloads of the pings heard so far. */
    List<String> pings() {
        return heard.stream()
                .filter(frame -> frame.startsWith("ping "))
                .map(frame -> frame.substring("ping ".length()))
                .toList();
    }

    void close() {
        codec.finishAndReleaseAll();
    }

    private static String name(WebSocketFrame frame) {
        return frame instanceof PongWebSocketFrame
                ? "pong"
                : frame instanceof TextWebSocketFrame
                        ? "text"
                        : frame instanceof BinaryWebSocketFrame ? "binary" : "continuation";
    }
}
