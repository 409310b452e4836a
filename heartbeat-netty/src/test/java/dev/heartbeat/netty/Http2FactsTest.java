package dev.heartbeat.netty;

import static dev.heartbeat.netty.LiveServer.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.HeartbeatPolicy;
import dev.heartbeat.Hindrance;
import dev.heartbeat.TransportFacts;
import dev.heartbeat.ZombieDetector;
import dev.heartbeat.netty.Http2Streams.Opened;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2StreamChannel;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What the channel of an HTTP/2 stream tells, which has no outbound buffer. */
@ExtendWith(NoLeaks.class)
class Http2FactsTest {

    /** Pings and judges nobody while a test lasts. */
    private static final HeartbeatPolicy SLOW = HeartbeatPolicy.builder()
            .pingInterval(Duration.ofHours(1))
            .reapAfter(Duration.ofHours(1))
            .build();

    private final ZombieDetector detector = ZombieDetector.create(SLOW);
    private Http2Streams streams;

    @BeforeEach
    void connect() throws Exception {
        streams = new Http2Streams(Transport.NIO, detector);
    }

    @AfterEach
    void close() {
        detector.close();
        streams.close();
    }

    @Test
    void nothingWaitsWhereTheWindowIsOpen() throws Exception {
        LiveFacts stream = LiveFacts.of(streams.open().server());

        stream.ping();

        await().until(() -> !stream.facts().pingWaits());
        assertThat(stream.facts().waiting()).isZero();
    }

    /** By the addresses the kernel would be asked, whose queues hold what belongs to the other streams as well. */
    @Test
    void aStreamTellsThatItSharesItsSocket() throws Exception {
        LiveFacts stream = LiveFacts.of(streams.open().server());
        assertThat(stream.channel().remoteAddress()).isInstanceOf(InetSocketAddress.class);

        assertThat(stream.facts().isSocketShared()).isTrue();
        assertThat(stream.facts().remote())
                .contains((InetSocketAddress) stream.channel().remoteAddress());
        assertThat(stream.facts().sinceArrival()).isEmpty();
    }

    @Test
    void aPongCannotComeOnAnyStreamWhileNobodyReadsOneOfThem() throws Exception {
        LiveFacts stream = LiveFacts.of(streams.open().server());
        Opened sibling = streams.open();
        assertThat(stream.hindrance()).isNotEqualTo(Hindrance.READING_PAUSED);
        sibling.server().config().setAutoRead(false);

        for (int frame = 0; frame < 4; frame++) {
            sibling.client().writeAndFlush(new BinaryWebSocketFrame(Unpooled.wrappedBuffer(new byte[50_000])));
        }

        await().until(() -> stream.hindrance() == Hindrance.READING_PAUSED);
        sibling.server().config().setAutoRead(true);
        await().until(() -> stream.hindrance() != Hindrance.READING_PAUSED);
    }

    @Test
    void whatAStreamSendsIsCounted() throws Exception {
        LiveFacts stream = LiveFacts.of(streams.open().server());
        long before = stream.facts().sent();

        stream.send(1, 1_000);

        await().until(() -> stream.facts().sent() == before + 4 + 1_000);
    }

    /** One message of a size that the windows, used up whenever they open, say nothing of. */
    @Test
    void behindAClosedWindowThePingWaitsAndOutputMovesWithWhatThePeerReads() throws Exception {
        Opened opened = streams.open();
        LiveFacts stream = LiveFacts.of(opened.server());
        stream.send(1, 1 << 20);
        stream.ping();
        await().until(() -> window(opened.server()) == 0);

        TransportFacts before = stream.facts();
        assertThat(before.pingWaits()).isTrue();
        assertThat(before.waiting()).isGreaterThanOrEqualTo(1 << 20);
        stream.send(1, 1 << 10);
        assertThat(stream.facts().progress()).isEqualTo(before.progress());
        assertThat(stream.facts().waiting()).isGreaterThan(before.waiting());

        int moves = 0;
        TransportFacts last = before;
        while (last.pingWaits()) {
            opened.client().read();
            TransportFacts now = stream.facts();
            moves += now.progress() == last.progress() ? 0 : 1;
            last = now;
        }
        assertThat(moves).isGreaterThan(5);
    }

    @Test
    void aStreamWhoseOwnWindowIsClosedDoesNotMoveWithItsSiblings() throws Exception {
        streams.widenConnection();
        Opened frozen = streams.open();
        Opened live = streams.open();
        LiveFacts stuck = LiveFacts.of(frozen.server());
        LiveFacts sibling = LiveFacts.of(live.server());
        stuck.send(1, 1 << 20);
        await().until(() -> window(frozen.server()) == 0);
        TransportFacts before = stuck.facts();

        live.client().config().setAutoRead(true);
        sibling.send(1, 4 << 20);
        sibling.ping();
        await().until(() -> !sibling.facts().pingWaits());

        assertThat(stuck.facts().progress()).isEqualTo(before.progress());
        assertThat(stuck.facts().waiting()).isEqualTo(before.waiting());
    }

    @Test
    void aClosedStreamStillTellsWhatItCan() throws Exception {
        Opened opened = streams.open();
        LiveFacts stream = LiveFacts.of(opened.server());
        stream.send(1, 1 << 20);
        await().until(() -> window(opened.server()) == 0);
        assertThat(stream.facts().waiting()).isPositive();

        stream.channel().close().sync();

        assertThat(stream.facts().waiting()).isEqualTo(TransportFacts.UNKNOWN);
    }

    private static int window(Channel stream) {
        Http2Connection connection =
                stream.parent().pipeline().get(Http2ConnectionHandler.class).connection();
        return stream.eventLoop()
                .submit(() -> connection
                        .remote()
                        .flowController()
                        .windowSize(connection.stream(
                                ((Http2StreamChannel) stream).stream().id())))
                .syncUninterruptibly()
                .getNow();
    }
}
