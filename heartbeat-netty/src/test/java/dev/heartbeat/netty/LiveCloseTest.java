package dev.heartbeat.netty;

import static dev.heartbeat.netty.LiveServer.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.LivenessEvent.Reap;
import dev.heartbeat.ReapReason;
import dev.heartbeat.testkit.Frame;
import dev.heartbeat.testkit.RawPeer;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolConfig;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolHandler;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A close frame on real sockets that the application does not answer, and nothing more of the peer. */
@ExtendWith(NoLeaks.class)
class LiveCloseTest {

    @ParameterizedTest
    @EnumSource
    void isNotSaidToBeHinderedByPausedReading(Transport transport) throws Exception {
        try (LiveServer server = LiveServer.start(
                        transport.orSkip(),
                        (pipeline, heartbeat) -> pipeline.addLast(
                                new WebSocketServerProtocolHandler(WebSocketServerProtocolConfig.newBuilder()
                                        .websocketPath("/chat")
                                        .handleCloseFrames(false)
                                        .build()),
                                heartbeat,
                                new Collector()));
                RawPeer peer = RawPeer.connect(server.uri())) {
            peer.mute();
            Channel channel = server.nextImpatient();
            peer.send(Frame.close(1000));

            await().until(() -> !channel.isOpen());

            Reap reap = server.events.of(Reap.class).get(0);
            assertThat(reap.reason()).isEqualTo(ReapReason.CLOSE_UNFINISHED);
            assertThat(reap.evidence().hindrances()).isEmpty();
        }
    }
}
