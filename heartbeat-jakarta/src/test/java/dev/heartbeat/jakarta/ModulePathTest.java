package dev.heartbeat.jakarta;

import static dev.heartbeat.jakarta.Bench.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.testkit.Descriptors;
import dev.heartbeat.testkit.RawPeer;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The library as a named module, beside a container and an application that are named modules. */
class ModulePathTest {

    /** Shorter than any container's own way to free it. */
    private static final Duration BOUND = Duration.ofSeconds(25);

    @ParameterizedTest
    @MethodSource("dev.heartbeat.jakarta.ModularContainer#chosen")
    void reapsAndFreesAmongModules(ModularContainer container) throws Exception {
        try (ModuleApplication application = ModuleApplication.start(container);
                RawPeer live = RawPeer.connect(application.uri("/wrapped")).live();
                RawPeer mute = RawPeer.connect(application.uri("/attached")).mute();
                RawPeer wrapped = RawPeer.connect(application.uri("/wrapped")).mute();
                RawPeer unsent = RawPeer.connect(application.uri("/unsent"))) {
            for (RawPeer dead : List.of(mute, wrapped, unsent)) {
                await(container + " frees the descriptor")
                        .atMost(BOUND)
                        .until(() -> !Descriptors.isHeld(application.pid(), application.port(), dead.localPort()));
            }

            await("three verdicts").until(() -> application.reaped().size() == 3);
            assertThat(application.reaped())
                    .as("what frees it, and what waits to be sent, is in reach")
                    .containsExactlyInAnyOrder(
                            "NOT_ANSWERED freed empty", "NOT_ANSWERED freed empty", "PING_STUCK freed waiting");
            assertThat(live.hasEnded()).isFalse();
        }
    }
}
