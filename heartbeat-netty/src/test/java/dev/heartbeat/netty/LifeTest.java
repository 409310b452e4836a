package dev.heartbeat.netty;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.Heartbeat;
import dev.heartbeat.LivenessEvent;
import dev.heartbeat.Quirk;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.ContinuationWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrameAggregator;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What counts as life, and what does not, on a server with the protocol handler as Netty sets it up by default. */
@ExtendWith(NoLeaks.class)
class LifeTest {

    private final Collector application = new Collector();
    private final VirtualTimeChannel peer = VirtualTimeChannel.server();

    @AfterEach
    void close() {
        peer.close();
    }

    @Test
    void neverReapsAPeerThatOnlyAnswersPingsWhoseAnswersTheProtocolHandlerDrops() {
        serve();

        peer.advance(Duration.ofMinutes(5));

        assertThat(peer.channel.isOpen()).isTrue();
        assertThat(peer.peer().pings()).hasSizeBetween(29, 36);
        assertThat(peer.eventNames()).containsOnly("pong");
        assertThat(application.messages()).isEmpty();
    }

    @Test
    void reapsAPeerThatNeverAnswers() {
        serve();

        peer.mute().advance(VirtualTimeChannel.POLICY.detectionTime());

        assertThat(peer.channel.isOpen()).isFalse();
        assertThat(peer.eventNames()).containsExactly("timeout", "reap");
        assertThat(application.events()).containsExactly("timeout", "reap", "inactive");
        assertThat(peer.peer().pings()).hasSize(1);
    }

    @Test
    void tellsThePipelineOfARecovery() {
        serve();

        peer.mute().advance(Duration.ofMillis(14_500));
        peer.send(new TextWebSocketFrame("here I am"));
        peer.advance(Duration.ofSeconds(1));

        assertThat(application.events()).startsWith("timeout", "recovery");
        assertThat(peer.channel.isOpen()).isTrue();
    }

    @Test
    void aFrameThatTricklesInKeepsItsPeerAlive() {
        serve();
        byte[] frame = peer.bytes(new BinaryWebSocketFrame(Unpooled.wrappedBuffer(new byte[1 << 20])));
        peer.mute();

        peer.advance(Duration.ofSeconds(60), second -> {
            int part = frame.length / 60;
            peer.sendBytes(Arrays.copyOfRange(frame, second * part, second == 59 ? frame.length : (second + 1) * part));
        });

        assertThat(peer.channel.isOpen()).isTrue();
        assertThat(application.messages()).hasSize(1);
        assertThat(peer.eventNames()).isEmpty();
    }

    @Test
    void fragmentsAreLifeThoughAnAggregatorHidesThem() {
        peer.with(Pipelines.serverHttp());
        peer.with(
                Pipelines.serverProtocol(),
                new WebSocketFrameAggregator(1 << 20),
                peer.heartbeatHandler(),
                application);
        peer.shakeHands().mute();
        peer.send(new TextWebSocketFrame(false, 0, "begins"));

        peer.advance(
                Duration.ofSeconds(60),
                second -> peer.send(new ContinuationWebSocketFrame(second == 59, 0, " goes on")));

        assertThat(peer.channel.isOpen()).isTrue();
        assertThat(application.messages()).hasSize(1);
    }

    @Test
    void aPingFromThePeerIsLife() {
        serve();
        peer.mute();

        peer.advance(Duration.ofSeconds(60), second -> peer.send(new PingWebSocketFrame()));

        assertThat(peer.channel.isOpen()).isTrue();
        assertThat(peer.peer().heard()).filteredOn("pong "::equals).hasSize(60);
    }

    @ParameterizedTest
    @CsvSource({"'', TRUNCATED_PONGS", "z, FOREIGN_PONGS", "something else altogether, FOREIGN_PONGS"})
    void aPongWithAPayloadThatWeNeverSentIsLifeAndToldOnce(String payload, Quirk quirk) {
        serve();
        peer.mute();

        peer.advance(Duration.ofSeconds(60), second -> peer.send(pong(payload)));

        assertThat(peer.channel.isOpen()).isTrue();
        assertThat(peer.eventNames()).containsExactly("quirky");
        assertThat(peer.events.of(LivenessEvent.Quirky.class).get(0).quirk()).isEqualTo(quirk);
    }

    @Test
    void aFloodOfForgedPongsNeitherGivesARoundTripNorHoldsMemory() {
        serve();
        peer.mute().advance(Duration.ofSeconds(11));
        byte[] forged = peer.bytes(pong("0123456789ab"));

        for (int i = 0; i < 10_000; i++) {
            peer.sendBytes(forged);
        }

        assertThat(peer.events.of(LivenessEvent.Pong.class)).isEmpty();
        assertThat(peer.heartbeat().lastRoundTrip()).isEmpty();
    }

    @Test
    void keepsItsOwnPongsAndForwardsForeignOnes() {
        servePongsToTheApplication();

        peer.advance(Duration.ofSeconds(60));
        peer.send(pong("hello"));

        assertThat(application.messages()).containsExactly("pong hello");
    }

    @Test
    void anAnswerThatComesAfterOtherDataIsStillItsOwn() {
        servePongsToTheApplication();
        peer.mute().advance(Duration.ofSeconds(11));
        String payload = peer.peer().pings().get(0);

        peer.send(new TextWebSocketFrame("first"));
        peer.advance(Duration.ofSeconds(2));
        peer.send(pong(payload));

        assertThat(application.messages()).containsExactly("text first");
    }

    @Test
    void everyPingHasAPayloadOfItsOwn() {
        serve();

        peer.advance(Duration.ofMinutes(2));

        assertThat(peer.peer().pings()).hasSizeGreaterThan(8).allMatch(payload -> payload.matches("[0-9a-z]{8,12}"));
        assertThat(new HashSet<>(peer.peer().pings())).hasSameSizeAs(peer.peer().pings());
    }

    /** Netty's encoder moves the reader index of what it sends unmasked: a second ping of the same buffer would be empty. */
    @Test
    void sendingAPingLeavesItsPayloadForTheNextOneToSend() {
        serve();
        HeartbeatHandler handler = peer.channel.pipeline().get(HeartbeatHandler.class);
        ByteBuffer payload = ByteBuffer.wrap("0123456789".getBytes(US_ASCII));

        for (int i = 0; i < 3; i++) {
            handler.ping(payload);
        }
        peer.advance(Duration.ofMillis(10));

        assertThat(peer.peer().pings()).containsExactly("0123456789", "0123456789", "0123456789");
        assertThat(payload.remaining()).isEqualTo(10);
    }

    @Test
    void theHeartbeatIsFoundByItsAttributeWhileTheChannelIsWatched() {
        serve();
        peer.advance(Duration.ofSeconds(11));
        Heartbeat heartbeat = peer.heartbeat();

        assertThat(heartbeat.isWatched()).isTrue();
        assertThat(heartbeat.lastRoundTrip()).isPresent();

        peer.channel.close();

        assertThat(heartbeat.isWatched()).isFalse();
        assertThat(peer.eventNames()).endsWith("closed");
        assertThat(peer.heartbeat()).isNull();
    }

    private void serve() {
        serve(true);
    }

    private void servePongsToTheApplication() {
        serve(false);
    }

    private void serve(boolean dropsPongs) {
        peer.with(Pipelines.serverHttp());
        peer.with(Pipelines.serverProtocol(dropsPongs), peer.heartbeatHandler(), application);
        peer.shakeHands();
    }

    private static WebSocketFrame pong(String payload) {
        return new PongWebSocketFrame(Unpooled.copiedBuffer(payload, US_ASCII));
    }
}
