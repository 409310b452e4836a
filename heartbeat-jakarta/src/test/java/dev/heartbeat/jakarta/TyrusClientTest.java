package dev.heartbeat.jakarta;

import static dev.heartbeat.jakarta.Bench.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.LivenessEvent.Reap;
import dev.heartbeat.testkit.Descriptors;
import dev.heartbeat.testkit.RawServer;
import jakarta.websocket.ClientEndpointConfig;
import jakarta.websocket.Session;
import java.nio.ByteBuffer;
import java.util.stream.Stream;
import org.glassfish.tyrus.client.ClientManager;
import org.glassfish.tyrus.client.ClientProperties;
import org.glassfish.tyrus.container.grizzly.client.GrizzlyClientContainer;
import org.glassfish.tyrus.container.jdk.client.JdkClientContainer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Both clients of Tyrus, on Grizzly and on the JDK's channels, let go of a server that is silent. */
class TyrusClientTest {

    private static final int MORE_THAN_THE_KERNEL_TAKES = 16 << 20;

    private final Bench bench = new Bench(Bench.PATIENT);

    @AfterEach
    void end() {
        bench.close();
    }

    static Stream<Arguments> all() {
        return Stream.of(GrizzlyClientContainer.class, JdkClientContainer.class)
                .flatMap(container -> Stream.of(
                        Arguments.of(container.getName(), 0),
                        Arguments.of(container.getName(), MORE_THAN_THE_KERNEL_TAKES)));
    }

    @ParameterizedTest
    @MethodSource("all")
    void freesAServerThatDoesNotRead(String container, int unsent) throws Exception {
        RawServer server = bench.closing(RawServer.start());
        Session session = connect(container, server);
        session.getAsyncRemote().sendBinary(ByteBuffer.allocate(unsent), sent -> {});

        bench.judge(Bench.QUICK);

        bench.await(Reap.class);
        assertThat(bench.termination().freed()).as(bench.termination().means()).isTrue();
        await("the descriptor is free").until(() -> !Descriptors.isHeldByClient(server.port()));
    }

    /** The client counts its channels, and stops its threads some time after the last one. */
    @Test
    void leavesNoThreadOfTheJdkClientBehind() throws Exception {
        freesAServerThatDoesNotRead(JdkClientContainer.class.getName(), MORE_THAN_THE_KERNEL_TAKES);

        await("its threads have ended")
                .until(() -> Thread.getAllStackTraces().keySet().stream()
                        .noneMatch(thread -> thread.getName().contains("tyrus-jdk-client-")));
    }

    private Session connect(String container, RawServer server) throws Exception {
        ClientManager client = ClientManager.createClient(container);
        client.getProperties().put(ClientProperties.SHARED_CONTAINER_IDLE_TIMEOUT, 1);
        Session session = client.connectToServer(
                new Endpoints.Scripted(opened -> {}),
                ClientEndpointConfig.Builder.create().build(),
                server.uri());
        bench.watches(SessionHeartbeat.attach(session, bench.detector));
        return session;
    }
}
