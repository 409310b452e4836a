package dev.heartbeat.jakarta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;
import static org.mockito.Mockito.withSettings;

import jakarta.websocket.Session;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AddressesTest {

    @ParameterizedTest
    @ValueSource(strings = {"192.0.2.7", "2001:db8::7", "::ffff:192.0.2.7", "fe80::1%1"})
    void takesWhatTyrusTells(String address) {
        assertThat(Addresses.of(8080, address, 1234)).hasValueSatisfying(ends -> {
            assertThat(ends.local().getPort()).isEqualTo(8080);
            assertThat(ends.remote().getPort()).isEqualTo(1234);
            assertThat(ends.remote().isUnresolved()).isFalse();
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "unknown", "device.example", "dead.beef", "_hidden", "1.2.3.4, 5.6.7.8"})
    void asksNobodyForAName(String address) {
        assertThat(Addresses.of(8080, address, 1234)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, 65_536})
    void takesNoPortThatIsNone(int port) {
        assertThat(Addresses.of(8080, "192.0.2.7", port)).isEmpty();
        assertThat(Addresses.of(port, "192.0.2.7", 1234)).isEmpty();
    }

    @Test
    void knowsNoEndsOfASocketThatIsNotTcp() {
        assertThat(Addresses.of(UnixDomainSocketAddress.of("/socket"), UnixDomainSocketAddress.of("")))
                .isEmpty();
    }

    @Test
    void asksAChannelThatIsLikeThoseOfNetty() {
        Session session = mock(Session.class, withSettings().extraInterfaces(Channelled.class));
        InetSocketAddress local = new InetSocketAddress("192.0.2.1", 8080);
        InetSocketAddress remote = new InetSocketAddress("192.0.2.7", 1234);
        when(((Channelled) session).getChannel()).thenReturn(new Channel(local, remote));

        assertThat(Addresses.told(session)).contains(new Addresses(local, remote));
    }

    @Test
    void knowsNothingOfASessionThatTellsNothing() {
        assertThat(Addresses.told(mock(Session.class))).isEmpty();
    }

    /** A session with a channel. */
    public interface Channelled {

        /** The channel. */
        Object getChannel();
    }

    /** A channel with the methods of Netty's. */
    public record Channel(SocketAddress localAddress, SocketAddress remoteAddress) {}
}
