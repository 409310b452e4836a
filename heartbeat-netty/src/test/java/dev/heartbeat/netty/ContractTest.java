package dev.heartbeat.netty;

import dev.heartbeat.Connection;
import dev.heartbeat.ZombieDetector;
import dev.heartbeat.testkit.ConnectionContract;
import dev.heartbeat.testkit.WatchingServer;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import java.net.URI;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** The contract of connections holds for channels. */
@ExtendWith(NoLeaks.class)
@ParameterizedClass
@EnumSource
class ContractTest extends ConnectionContract {

    private final Transport transport;

    ContractTest(Transport transport) {
        this.transport = transport;
    }

    @Override
    protected WatchingServer start(ZombieDetector detector) {
        LiveServer server = LiveServer.start(
                transport.orSkip(),
                (pipeline, unused) ->
                        pipeline.addLast(Pipelines.serverProtocol(), new HeartbeatHandler(detector), new Collector()));
        return new WatchingServer() {
            @Override
            public URI uri(String host) {
                return server.uri(host);
            }

            @Override
            public Served next() {
                return new ServedChannel(server.nextWatched());
            }

            @Override
            public void close() {
                server.close();
            }
        };
    }

    private static final class ServedChannel implements WatchingServer.Served {

        private final Channel channel;
        private final Connection connection;

        private ServedChannel(Channel channel) {
            this.channel = channel;
            this.connection = channel.pipeline().get(HeartbeatHandler.class);
        }

        @Override
        public Connection connection() {
            return connection;
        }

        @Override
        public void send(int bytes) {
            channel.writeAndFlush(
                    new BinaryWebSocketFrame(channel.alloc().buffer(bytes).writeZero(bytes)));
        }

        @Override
        public Executor executor() {
            return channel.eventLoop();
        }
    }
}
