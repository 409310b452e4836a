package dev.heartbeat.internal.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.SocketState;
import dev.heartbeat.testkit.Namespace;
import dev.heartbeat.testkit.PeerProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ForkJoinPool;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What the kernel's table tells of a peer whose link goes down. */
@Tag("namespace")
class VanishedSocketTest {

    private final SocketTable table = new ProcNetTable();

    @Test
    void whatAVanishedPeerDoesNotAcknowledgeIsSentAnewAndAnew() throws Exception {
        try (Namespace namespace = Namespace.open();
                ServerSocket server = new ServerSocket(0)) {
            CompletableFuture<Socket> accepted =
                    CompletableFuture.supplyAsync(() -> accept(server), ForkJoinPool.commonPool());
            URI uri = URI.create("ws://" + namespace.serverAddress() + ":" + server.getLocalPort() + "/");
            PeerProcess.start(uri, namespace).localPort();
            try (Socket socket = accepted.get()) {
                SocketAddresses addresses =
                        new SocketAddresses(socket.getLocalPort(), socket.getInetAddress(), socket.getPort());
                Await.until(() -> new SocketState(0, 0, 0, false).equals(state(addresses)));

                namespace.cut();
                socket.getOutputStream().write(new byte[14]);

                Await.until(() -> retransmissions(addresses) >= 2);
                Await.until(() -> retransmissions(addresses) >= 4);
                assertThat(state(addresses))
                        .extracting("unacknowledged", "unread")
                        .containsExactly(14L, 0L);
            }
        }
    }

    private static Socket accept(ServerSocket server) {
        try {
            Socket socket = server.accept();
            // The peer only wants to know that it is no refusal.
            String answer = "HTTP/1.1 101 Switching Protocols\r\n\r\n";
            socket.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
            String request = "";
            while (!request.endsWith("\r\n\r\n")) {
                request += (char) socket.getInputStream().read();
            }
            return socket;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private int retransmissions(SocketAddresses socket) throws IOException {
        SocketState state = state(socket);
        return state == null ? -1 : state.retransmissions();
    }

    private @Nullable SocketState state(SocketAddresses socket) throws IOException {
        FoundSocket found = table.read(Set.of(socket)).found().get(socket);
        return found == null ? null : found.state();
    }
}
