package dev.heartbeat.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.ReapReason;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolConfig;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolHandler;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Once a close frame was sent or received, nobody is pinged, and the handshake that closes has the patience to finish. */
@ExtendWith(NoLeaks.class)
class ClosingTest {

    private final VirtualTimeChannel peer = VirtualTimeChannel.server();

    @AfterEach
    void close() {
        peer.close();
    }

    @Test
    void reapsAPeerThatNeverAnswersACloseFrame() {
        serve();
        peer.advance(Duration.ofSeconds(11));
        int pings = peer.peer().pings().size();

        peer.channel.writeAndFlush(new CloseWebSocketFrame(1001, "going away"));
        peer.advance(Duration.ofMillis(7_900), second -> peer.send(new TextWebSocketFrame("still here")));
        assertThat(peer.channel.isOpen()).isTrue();
        peer.advance(Duration.ofSeconds(1));

        assertThat(peer.channel.isOpen()).isFalse();
        assertThat(peer.reap().reason()).isEqualTo(ReapReason.CLOSE_UNFINISHED);
        assertThat(peer.peer().pings()).hasSize(pings);
    }

    @Test
    void aCloseThatThePeerAnswersIsNoReap() {
        serve();

        peer.channel.writeAndFlush(new CloseWebSocketFrame(1001, "going away"));
        peer.advance(Duration.ofSeconds(2));
        peer.send(new CloseWebSocketFrame(1001, "bye"));
        peer.advance(Duration.ofSeconds(30));

        assertThat(peer.eventNames()).containsExactly("closed");
    }

    @Test
    void reapsAChannelThatTheApplicationLeavesOpenAfterThePeersCloseFrame() {
        serveWithoutAnswersToCloseFrames();

        peer.send(new CloseWebSocketFrame(1000, "bye"));
        peer.advance(Duration.ofSeconds(9));

        assertThat(peer.peer().pings()).isEmpty();
        assertThat(peer.reap().reason()).isEqualTo(ReapReason.CLOSE_UNFINISHED);
        assertThat(peer.reap().evidence().hindrances()).isEmpty();
    }

    @Test
    void aPauseThatWasOverBeforeTheCloseBeganIsNotSaidToHinderIt() {
        serveWithoutAnswersToCloseFrames();
        peer.channel.config().setAutoRead(false);
        peer.channel.config().setAutoRead(true);

        peer.send(new CloseWebSocketFrame(1000, "bye"));
        peer.advance(Duration.ofSeconds(9));

        assertThat(peer.reap().evidence().hindrances()).isEmpty();
        assertThat(peer.reap().explain()).contains(" since the close began");
    }

    /** An application that asks for each message does not ask for one behind the last. */
    @Test
    void readingNoMoreAfterThePeersCloseFrameIsNoHindrance() {
        serveWithoutAnswersToCloseFrames();
        peer.channel.config().setAutoRead(false);
        peer.channel.read();

        peer.send(new CloseWebSocketFrame(1000, "bye"));
        peer.advance(Duration.ofSeconds(9));

        assertThat(peer.reap().evidence().hindrances()).isEmpty();
    }

    @Test
    void isStillClosingWhenTheHandlerIsAddedAgain() {
        serve();
        peer.channel.writeAndFlush(new CloseWebSocketFrame(1001, "going away"));

        addAgain();
        peer.advance(Duration.ofSeconds(9));

        assertThat(peer.peer().pings()).isEmpty();
        assertThat(peer.reap().reason()).isEqualTo(ReapReason.CLOSE_UNFINISHED);
        assertThat(peer.reap().evidence().hindrances()).isEmpty();
    }

    @Test
    void isStillClosedByThePeerWhenTheHandlerIsAddedAgain() {
        serveWithoutAnswersToCloseFrames();
        peer.send(new CloseWebSocketFrame(1000, "bye"));

        addAgain();
        peer.advance(Duration.ofSeconds(9));

        assertThat(peer.peer().pings()).isEmpty();
        assertThat(peer.reap().reason()).isEqualTo(ReapReason.CLOSE_UNFINISHED);
        assertThat(peer.reap().evidence().hindrances()).isEmpty();
    }

    private void addAgain() {
        HeartbeatHandler handler = peer.channel.pipeline().get(HeartbeatHandler.class);
        peer.channel.pipeline().remove(handler);
        peer.channel.pipeline().addLast(handler);
    }

    @Test
    void closingAtTheProtocolHandlerIsClosing() {
        serve();
        peer.mute();

        peer.channel.close();
        peer.advance(Duration.ofMinutes(1));

        assertThat(peer.peer().pings()).isEmpty();
        assertThat(peer.eventNames()).containsExactly("closed");
    }

    private void serveWithoutAnswersToCloseFrames() {
        peer.with(Pipelines.serverHttp());
        peer.with(
                new WebSocketServerProtocolHandler(WebSocketServerProtocolConfig.newBuilder()
                        .websocketPath("/chat")
                        .handleCloseFrames(false)
                        .build()),
                peer.heartbeatHandler(),
                new Collector());
        peer.shakeHands();
    }

    private void serve() {
        peer.with(Pipelines.serverHttp());
        peer.with(Pipelines.serverProtocol(), peer.heartbeatHandler(), new Collector());
        peer.shakeHands();
    }
}
