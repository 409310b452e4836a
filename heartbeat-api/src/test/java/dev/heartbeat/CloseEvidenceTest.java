package dev.heartbeat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.heartbeat.LivenessEvent.Evidence;
import dev.heartbeat.LivenessEvent.Reap;
import dev.heartbeat.testkit.ScriptedPeer;
import dev.heartbeat.testkit.VirtualTime;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The evidence of a close that is not finished holds what was seen since it began, and nothing from before. */
class CloseEvidenceTest extends DetectorTest {

    private final ScriptedSocket.Table table = new ScriptedSocket.Table();

    @Test
    void aHandlerThatRanBeforeTheCloseBeganHindersNothing() {
        ScriptedPeer peer = new RemembersHandler(clock).watchedBy(detector);
        clock.advance(SLACK);
        assertThat(peer.pings()).isEmpty();

        Evidence evidence = evidenceOfClose(peer);

        assertThat(evidence.hindrances()).isEmpty();
        assertThat(reap().explain()).contains(" since the close began, never a round trip");
    }

    @Test
    void whatHinderedAnEarlierPingIsForgotten() {
        ScriptedPeer peer = peerThatFallsMute();
        peer.hinderedBy(Hindrance.READING_PAUSED);
        clock.advance(TIMEOUT.plus(SLACK));
        peer.hinderedBy(Hindrance.NONE);
        peer.pongLatest();

        assertThat(evidenceOfClose(peer).hindrances()).isEmpty();
    }

    @Test
    void whyAnEarlierPingFailedIsForgotten() {
        ScriptedPeer peer = peerThatFallsMute();
        peer.pongLatest();
        peer.failing();
        awaitPings(peer, 3);
        peer.heartbeat().dataReceived();

        assertThat(evidenceOfClose(peer).pingFailure()).isEmpty();
    }

    @Test
    void whatWasReadBeforeTheCloseBeganIsNotUnread() {
        ScriptedSocket peer = new ScriptedSocket(clock, "talker", table);
        peer.facts = peer.facts.withReceived(100);
        peer.answering(Duration.ofMillis(84)).watchedBy(detectorWithKernel());
        awaitPings(peer, 1);
        clock.advance(Duration.ofSeconds(1));
        peer.facts = peer.facts.withReceived(200);

        assertThat(evidenceOfClose(peer).hindrances()).isEmpty();
    }

    @Test
    void whatHindersTheCloseItselfIsTold() {
        ScriptedPeer peer = peer("paused");
        peer.hinderedBy(Hindrance.READING_PAUSED);

        peer.heartbeat().closing();
        clock.advance(PATIENCE.plus(POLICY.hindranceCap()).plusSeconds(1));

        assertThat(reap().evidence().hindrances()).containsExactly(Hindrance.READING_PAUSED);
    }

    @Test
    void aDrainThatEndsClaimsNothingFromBefore() {
        ScriptedPeer peer = new LeavesItselfOpen(clock).watchedBy(detector);
        awaitPings(peer, 1);
        peer.hinderedBy(Hindrance.READING_PAUSED);
        clock.advance(TIMEOUT.plus(SLACK));

        detector.drain(1001, Duration.ofSeconds(2));
        clock.advance(Duration.ofSeconds(3));

        assertThat(reap().evidence().hindrances()).isEmpty();
    }

    @Test
    void whoIsGivenUpBeforeItsFirstPingIsNotSaidToHaveHadOne() {
        ZombieDetector atOnce = detector(POLICY.toBuilder().supersede(true).build(), heard);
        ScriptedPeer older = new ScriptedPeer(clock, "older").watchedBy(atOnce);
        ScriptedPeer newer = new ScriptedPeer(clock, "newer").watchedBy(atOnce);
        older.heartbeat().identify("cp1");
        newer.heartbeat().identify("cp1");
        clock.advance(SLACK);

        assertThat(older.pings()).isEmpty();
        assertThat(reap().evidence().sincePing()).isZero();
        assertThat(reap().explain()).doesNotContain("since the ping");
    }

    /** The evidence of a close that begins now, which must be given up as soon as its time is over. */
    private Evidence evidenceOfClose(ScriptedPeer peer) {
        peer.heartbeat().closing();
        clock.advance(PATIENCE.plus(SLACK));
        assertThat(peer.terminations()).containsExactly(ReapReason.CLOSE_UNFINISHED);
        Evidence evidence = reap().evidence();
        assertThat(evidence.sincePing().toMillis()).isCloseTo(PATIENCE.toMillis(), within(SLACK.toMillis()));
        return evidence;
    }

    private Reap reap() {
        return heard.of(Reap.class).get(0);
    }

    private ZombieDetector detectorWithKernel() {
        return ZombieDetector.builder(POLICY)
                .listeners(List.of(heard))
                .ticker(clock)
                .scheduler(clock)
                .executor(clock)
                .sockets(table)
                .build();
    }

    /** Whose peer does not answer its close frame. */
    private static final class LeavesItselfOpen extends ScriptedPeer {

        LeavesItselfOpen(VirtualTime time) {
            super(time, "left open");
        }

        @Override
        public void close(int code) {
            // no answer comes
        }
    }

    /** Tells of a handler that has ended since it was last asked, as the containers' sessions do. */
    private static final class RemembersHandler extends ScriptedPeer {

        private boolean hasHandlerEnded = true;

        RemembersHandler(VirtualTime time) {
            super(time, "handler");
        }

        @Override
        public Hindrance hindrance() {
            boolean hasEnded = hasHandlerEnded;
            hasHandlerEnded = false;
            return hasEnded ? Hindrance.HANDLER_RUNNING : Hindrance.NONE;
        }
    }
}
