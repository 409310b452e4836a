package dev.heartbeat.testkit;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heartbeat.Connection;
import dev.heartbeat.HeartbeatPolicy;
import dev.heartbeat.Hindrance;
import dev.heartbeat.LivenessEvent;
import dev.heartbeat.ReapReason;
import dev.heartbeat.Termination;
import dev.heartbeat.ZombieDetector;
import dev.heartbeat.testkit.WatchingServer.Served;
import java.io.IOException;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * What every {@link Connection} answers, whatever its transport: a test class that extends this runs it against a server of
 * its own and against real peers. Tests tagged {@code namespace} are skipped where no {@link Namespace} can be made, and
 * those that ask the kernel where there is no {@code /proc}.
 */
public abstract class ConnectionContract {

    /** Pings at once, and judges nobody while a test lasts. */
    private static final HeartbeatPolicy PATIENT = HeartbeatPolicy.builder()
            .pingInterval(Duration.ofMillis(100))
            .pongTimeout(Duration.ofHours(1))
            .reapAfter(Duration.ofHours(1))
            .build();

    /** Paused reading is among them because an adapter may still say so of the opening handshake. */
    private static final Set<Hindrance> SLOW_READER =
            EnumSet.of(Hindrance.NONE, Hindrance.OUTPUT_IN_PROGRESS, Hindrance.READING_PAUSED);

    private static final String LOOPBACK = "127.0.0.1";

    private final RecordingListener heard = new RecordingListener();
    private final ZombieDetector detector = ZombieDetector.create(PATIENT, heard);
    private @Nullable WatchingServer server;

    /** For the class that runs the contract. */
    protected ConnectionContract() {}

    /**
     * Starts a server whose connections are watched from their opening on, and whose application answers nothing.
     *
     * @param detector who watches
     * @return a server that accepts
     * @throws Exception if it cannot be started, and the test with it
     */
    protected abstract WatchingServer start(ZombieDetector detector) throws Exception;

    @BeforeEach
    final void startServer() throws Exception {
        server = start(detector);
    }

    @AfterEach
    final void closeServer() throws Exception {
        detector.close();
        if (server != null) {
            server.close();
        }
    }

    @Test
    final void aLivePeerThatIsIdleIsHeardAnswering() throws Exception {
        try (RawPeer peer = connect().live()) {
            ConnectionProbe probe = accepted();

            Eventually.holds(
                    "a round trip", () -> !heard.of(LivenessEvent.Pong.class).isEmpty());

            LivenessEvent.Pong pong = heard.of(LivenessEvent.Pong.class).get(0);
            assertEquals(probe.id(), pong.connection().id());
            assertTrue(probe.seesPongs());
            assertTrue(probe.isOpen());
            Eventually.holds("nothing hinders", () -> probe.hindrance() == Hindrance.NONE);
            assertFalse(peer.hasEnded());
        }
    }

    @Test
    final void aPingArrivesAsItWasHandedOver() throws Exception {
        try (RawPeer peer = connect().mute()) {
            ConnectionProbe probe = accepted();

            probe.ping("contract-1");

            awaitPing(peer, "contract-1");
            assertTrue(probe.isOpen());
            assertTrue(probe.seesPongs());
        }
    }

    @Test
    final void aPeerThatTalksButAnswersNoPingStaysOpen() throws Exception {
        try (RawPeer peer = connect().mute()) {
            ConnectionProbe probe = accepted();

            for (int said = 1; said <= 3; said++) {
                peer.send(Frame.text("reading " + said));
                probe.ping("contract-" + said);
                awaitPing(peer, "contract-" + said);
            }

            assertTrue(probe.isOpen());
            assertTrue(probe.seesPongs());
        }
    }

    /** Only one ping is out at a time: another one shows that what the peer said was heard. */
    @Test
    final void whatAPeerSaysIsHeardSoThatItIsPingedAgainThoughItAnswersNoPing() throws Exception {
        try (RawPeer peer = connect().mute()) {
            peer.await(Frame.PING);

            for (int said = 1; said <= 2; said++) {
                peer.send(Frame.text("reading " + said));
                peer.await(Frame.PING);
            }
        }
    }

    @Test
    final void anIdMakesOneLineAndStaysTheSame() throws Exception {
        ConnectionProbe probe;
        String id;
        try (RawPeer peer = connect().mute();
                RawPeer other = connect().mute()) {
            assertFalse(peer.localPort() == other.localPort());
            probe = accepted();
            id = probe.id();
            assertFalse(id.isBlank());
            assertEquals(1, id.lines().count());
            assertFalse(id.equals(accepted().id()), "two connections have one id");
        }

        Eventually.holds("closed", () -> !probe.isOpen());
        assertEquals(id, probe.id());
    }

