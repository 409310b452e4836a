package dev.heartbeat.netty;

import static dev.heartbeat.netty.LiveServer.await;

import dev.heartbeat.Heartbeat;
import dev.heartbeat.HeartbeatPolicy;
import dev.heartbeat.LivenessEvent.Pong;
import dev.heartbeat.ZombieDetector;
import dev.heartbeat.netty.Http2Streams.Opened;
import dev.heartbeat.testkit.Descriptors;
import dev.heartbeat.testkit.RecordingListener;
import io.netty.channel.Channel;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;

/** A detector that finds a dead peer in seconds, and streams of one HTTP/2 connection that it watches. */
abstract class Http2Test {

    static final HeartbeatPolicy POLICY = HeartbeatPolicy.builder()
            .pingInterval(Duration.ofSeconds(1))
            .pongTimeout(Duration.ofSeconds(1))
            .reapAfter(Duration.ofSeconds(2))
            .build();

    final RecordingListener heard = new RecordingListener();
    ZombieDetector detector = ZombieDetector.create(POLICY, heard);
    Http2Streams streams;

    @AfterEach
    void close() {
        detector.close();
        if (streams != null) {
            streams.close();
        }
    }

    /** Streams that answer, each of which has been asked. */
    final List<Opened> openLive(int count) throws Exception {
        streams = new Http2Streams(Transport.NIO, detector);
        List<Opened> all = new ArrayList<>();
        for (int stream = 0; stream < count; stream++) {
            Opened opened = streams.open();
            opened.client().config().setAutoRead(true);
            all.add(opened);
        }
        int before = heard.of(Pong.class).size();
        await().until(() -> heard.of(Pong.class).size() >= before + count);
        return all;
    }

    /** The peer's machine stands still: its kernel takes bytes, and nobody reads them. */
    static void freeze(Opened stream) {
        stream.client().parent().config().setAutoRead(false);
    }

    static Heartbeat heartbeat(Opened stream) {
        return stream.server().attr(HeartbeatHandler.HEARTBEAT).get();
    }

    static void onLoop(Channel channel, Runnable what) throws InterruptedException {
        channel.eventLoop().submit(what).sync();
    }

    /** Whether this process holds the descriptor that a connection has, or had. */
    static boolean isHeld(Channel connection) {
        return Descriptors.isHeld(
                ((InetSocketAddress) connection.localAddress()).getPort(),
                ((InetSocketAddress) connection.remoteAddress()).getPort());
    }
}
