package dev.heartbeat.internal.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.heartbeat.SocketState;
import dev.heartbeat.testkit.Frame;
import dev.heartbeat.testkit.PeerProcess;
import dev.heartbeat.testkit.RawPeer;
import dev.heartbeat.testkit.RawServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProtocolFamily;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What this kernel's table tells of real sockets. */
class RealSocketTest {

    private static final SocketState IDLE = new SocketState(0, 0, 0, false);

    private final SocketTable table = new ProcNetTable();

    @BeforeAll
    static void onLinux() {
        assumeThat(Files.isReadable(Path.of("/proc/self/net/tcp"))).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"INET, 127.0.0.1", "INET6, ::1", "INET6, 127.0.0.1", ", 127.0.0.1", ", ::1"})
    void tellsWhatNobodyHasReadOnEachFamily(@Nullable StandardProtocolFamily family, String host) throws Exception {
        try (Pair pair = Pair.open(family, host)) {
            assertThat(state(pair.here)).isEqualTo(IDLE);

            pair.peer.write(ByteBuffer.allocate(20));
            awaitState(pair.here, new SocketState(0, 20, 0, false));
            pair.peer.write(ByteBuffer.allocate(7));
            awaitState(pair.here, new SocketState(0, 27, 0, false));

            pair.here.read(ByteBuffer.allocate(100));
            assertThat(state(pair.here)).isEqualTo(IDLE);
        }
    }

    @Test
    void theEndOfThePeersStreamIsNotUnreadInput() throws Exception {
        try (Pair pair = Pair.open(StandardProtocolFamily.INET, "127.0.0.1")) {
            pair.peer.write(ByteBuffer.allocate(20));
            pair.peer.shutdownOutput();
            awaitState(pair.here, new SocketState(0, 20, 0, false));

            ByteBuffer all = ByteBuffer.allocate(20);
            while (all.hasRemaining()) {
                pair.here.read(all);
            }
            assertThat(state(pair.here)).isEqualTo(IDLE);
            assertThat(pair.here.read(ByteBuffer.allocate(1))).isEqualTo(-1);
            assertThat(state(pair.here)).isEqualTo(IDLE);
        }
    }

    @Test
    void whatAPeerDoesNotReadStandsAndMovesWhenItReads() throws Exception {
        try (Pair pair = Pair.open(StandardProtocolFamily.INET, "127.0.0.1")) {
            pair.here.configureBlocking(false);
            ByteBuffer much = ByteBuffer.allocate(1 << 20);
            Await.until(() -> {
                much.clear();
                return pair.here.write(much) == 0 && stands(pair.here);
            });
            long standing = state(pair.here).unacknowledged();
            assertThat(standing).isGreaterThan(16 * 1024);
            assertThat(state(pair.here).retransmissions()).isZero();
            Await.until(() -> state(pair.here).windowClosed());
            assertThat(state(pair.here).isInFlight()).isFalse();

            ByteBuffer some = ByteBuffer.allocate(256 * 1024);
            Await.until(() -> {
                some.clear();
                pair.peer.read(some);
                return state(pair.here).unacknowledged() < standing;
            });
        }
    }

    @Test
    void theKernelOfAFrozenProcessAcknowledgesAndNothingComes() throws Exception {
        try (RawServer server = RawServer.start();
                PeerProcess peer = PeerProcess.start(server.uri());
                RawPeer here = server.next()) {
            SocketAddresses socket =
                    new SocketAddresses(server.port(), InetAddress.getLoopbackAddress(), peer.localPort());
            peer.freeze();

            here.send(Frame.text("anybody there?"));

            Await.until(() -> IDLE.equals(state(socket)));
            peer.thaw();
        }
    }

    @Test
    void aSocketThatIsClosedIsNotFound() throws Exception {
        try (Pair pair = Pair.open(StandardProtocolFamily.INET, "127.0.0.1")) {
            SocketAddresses socket = addresses(pair.here);
            pair.here.close();

            Await.until(() -> state(socket) == null);
        }
    }

    @Test
    void twoSocketsThatDifferInTheirOwnAddressOnlyAreNotTold() throws Exception {
        InetAddress another = InetAddress.getByName("127.0.0.2");
        try (Pair pair = Pair.open(null, "127.0.0.1");
                SocketChannel likewise = SocketChannel.open()) {
            likewise.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            likewise.bind(pair.peer.getLocalAddress());
            likewise.connect(
                    new InetSocketAddress(another, ((InetSocketAddress) pair.here.getLocalAddress()).getPort()));

            Await.until(() -> {
                try (SocketChannel second = pair.listener.accept()) {
                    return addresses(second).equals(addresses(pair.here)) && state(pair.here) == null;
                }
            });
        }
    }

    private boolean stands(SocketChannel socket) throws IOException {
        long before = state(socket).unacknowledged();
        for (int look = 0; look < 50; look++) {
            if (state(socket).unacknowledged() != before) {
                return false;
            }
        }
        return true;
    }

    private void awaitState(SocketChannel socket, SocketState expected) throws Exception {
        Await.until(() -> expected.equals(state(socket)));
    }

    private @Nullable SocketState state(SocketChannel socket) throws IOException {
        return state(addresses(socket));
    }

    private @Nullable SocketState state(SocketAddresses socket) throws IOException {
        FoundSocket found = table.read(Set.of(socket)).found().get(socket);
        return found == null ? null : found.state();
    }

    private static SocketAddresses addresses(SocketChannel socket) throws IOException {
        InetSocketAddress local = (InetSocketAddress) socket.getLocalAddress();
        InetSocketAddress remote = (InetSocketAddress) socket.getRemoteAddress();
        return new SocketAddresses(local.getPort(), remote.getAddress(), remote.getPort());
    }

    /** Both ends of one connection. */
    private record Pair(ServerSocketChannel listener, SocketChannel here, SocketChannel peer) implements AutoCloseable {

        static Pair open(@Nullable ProtocolFamily family, String host) throws IOException {
            ServerSocketChannel listener = open(family);
            listener.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            boolean isIpv4Only = family == StandardProtocolFamily.INET;
            if (family == null) {
                listener.bind(null);
            } else {
                bind(listener, isIpv4Only ? "127.0.0.1" : host);
            }
            int port = ((InetSocketAddress) listener.getLocalAddress()).getPort();
            SocketChannel peer = isIpv4Only ? SocketChannel.open(StandardProtocolFamily.INET) : SocketChannel.open();
            peer.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            peer.setOption(StandardSocketOptions.TCP_NODELAY, true);
            peer.connect(new InetSocketAddress(host, port));
            return new Pair(listener, listener.accept(), peer);
        }

        private static ServerSocketChannel open(@Nullable ProtocolFamily family) throws IOException {
            return family == null ? ServerSocketChannel.open() : ServerSocketChannel.open(family);
        }

        private static void bind(ServerSocketChannel listener, String host) throws IOException {
            try {
                listener.bind(new InetSocketAddress(host, 0));
            } catch (SocketException withoutFamily) {
                assumeThat(withoutFamily).as("this host has no " + host).isNull();
            }
        }

        @Override
        public void close() throws IOException {
            peer.close();
            here.close();
            listener.close();
        }
    }
}
