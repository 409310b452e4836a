package dev.heartbeat.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A proxy passes both ways on what a peer and its server say, and is gone when it is closed. */
class ProxyTest {

    @ParameterizedTest
    @EnumSource
    void aPeerIsServedThroughAProxy(Proxy.Program program) throws Exception {
        try (RawServer server = RawServer.start();
                Proxy proxy = Proxy.start(program, server.port());
                RawPeer device = RawPeer.connect(proxy.uri("127.0.0.1")).live();
                RawPeer served = server.next().mute()) {
            assertThat(served.remotePort()).isNotEqualTo(device.localPort());

            served.send(new Frame(true, Frame.PING, new byte[] {7}));
            assertThat(served.await(Frame.PONG).payload()).containsExactly(7);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aClosedProxyEndsItsConnections(Proxy.Program program) throws Exception {
        try (RawServer server = RawServer.start()) {
            RawPeer device;
            RawPeer served;
            try (Proxy proxy = Proxy.start(program, server.port())) {
                device = RawPeer.connect(proxy.uri("127.0.0.1")).live();
                served = server.next();
            }

            device.awaitEnd();
            served.awaitEnd();
        }
    }
}
