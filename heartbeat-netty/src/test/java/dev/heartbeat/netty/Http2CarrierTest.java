package dev.heartbeat.netty;

import static dev.heartbeat.netty.LiveServer.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.LivenessEvent.Pong;
import dev.heartbeat.LivenessEvent.Reap;
import dev.heartbeat.LivenessEvent.Timeout;
import dev.heartbeat.ReapReason;
import dev.heartbeat.Termination;
import dev.heartbeat.ZombieDetector;
import dev.heartbeat.netty.Http2Streams.Opened;
import io.netty.channel.Channel;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Many WebSockets on one HTTP/2 connection: what is said of the connection holds for each, what is said of one for no other. */
@ExtendWith(NoLeaks.class)
class Http2CarrierTest extends Http2Test {

    @Test
    void aDeadConnectionIsAskedOnceAndTakesItsStreamsWithIt() throws Exception {
        List<Opened> all = openLive(5);
        Channel connection = all.get(0).server().parent();

        freeze(all.get(0));

        await().until(() -> !connection.isOpen());
        await().until(() -> heard.of(Reap.class).size() >= 6);
        assertThat(all).allMatch(stream -> !stream.server().isOpen());
        // One stream's ping may have been out when its peer froze.
        assertThat(heard.of(Timeout.class)).hasSizeBetween(1, 2);
        assertThat(reasonsOfStreams())
                .filteredOn(ReapReason.CARRIER_LOST::equals)
                .hasSizeGreaterThanOrEqualTo(4);
        assertThat(heard.of(Reap.class))
                .allSatisfy(reap -> assertThat(reap.termination())
                        .succeedsWithin(Duration.ofSeconds(60))
                        .satisfies(ended -> assertThat(ended.means()).contains("reset")));
        assertThat(isHeld(connection)).isFalse();
    }

    @Test
    void theApplicationHearsOfEachStreamBeforeItIsClosed() throws Exception {
        List<Opened> all = openLive(3);

        freeze(all.get(0));

        await().until(() -> heard.of(Reap.class).size() >= 4);
        for (Opened stream : all) {
            await().until(() -> collector(stream).events().contains("inactive"));
            assertThat(collector(stream).events()).endsWith("reap", "inactive");
        }
    }

    /** Behind a proxy each stream is another device, and the silence of one says nothing of the others. */
    @Test
    void aDeadDeviceBehindALivingProxyLosesNothingButItsStream() throws Exception {
        List<Opened> all = openLive(3);
        Opened dead = all.get(1);

        dead.client().config().setAutoRead(false);

        await().until(() -> !dead.server().isOpen());
        int pongs = heard.of(Pong.class).size();
        await().until(() -> heard.of(Pong.class).size() >= pongs + 5);
        assertThat(all.get(0).server().isOpen()).isTrue();
        assertThat(all.get(2).server().isOpen()).isTrue();
        assertThat(heard.of(Reap.class)).singleElement().satisfies(reap -> {
            assertThat(reap.reason()).isIn(ReapReason.NO_ANSWER, ReapReason.NOT_ANSWERED);
            assertThat(reap.termination())
                    .succeedsWithin(Duration.ofSeconds(60))
                    .isEqualTo(Termination.notFreed("reset of the stream; its connection goes on"));
        });
    }

    @Test
    void theConnectionGoesWithTheLastOfItsStreams() throws Exception {
        Opened only = openLive(1).get(0);
        Channel connection = only.server().parent();

        only.client().config().setAutoRead(false);

        await().until(() -> !connection.isOpen());
        await().until(() -> !heard.of(Reap.class).isEmpty());
        assertThat(heard.of(Reap.class))
                .singleElement()
                .satisfies(reap -> assertThat(reap.termination())
                        .succeedsWithin(Duration.ofSeconds(60))
                        .isEqualTo(Termination.freed("reset of its connection")));
        assertThat(isHeld(connection)).isFalse();
    }

    @Test
    void theConnectionStaysForOthersIfTheyAreToBeSpared() throws Exception {
        List<Opened> all = openLive(2);
        Opened watched = all.get(0);
        Channel unwatched = all.get(1).server();
        onLoop(unwatched, () -> unwatched.pipeline().remove(HeartbeatHandler.class));
        watched.server().pipeline().get(HeartbeatHandler.class).withUnwatchedStreams();

        watched.client().config().setAutoRead(false);

        await().until(() -> !watched.server().isOpen());
        assertThat(heard.of(Reap.class))
                .singleElement()
                .satisfies(reap -> assertThat(reap.termination())
                        .succeedsWithin(Duration.ofSeconds(60))
                        .isEqualTo(Termination.notFreed("reset of the stream; its connection goes on")));
        assertThat(unwatched.isOpen()).isTrue();
    }

    @Test
    void aLiveConnectionIsNotCountedAmongTheWebSockets() throws Exception {
        openLive(3);
        await().until(() -> heard.of(Pong.class).size() >= 10);

        await().until(() -> detector.watched() == 3);
        assertThat(heard.of(Timeout.class)).isEmpty();
    }

    @Test
    void aConnectionIsNotAskedWhileTheDeviceBehindOneOfItsStreamsSleeps() throws Exception {
        List<Opened> all = openLive(2);
        heartbeat(all.get(0)).expectSilence(Duration.ofHours(1));

        freeze(all.get(0));

        await().until(() -> !heard.of(Reap.class).isEmpty());
        assertThat(reasonsOfStreams()).hasSize(1).doesNotContain(ReapReason.CARRIER_LOST);
        assertThat(all.get(0).server().isOpen()).isTrue();
    }

    @Test
    void aDeadConnectionIsGivenThePatienceOfItsMostPatientStream() throws Exception {
        List<Opened> all = openLive(2);
        Duration patience = POLICY.reapAfter().multipliedBy(3);
        heartbeat(all.get(1)).policy(POLICY.toBuilder().reapAfter(patience).build());

        freeze(all.get(0));

        await().until(() -> heard.of(Reap.class).size() >= 3);
        assertThat(heard.of(Reap.class))
                .filteredOn(reap -> reap.reason() == ReapReason.CARRIER_LOST)
                .isNotEmpty()
                .allSatisfy(reap -> assertThat(reap.evidence().silence()).isGreaterThan(patience));
    }

    @Test
    void aDryRunTellsOfAllAndClosesNothing() throws Exception {
        detector.close();
        detector = ZombieDetector.builder(POLICY)
                .listeners(List.of(heard))
                .dryRun()
                .build();
        List<Opened> all = openLive(3);

        freeze(all.get(0));

        await().until(() -> heard.of(Reap.class).size() >= 4);
        assertThat(all).allMatch(stream -> stream.server().isOpen());
        assertThat(all.get(0).server().parent().isOpen()).isTrue();
    }

    @Test
    void aConnectionThatRecoversGoesOn() throws Exception {
        List<Opened> all = openLive(3);

        freeze(all.get(0));
        await().until(() -> !heard.of(Timeout.class).isEmpty());
        all.get(0).client().parent().config().setAutoRead(true);

        int pongs = heard.of(Pong.class).size();
        await().until(() -> heard.of(Pong.class).size() >= pongs + 5);
        await().until(() -> detector.watched() == 3);
        assertThat(heard.of(Reap.class)).isEmpty();
        assertThat(detector.suspects()).isZero();
    }

    private List<ReapReason> reasonsOfStreams() {
        return heard.of(Reap.class).stream()
                .filter(reap -> reap.connection() instanceof HeartbeatHandler)
                .map(Reap::reason)
                .toList();
    }

    private static Collector collector(Opened stream) {
        return stream.application();
    }
}
