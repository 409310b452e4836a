package dev.heartbeat.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class DescriptorsTest {

    @Test
    void countsTheServersEndsOfOpenConnectionsOnly() throws IOException {
        assumeTrue(Files.exists(Path.of("/proc/self/net/tcp")), "descriptors are counted by /proc");
        try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            Descriptors descriptors = new Descriptors(server.getLocalPort());
            assertThat(descriptors.count()).hasValue(0);

            Socket first = dial(server);
            Socket firstAccepted = server.accept();
            Socket second = dial(server);
            Socket secondAccepted = server.accept();
            assertThat(descriptors.count()).hasValue(2);

            firstAccepted.close();
            assertThat(descriptors.count()).hasValue(1);

            second.close();
            assertThat(descriptors.count()).hasValue(1);

            secondAccepted.close();
            first.close();
            assertThat(descriptors.count()).hasValue(0);
        }
    }

    private static Socket dial(ServerSocket server) throws IOException {
        return new Socket(server.getInetAddress(), server.getLocalPort());
    }
}
