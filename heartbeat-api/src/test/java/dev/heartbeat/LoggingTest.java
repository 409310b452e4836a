package dev.heartbeat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.testkit.ScriptedPeer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What an operator reads, as the build's logging writes it to a file: one line for a dead peer, and never a stack trace. */
class LoggingTest extends DetectorTest {

    private final String id = "logged-" + UUID.randomUUID();

    @Test
    void aReapIsOneLineAtInfoWithIdReasonSilenceAndLastRoundTrip() {
        ScriptedPeer peer = new ScriptedPeer(clock, id).watchedBy(detector).answering(Duration.ofMillis(84));
        awaitPings(peer, 1);
        clock.advance(Duration.ofSeconds(1));
        peer.mute();

        clock.advance(POLICY.detectionTime().plus(SLACK));

        assertThat(linesAbout(id))
                .singleElement()
                .satisfies(line -> assertThat(line)
                        .contains("INFO")
                        .matches(".*Reaped " + id
                                + ": no answer to the ping; silent for [56][0-9.]+ s, 30[0-9.]* s since the ping, "
                                + "last round trip 8[34][0-9.]* ms; freed by script"));
    }

    @Test
    void aConnectionThatIsNotFreedIsAWarning() {
        ScriptedPeer peer = new ScriptedPeer(clock, id) {
            @Override
            public Termination terminate(ReapReason reason) {
                return Termination.notFreed("close 1001, in vain");
            }
        };
        peer.watchedBy(detector);

        clock.advance(POLICY.detectionTime().plus(SLACK));

        assertThat(linesAbout(id))
                .singleElement()
                .satisfies(line -> assertThat(line)
                        .contains("WARN", "never a round trip; not known to be freed: close 1001, in vain"));
    }

