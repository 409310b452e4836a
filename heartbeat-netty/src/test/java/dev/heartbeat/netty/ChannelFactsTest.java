package dev.heartbeat.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.heartbeat.TransportFacts;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.util.ReferenceCountUtil;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What a channel tells of its output, whose kernel takes as much of it as the test allows. */
@ExtendWith(NoLeaks.class)
class ChannelFactsTest {

    private static final int HEADER_WITH_64_BITS = 10;

    /** What Netty counts for the marker that waits with the output. */
    private static final Offset<Long> MARKER = within(96L);

    private final SlowChannel slow = new SlowChannel();
    private final VirtualTimeChannel peer = VirtualTimeChannel.server(slow);

    @BeforeEach
    void serve() {
        peer.with(Pipelines.serverHttp());
        peer.with(Pipelines.serverProtocol(), peer.heartbeatHandler(), new Collector());
        peer.shakeHands();
        peer.mute();
    }

    @AfterEach
    void close() {
        peer.close();
    }

    @Test
    void nothingWaitsWhereAllIsWritten() {
        send(1 << 10);

        assertThat(facts().waiting()).isZero();
        assertThat(facts().pingWaits()).isFalse();
        assertThat(facts().progress()).isEqualTo(facts().progress());
    }

    @Test
    void outputThatWaitsIsToldInBytesAndMovesWithEachThatTheKernelTakes() {
        slow.takesPerFlush(16 << 10);
        send(1 << 20);
        TransportFacts before = facts();
        assertThat(before.waiting()).isEqualTo((1 << 20) + HEADER_WITH_64_BITS - (16 << 10));

        slow.unsafe().flush();

        assertThat(facts().waiting()).isCloseTo(before.waiting() - (16 << 10), MARKER);
        assertThat(facts().progress()).isNotEqualTo(before.progress());
        assertThat(facts().sent()).isCloseTo(before.sent() + (16 << 10), MARKER);
    }

    @Test
    void outputThatIsStuckDoesNotMoveWhateverIsAddedToIt() {
        slow.takesPerFlush(0);
        send(1 << 20);
        TransportFacts before = facts();

        for (int more = 0; more < 10; more++) {
            send(1 << 10);
            peer.channel.unsafe().flush();

            assertThat(facts().progress()).isEqualTo(before.progress());
            assertThat(facts().sent()).isLessThanOrEqualTo(before.sent());
            assertThat(facts().waiting()).isGreaterThan(before.waiting());
        }
    }

    @Test
    void outputMovesAlsoWhereTheNextMessageIsInTheSameBuffer() {
        slow.takesPerFlush(0);
        ByteBuf recycled = peer.channel.alloc().buffer(1 << 10);
        refill(recycled);
        TransportFacts before = facts();

        slow.takesPerFlush(2 << 10);
        slow.unsafe().flush();
        slow.takesPerFlush(0);
        refill(recycled);

        assertThat(facts().waiting()).isCloseTo(before.waiting(), MARKER);
        assertThat(facts().progress()).isNotEqualTo(before.progress());
        recycled.release();
    }

    @Test
    void outputThatIsGoneHasMoved() {
        slow.takesPerFlush(0);
        send(1 << 10);
        TransportFacts before = facts();

        slow.takesPerFlush(1 << 20);
        slow.unsafe().flush();

        assertThat(facts().waiting()).isZero();
        assertThat(facts().progress()).isNotEqualTo(before.progress());
    }

    @Test
    void bytesAreCountedAsTheyAreOnTheWire() {
        long before = facts().sent();

        send(100);
        assertThat(facts().sent()).isEqualTo(before += 2 + 100);
        send(1_000);
        assertThat(facts().sent()).isEqualTo(before += 4 + 1_000);
        send(100_000);
        assertThat(facts().sent()).isEqualTo(before += HEADER_WITH_64_BITS + 100_000);
        ping();
        assertThat(facts().sent()).isEqualTo(before += 2 + 8);
        peer.channel.writeAndFlush(Unpooled.wrappedBuffer(new byte[7]));
        assertThat(facts().sent()).isEqualTo(before + 7);
    }

