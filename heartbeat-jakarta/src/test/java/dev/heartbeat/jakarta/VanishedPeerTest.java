package dev.heartbeat.jakarta;

import static dev.heartbeat.jakarta.Bench.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.LivenessEvent.Reap;
import dev.heartbeat.testkit.Descriptors;
import dev.heartbeat.testkit.Namespace;
import dev.heartbeat.testkit.PeerProcess;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** A peer in another network namespace whose link goes down: nothing arrives any more, and nobody is told. */
@Tag("namespace")
@ParameterizedClass(name = "{0}")
@MethodSource("dev.heartbeat.jakarta.Launcher#chosen")
class VanishedPeerTest {

    private final Launcher launcher;

    VanishedPeerTest(Launcher launcher) {
        this.launcher = launcher;
    }

    @Test
    void reapsAPeerThatVanishes() throws Exception {
        try (Namespace namespace = Namespace.open();
                Bench bench = new Bench(Bench.PATIENT).serveAttached(launcher)) {
            int server = bench.server().port();
            int peer = PeerProcess.start(bench.server().uri(namespace.serverAddress(), "/attached"), namespace)
                    .localPort();
            await("a round trip").until(() -> bench.events().contains("pong"));

            namespace.cut();
            bench.judge(Bench.QUICK);

            Reap reap = bench.await(Reap.class);
            assertThat(reap.evidence().lastRoundTrip()).isPresent();
            assertThat(bench.termination().freed())
                    .as(bench.termination().means())
                    .isTrue();
            await("its descriptor freed").until(() -> !Descriptors.isHeld(server, peer));
            assertThat(bench.events()).endsWith("timeout", "reap");
        }
    }
}