    @Test
    void aStreamOfAnotherConnectionHasNoDescriptorThatCouldBeMissed() {
        InetSocketAddress address = InetSocketAddress.createUnresolved("peer", 1);
        ScriptedPeer stream = new ScriptedPeer(clock, id) {
            @Override
            public TransportFacts facts() {
                return TransportFacts.NONE.withSharedAddresses(address, address);
            }

            @Override
            public Termination terminate(ReapReason reason) {
                return Termination.notFreed("reset of the stream; its connection goes on");
            }
        };
        stream.watchedBy(detector);

        clock.advance(POLICY.detectionTime().plus(SLACK));

        assertThat(linesAbout(id))
                .singleElement()
                .satisfies(line -> assertThat(line)
                        .contains("INFO", "never a round trip; reset of the stream; its connection goes on"));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theKernelOutranksWhatTheTransportSaysOfATermination(boolean isFreed) {
        ScriptedSocket.Table table = new ScriptedSocket.Table();
        ScriptedSocket peer = new ScriptedSocket(clock, id, table);
        peer.termination = isFreed ? Termination.notFreed("close 1001") : Termination.freed("close 1001");
        peer.isFreedByTermination = isFreed;
        peer.watchedBy(asking(table));

        clock.advance(POLICY.detectionTime().plusSeconds(10));

        assertThat(linesAbout(id))
                .singleElement()
                .satisfies(line -> assertThat(line)
                        .contains(
                                isFreed
                                        ? "all bytes acknowledged; freed by close 1001"
                                        : "not known to be freed: close 1001; the kernel still has its socket"));
    }

    @Test
    void aDrainNamesWhatItCouldNotFree() {
        ScriptedSocket.Table table = new ScriptedSocket.Table();
        ZombieDetector asking = asking(table);
        ScriptedSocket held = new ScriptedSocket(clock, id, table);
        held.isFreedByTermination = false;
        held.ignoresClose = true;
        held.watchedBy(asking);
        ScriptedSocket cut = new ScriptedSocket(clock, "freed-" + id, table);
        cut.ignoresClose = true;
        cut.watchedBy(asking);
        clock.advance(SLACK);

        CompletableFuture<Integer> drained =
                asking.drain(1012, Duration.ofMinutes(1)).toCompletableFuture();
        clock.advance(Duration.ofMinutes(1).plus(SLACK));

        assertThat(drained).isCompletedWithValue(2);
        assertThat(linesAbout("drain"))
                .anyMatch(line -> line.endsWith("1 of 2 connections are not known to be free: " + id));
    }

    private ZombieDetector asking(ScriptedSocket.Table table) {
        return ZombieDetector.builder(POLICY)
                .ticker(clock)
                .scheduler(clock)
                .executor(clock)
                .sockets(table)
                .build();
    }

    @Test
    void anIdCannotForgeALine() {
        ScriptedPeer peer = new ScriptedPeer(clock, id + "\nWARN forged\u2028too");
        peer.watchedBy(detector);

        clock.advance(POLICY.detectionTime().plus(SLACK));

        assertThat(linesAbout(id))
                .singleElement()
                .satisfies(line -> assertThat(line).contains("?WARN forged?too: no"));
    }

    @Test
    void saysOnceThatNobodyReadsButNotAtFirstSight() {
        ScriptedSocket.Table table = new ScriptedSocket.Table();
        ScriptedSocket peer = new ScriptedSocket(clock, id, table);
        peer.answering(Duration.ofMillis(84)).watchedBy(asking(table));
        awaitPings(peer, 1);
        clock.advance(Duration.ofSeconds(1));
        peer.mute();
        peer.hinderedBy(Hindrance.READING_PAUSED);
        peer.unreadForEachPing = 18;
        awaitPings(peer, 2);

        clock.advance(TIMEOUT.plusSeconds(1));
        assertThat(linesAbout(id)).isEmpty();

        clock.advance(Duration.ofHours(1));
        assertThat(linesAbout(id))
                .singleElement()
                .satisfies(line -> assertThat(line)
                        .contains("WARN", " is not read: its reading is paused, and 36 bytes lie unread, maybe pongs"));
    }

    @Test
    void aPingThatFailsIsNoLineAtInfo() {
        ScriptedPeer peer = new ScriptedPeer(clock, id).failing().watchedBy(detector);
        awaitPings(peer, 1);
        peer.heartbeat().stop();

        assertThat(linesAbout(id)).isEmpty();
    }

    @Test
    void aListenerThatThrowsIsLoggedOnceForItsClass() {
        class Throwing implements LivenessListener {
            @Override
            public void onPong(LivenessEvent.Pong event) {
                throw new IllegalStateException(id);
            }
        }
        ScriptedPeer peer = new ScriptedPeer(clock, id).answering(Duration.ofMillis(84));
        peer.watchedBy(detector(POLICY, new Throwing(), new Throwing()));

        awaitPings(peer, 5);

        assertThat(linesAbout(id))
                .singleElement()
                .satisfies(line -> assertThat(line).isEqualTo("java.lang.IllegalStateException: " + id));
        assertThat(linesAbout(Throwing.class.getName() + " threw on PONG")).hasSize(1);
    }

    @Test
    void aDetectorThatNobodyTellsOfMessagesSaysOnceWhatToDo() {
        String advice = "messageReceived() has never been called";
        HeartbeatPolicy fresh =
                POLICY.toBuilder().staleAfter(Duration.ofSeconds(90)).build();
        ZombieDetector untold = detector(fresh, heard);
        for (int i = 0; i < 3; i++) {
            new ScriptedPeer(clock, id).watchedBy(untold).answering(Duration.ofMillis(84));
        }
        int before = linesAbout(advice).size();

        clock.advance(Duration.ofSeconds(80));
        assertThat(linesAbout(advice)).hasSize(before);
        clock.advance(Duration.ofHours(1));

        assertThat(linesAbout(advice)).hasSize(before + 1).last().asString().contains("WARN");
    }

    @Test
    void latenessIsBlamedOnAnEventLoopOrASchedulerWhicheverTicks() {
        String blamed = "what else runs on the event loop or scheduler that ticks";
        int before = linesAbout(blamed).size();
        peer(id).answering(Duration.ofMillis(84));

        for (int i = 0; i < 400; i++) {
            clock.stall(Duration.ofMillis(300));
            clock.advance(Duration.ofMillis(1));
        }

        assertThat(linesAbout(blamed))
                .hasSizeGreaterThan(before)
                .last()
                .asString()
                .contains("WARN");
    }

    private static List<String> linesAbout(String subject) {
        try (var lines = Files.lines(Path.of(System.getProperty("org.slf4j.simpleLogger.logFile")))) {
            return lines.filter(line -> line.contains(subject)).toList();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
