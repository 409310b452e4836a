package dev.heartbeat.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.HeartbeatPolicy;
import dev.heartbeat.ZombieDetector;
import dev.heartbeat.testkit.TlsMaterial;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What a channel behind TLS tells of the bytes that it has sent: what its peer's socket gets. */
@ExtendWith(NoLeaks.class)
class EncryptedOutputTest {

    private static final int FRAMES = 100;

    private final ZombieDetector detector = ZombieDetector.create(HeartbeatPolicy.defaults());
    private final HeartbeatHandler handler = new HeartbeatHandler(detector);
    private final SlowChannel server = new SlowChannel();
    private EmbeddedChannel client;

    @BeforeEach
    void shakeHands() throws Exception {
        server.pipeline()
                .addLast(SslContextBuilder.forServer(TlsMaterial.keyManagers())
                        .build()
                        .newHandler(server.alloc()))
                .addLast(Pipelines.serverHttp())
                .addLast(Pipelines.serverProtocol(), handler, new Collector());
        client = new EmbeddedChannel(SslContextBuilder.forClient()
                .trustManager(InsecureTrustManagerFactory.INSTANCE)
                .build()
                .newHandler(server.alloc()));
        exchange();
        client.writeOutbound(Unpooled.copiedBuffer(
                "GET /chat HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                        + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n",
                StandardCharsets.US_ASCII));
        exchange();
        assertThat(server.attr(HeartbeatHandler.HEARTBEAT).get()).isNotNull();
    }

    @AfterEach
    void close() {
        detector.close();
        server.unsafe().close(server.newPromise());
        server.finishAndReleaseAll();
        client.finishAndReleaseAll();
    }

    @Test
    void tinyFramesAreCountedAsLongAsTheyAreOnTheWire() {
        long before = handler.facts().sent();

        sendTinyFrames();
        handler.ping(ByteBuffer.wrap("contract".getBytes(StandardCharsets.US_ASCII)));

        long onTheWire = exchange();
        assertThat(onTheWire).isGreaterThan(FRAMES * 20);
        assertThat(handler.facts().sent()).isEqualTo(before + onTheWire);
    }

    @Test
    void whatTheKernelHasNotTakenIsNotCounted() {
        long before = handler.facts().sent();
        server.takesPerFlush(0);

        sendTinyFrames();
        assertThat(handler.facts().sent()).isEqualTo(before);

        server.takesPerFlush(1_000);
        server.unsafe().flush();
        assertThat(handler.facts().sent()).isBetween(before + 900, before + 1_000);
    }

    @Test
    void whatWasOnItsWayOutBeforeTheCountBeganDoesNotHideWhatIsSentLater() {
        server.pipeline().remove(handler);
        server.takesPerFlush(0);
        sendTinyFrames();
        server.pipeline().addLast(handler);
        long before = handler.facts().sent();

        server.takesPerFlush(1_000);
        server.unsafe().flush();

        assertThat(handler.facts().sent()).isBetween(before + 900, before + 1_100);
    }

    @Test
    void theCounterComesWithTheHandlerAndLeavesWithIt() {
        List<String> watched = server.pipeline().names();
        assertThat(server.pipeline().first()).isInstanceOf(EncryptedOutput.class);

        server.pipeline().remove(handler);
        assertThat(server.pipeline().get(EncryptedOutput.class)).isNull();
        assertThat(server.pipeline().names()).hasSize(watched.size() - 2);

        server.pipeline().addLast(handler);
        assertThat(server.pipeline().names()).containsExactlyElementsOf(watched);
    }

    @Test
    void aPipelineWithoutTlsGetsNoFurtherHandler() {
        try (VirtualTimeChannel plain = VirtualTimeChannel.server()) {
            plain.with(Pipelines.serverHttp());
            plain.with(Pipelines.serverProtocol(), plain.heartbeatHandler(), new Collector());
            plain.shakeHands();

            ChannelPipeline pipeline = plain.channel.pipeline();
            assertThat(plain.heartbeat()).isNotNull();
            assertThat(pipeline.get(EncryptedOutput.class)).isNull();
        }
    }

    private void sendTinyFrames() {
        for (int frame = 0; frame < FRAMES; frame++) {
            server.writeAndFlush(new BinaryWebSocketFrame(Unpooled.wrappedBuffer(new byte[1])));
        }
    }

    /** Carries everything to the other end, until nobody says any more; returns how much the server has sent. */
    private long exchange() {
        long sent = 0;
        boolean isSilent = false;
        while (!isSilent) {
            isSilent = true;
            for (ByteBuf bytes = server.readOutbound(); bytes != null; bytes = server.readOutbound()) {
                sent += bytes.readableBytes();
                client.writeInbound(bytes);
                isSilent = false;
            }
            for (ByteBuf bytes = client.readOutbound(); bytes != null; bytes = client.readOutbound()) {
                server.writeInbound(bytes);
                isSilent = false;
            }
        }
        client.releaseInbound();
        return sent;
    }
}
