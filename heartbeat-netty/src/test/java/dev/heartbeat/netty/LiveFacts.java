package dev.heartbeat.netty;

import dev.heartbeat.Hindrance;
import dev.heartbeat.TransportFacts;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;

/** A watched channel, asked and told on its event loop. */
record LiveFacts(Channel channel, HeartbeatHandler handler) {

    static LiveFacts of(Channel channel) {
        return new LiveFacts(channel, channel.pipeline().get(HeartbeatHandler.class));
    }

    TransportFacts facts() {
        return onLoop(handler::facts);
    }

    Hindrance hindrance() {
        return onLoop(handler::hindrance);
    }

    void ping() {
        onLoop(() -> {
            handler.ping(ByteBuffer.wrap("contract".getBytes(StandardCharsets.US_ASCII)));
            return true;
        });
    }

    void send(int frames, int bytes) {
        onLoop(() -> {
            for (int frame = 0; frame < frames; frame++) {
                channel.write(new BinaryWebSocketFrame(Unpooled.wrappedBuffer(new byte[bytes])));
            }
            return channel.flush();
        });
    }

    private <T> T onLoop(Callable<T> task) {
        return channel.eventLoop().submit(task).syncUninterruptibly().getNow();
    }
}