    @Test
    void aClientsFramesAreCountedWithTheirMasks() {
        try (VirtualTimeChannel client = VirtualTimeChannel.client()) {
            client.with(Pipelines.clientHttp());
            client.with(Pipelines.clientProtocol(), client.heartbeatHandler(), new Collector());
            client.shakeHands();
            HeartbeatHandler handler = client.channel.pipeline().get(HeartbeatHandler.class);
            long before = handler.facts().sent();

            client.channel.writeAndFlush(new BinaryWebSocketFrame(Unpooled.wrappedBuffer(new byte[100])));

            assertThat(handler.facts().sent()).isEqualTo(before + 2 + 4 + 100);
        }
    }

    @Test
    void aPingWaitsUntilTheKernelHasIt() {
        slow.takesPerFlush(0);
        ping();
        assertThat(facts().pingWaits()).isTrue();

        slow.takesPerFlush(1 << 10);
        slow.unsafe().flush();

        assertThat(facts().pingWaits()).isFalse();
    }

    @Test
    void aPingThatAHandlerKeepsWaitsThoughNoOutputDoes() {
        Keeper keeper = new Keeper();
        peer.channel.pipeline().addFirst(keeper);
        ping();

        assertThat(facts().pingWaits()).isTrue();
        assertThat(facts().waiting()).isZero();

        keeper.letGo();

        assertThat(facts().pingWaits()).isFalse();
    }

    @Test
    void aSecondPingWaitsThoughTheFirstHasLeft() {
        Keeper keeper = new Keeper();
        peer.channel.pipeline().addFirst(keeper);
        ping();
        ChannelPromise first = keeper.kept;
        ReferenceCountUtil.release(keeper.message);
        ping();

        first.setSuccess();

        assertThat(facts().pingWaits()).isTrue();
        keeper.letGo();
        assertThat(facts().pingWaits()).isFalse();
    }

    @Test
    void aPingThatThePipelineRefusesDoesNotWait() {
        peer.channel.pipeline().addFirst(new ChannelOutboundHandlerAdapter() {
            @Override
            public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
                ReferenceCountUtil.release(message);
                promise.setFailure(new IllegalStateException("not now"));
            }
        });

        ping();

        assertThat(facts().pingWaits()).isFalse();
        assertThat(handler().seesPongs()).isFalse();
    }

    @Test
    void aChannelThatIsNoSocketHasNoAddressesAndKnowsOfNoArrival() {
        assertThat(facts().local()).isEmpty();
        assertThat(facts().remote()).isEmpty();
        assertThat(facts().sinceArrival()).isEmpty();
    }

    @Test
    void aClosedChannelStillTellsWhatItCan() {
        HeartbeatHandler handler = handler();
        slow.takesPerFlush(0);
        send(1 << 20);
        assertThat(facts().waiting()).isPositive();

        peer.channel.unsafe().close(peer.channel.newPromise());

        assertThat(handler.facts().waiting()).isEqualTo(TransportFacts.UNKNOWN);
        assertThat(handler.facts().sent()).isNotNegative();
    }

    private void send(int bytes) {
        peer.channel.writeAndFlush(new BinaryWebSocketFrame(Unpooled.wrappedBuffer(new byte[bytes])));
    }

    /** Sends what a pool makes of a buffer that has been sent: the same object, with the next binary message in it. */
    private void refill(ByteBuf recycled) {
        recycled.clear().writeByte(0x82).writeByte(126).writeShort(1020).writeZero(1020);
        peer.channel.writeAndFlush(recycled.retain());
    }

    private void ping() {
        handler().ping(ByteBuffer.wrap("contract".getBytes(StandardCharsets.US_ASCII)));
    }

    private TransportFacts facts() {
        return handler().facts();
    }

    private HeartbeatHandler handler() {
        return peer.channel.pipeline().get(HeartbeatHandler.class);
    }

    /** Keeps the latest message back, as a shaper does. */
    private static final class Keeper extends ChannelOutboundHandlerAdapter {
        private ChannelHandlerContext here;
        private Object message;
        private ChannelPromise kept;

        @Override
        public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
            here = ctx;
            this.message = message;
            kept = promise;
        }

        private void letGo() {
            here.writeAndFlush(message, kept);
        }
    }
}
