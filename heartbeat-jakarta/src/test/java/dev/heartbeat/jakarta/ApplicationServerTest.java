package dev.heartbeat.jakarta;

import static dev.heartbeat.jakarta.Bench.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.jakarta.FreedTable.Situation;
import dev.heartbeat.testkit.Namespace;
import dev.heartbeat.testkit.PeerProcess;
import dev.heartbeat.testkit.RawPeer;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** The library in the {@code WEB-INF/lib} of an application on a real server, whose own classes the application cannot see. */
@ParameterizedClass(name = "{0}", allowZeroInvocations = true)
@MethodSource("dev.heartbeat.jakarta.ApplicationServer#present")
class ApplicationServerTest {

    private static final int BYTES_PER_SECOND = 20_000;

    private static DeployedServer server;

    private final ApplicationServer kind;

    ApplicationServerTest(ApplicationServer kind) {
        this.kind = kind;
    }

    @BeforeParameterizedClassInvocation
    static void start(ApplicationServer kind) throws Exception {
        server = DeployedServer.start(kind);
    }

    @AfterParameterizedClassInvocation
    static void stop() {
        server.close();
    }

    @Test
    void keepsALivePeer() throws Exception {
        try (RawPeer peer = RawPeer.connect(server.uri("live")).live()) {
            await("six round trips").until(() -> server.count("pong", "live") >= 6);

            assertThat(server.holds(peer.localPort())).isTrue();
            assertThat(server.count("reap", "live")).isZero();
        }
    }

    /** Whose pings wait behind megabytes for far longer than the patience, or are refused for as long as that. */
    @Test
    void keepsAPeerThatReadsSlowly() throws Exception {
        try (RawPeer peer =
                RawPeer.connect(server.uri("slow")).slow(BYTES_PER_SECOND).live()) {
            await("it has read for five times the patience").until(() -> peer.taken() > 15 * BYTES_PER_SECOND);

            assertThat(server.count("reap", "slow")).isZero();
        }
    }

    @Test
    void freesAPeerThatNeverAnswers() throws Exception {
        try (RawPeer peer = RawPeer.connect(server.uri("mute")).mute()) {
            assertFreed(Situation.MUTE, "mute", peer.localPort());
        }
    }

    @Test
    void freesAPeerThatIsFrozen() throws Exception {
        try (PeerProcess peer = PeerProcess.start(server.uri("frozen"))) {
            peer.freeze();

            assertFreed(Situation.FROZEN, "frozen", peer.localPort());
        }
    }

    @Test
    void freesAPeerWithUnsentData() throws Exception {
        try (RawPeer peer = RawPeer.connect(server.uri("unsent"))) {
            assertFreed(Situation.UNSENT, "unsent", peer.localPort());
        }
    }

    @Test
    void freesASessionThatTheApplicationClosesThoughItsPeerIsDead() throws Exception {
        try (RawPeer peer = RawPeer.connect(server.uri("closed"))) {
            assertFreed(Situation.CLOSED, "closed", peer.localPort());
        }
    }

    @Test
    void freesADrainedSessionWhosePeerIsDead() throws Exception {
        try (RawPeer peer = RawPeer.connect(server.uri("drained"))) {
            assertFreed(Situation.DRAINED, "drained", peer.localPort());
        }
    }

    @Tag("namespace")
    @Test
    void freesAPeerThatHasVanished() throws Exception {
        try (Namespace namespace = Namespace.open()) {
            int peer = PeerProcess.start(server.uri(namespace.serverAddress(), "vanished"), namespace)
                    .localPort();

            namespace.cut();

            assertFreed(Situation.VANISHED, "vanished", peer);
        }
    }

    /** From the verdict on; who was freed without one, by the close itself, took no time. */
    private void assertFreed(Situation situation, String which, int port) throws Exception {
        await("a verdict on " + which + ", or freed without one")
                .until(() -> server.count("reap", which) > 0 || !server.holds(port));
        long verdict = System.nanoTime();
        await("the descriptor is free").until(() -> !server.holds(port));
        Duration took = Duration.ofNanos(System.nanoTime() - verdict);
        if (server.count("reap", which) == 0) {
            FreedTable.note(kind.product(), situation, false, took, "the close itself");
            return;
        }
        await("the end of the termination")
                .until(() -> server.count("freed", which) + server.count("not freed", which) > 0);
        FreedTable.note(kind.product(), situation, false, took, server.last(which));
        assertThat(server.count("freed", which)).as(server.last(which)).isEqualTo(1);
    }
}