    @Test
    final void aPeerThatReadsSlowlyGetsAllOfALargeMessageAndThePingBesideIt() throws Exception {
        int size = 8 << 20;
        try (RawPeer peer = connect().slow(4 << 20).mute()) {
            Served served = server().next();
            ConnectionProbe probe = new ConnectionProbe(served);

            served.send(size);
            probe.ping("contract-1");

            int arrived = 0;
            boolean pinged = false;
            while (arrived < size || !pinged) {
                assertTrue(probe.isOpen());
                Hindrance hindrance = probe.hindrance();
                assertTrue(
                        SLOW_READER.contains(hindrance), () -> "a slow reader is no reason for this one: " + hindrance);
                Frame frame = peer.awaitFrame();
                arrived += frame.opcode() < Frame.CLOSE ? frame.payload().length : 0;
                pinged |= frame.opcode() == Frame.PING && frame.text().equals("contract-1");
            }
            assertEquals(size, arrived);
        }
    }

    @Test
    final void aFrozenPeerIsFreedWhateverWaitsToBeSentToIt() throws Exception {
        try (RawPeer peer = connect()) {
            Served served = server().next();
            ConnectionProbe probe = new ConnectionProbe(served);
            served.send(16 << 20);
            Eventually.holds("the message is on its way", () -> peer.unread() > 1_000);

            probe.beginPing("contract-1");

            assertTrue(probe.isOpen());
            assertTrue(probe.seesPongs());
            probe.hindrance();
            assertTerminates(probe, peer.localPort());
        }
    }

    @Test
    final void aMutePeerIsFreedAndSeesTheEnd() throws Exception {
        try (RawPeer peer = connect().mute()) {
            ConnectionProbe probe = accepted();

            probe.terminate(ReapReason.NO_ANSWER);

            peer.awaitEnd();
            assertFreed(peer.localPort());
            assertFalse(probe.isOpen());
        }
    }

    @Test
    @Tag("namespace")
    final void aVanishedPeerIsFreedWithoutItsHelp() throws Exception {
        try (Namespace namespace = Namespace.open();
                PeerProcess peer = PeerProcess.start(server().uri(namespace.serverAddress()), namespace)) {
            ConnectionProbe probe = accepted();
            Eventually.holds(
                    "a round trip", () -> !heard.of(LivenessEvent.Pong.class).isEmpty());

            namespace.cut();
            probe.ping("contract-1");

            assertTrue(probe.isOpen());
            assertTrue(probe.seesPongs());
            assertTerminates(probe, peer.localPort());
        }
    }

    @Test
    final void aPeerThatClosesIsNoLongerOpen() throws Exception {
        try (RawPeer peer = connect().live()) {
            ConnectionProbe probe = accepted();

            peer.send(Frame.close(1000));

            Eventually.holds("closed", () -> !probe.isOpen());
            assertTold();
            assertHarmless(probe);
        }
    }

    @Test
    final void aPeerThatGoesWithoutACloseFrameIsNoLongerOpenAndFreed() throws Exception {
        ConnectionProbe probe;
        int port;
        try (RawPeer peer = connect().live()) {
            probe = accepted();
            port = peer.localPort();
            Eventually.holds(
                    "a round trip", () -> !heard.of(LivenessEvent.Pong.class).isEmpty());
        }

        Eventually.holds("closed", () -> !probe.isOpen());
        assertTold();
        assertFreed(port);
        assertHarmless(probe);
    }

    @Test
    final void aCloseOfOursSaysGoodbyeWithTheCodeThatItWasGiven() throws Exception {
        try (RawPeer peer = connect().mute()) {
            ConnectionProbe probe = accepted();

            probe.close(1001);

            assertEquals(1001, peer.await(Frame.CLOSE).closeCode());
            answerClose(peer);
            Eventually.holds("closed", () -> !probe.isOpen());
            assertFreed(peer.localPort());
        }
    }

    private static void answerClose(RawPeer peer) {
        try {
            peer.send(Frame.close(1001));
        } catch (IOException gone) {
            // An adapter need not wait for the answer.
        }
    }

    private RawPeer connect() throws Exception {
        return RawPeer.connect(server().uri(LOOPBACK));
    }

    private ConnectionProbe accepted() throws Exception {
        return new ConnectionProbe(server().next());
    }

    private static void awaitPing(RawPeer peer, String payload) throws Exception {
        Frame ping = peer.await(Frame.PING);
        while (!ping.text().equals(payload)) {
            // One of the detector's.
            ping = peer.await(Frame.PING);
        }
    }

    private void assertTerminates(ConnectionProbe probe, int peerPort) throws Exception {
        Termination termination = probe.terminate(ReapReason.NO_ANSWER);

        assertFalse(termination.means().isBlank());
        assertFreed(peerPort);
        Eventually.holds("closed", () -> !probe.isOpen());
    }

    private void assertTold() throws Exception {
        Eventually.holds(
                "the close is told", () -> !heard.of(LivenessEvent.Closed.class).isEmpty());
    }

    /** What comes too late may fail, but returns. */
    private static void assertHarmless(ConnectionProbe probe) throws Exception {
        probe.beginPing("contract-9");
        probe.terminate(ReapReason.NO_ANSWER);
        assertFalse(probe.isOpen());
    }

    /** Not at once: a selector may have to let go of it first. */
    private void assertFreed(int peerPort) throws Exception {
        int serverPort = server().uri(LOOPBACK).getPort();
        Eventually.holds("the descriptor is free", () -> !Descriptors.isHeld(serverPort, peerPort));
    }

    private WatchingServer server() {
        return requireNonNull(server, "started before each test");
    }
}
