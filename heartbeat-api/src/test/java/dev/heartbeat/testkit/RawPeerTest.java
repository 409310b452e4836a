package dev.heartbeat.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two raw peers at the ends of one connection: each does what it was told to, and nothing else. */
class RawPeerTest {

    private static final byte[] ASKED = "0123456789".getBytes(StandardCharsets.US_ASCII);

    private RawServer server;
    private RawPeer client;
    private RawPeer other;

    @BeforeEach
    void connect() throws Exception {
        server = RawServer.start();
        client = RawPeer.connect(server.uri());
        other = server.next().mute();
    }

    @AfterEach
    void close() throws Exception {
        client.close();
        server.close();
    }

    @Test
    void aLivePeerEchoesAPing() throws Exception {
        client.live();

        ask();

        assertThat(other.await(Frame.PONG).payload()).isEqualTo(ASKED);
    }

    @Test
    void aMutePeerReadsAndAnswersNothing() throws Exception {
        client.mute();

        ask();
        client.await(Frame.PING);
        client.send(Frame.text("later"));

        assertThat(other.awaitFrame().text()).isEqualTo("later");
    }

    @Test
    void aPeerMayTruncateAndForgePongs() throws Exception {
        client.truncating(3);
        ask();
        assertThat(other.await(Frame.PONG).payload()).isEqualTo(Arrays.copyOf(ASKED, 3));

        client.forging(new byte[] {7});
        ask();
        assertThat(other.await(Frame.PONG).payload()).containsExactly(7);
    }

    @Test
    void aFrozenPeerAnswersWhenItThaws() throws Exception {
        client.live().freeze();
        ask();
        assertThat(client.pings()).isZero();

        client.thaw();

        other.await(Frame.PONG);
        assertThat(client.remotePort()).isEqualTo(server.port());
    }

    @Test
    void aSlowPeerTakesItsTime() throws Exception {
        client.slow(100_000).mute();
        long begin = System.nanoTime();

        other.send(new Frame(true, Frame.BINARY, new byte[50_000]));

        assertThat(client.awaitData().payload()).hasSize(50_000);
        assertThat(System.nanoTime() - begin).isGreaterThan(400_000_000L);
    }

    @Test
    void aSlowPeerDoesNotMakeUpForTheTimeInWhichItWasFrozen() throws Exception {
        client.slow(100_000).mute().freeze();
        Thread.sleep(500);
        long begin = System.nanoTime();
        client.thaw();

        other.send(new Frame(true, Frame.BINARY, new byte[50_000]));

        client.awaitData();
        assertThat(System.nanoTime() - begin).isGreaterThan(350_000_000L);
        assertThat(client.taken()).isGreaterThan(50_000);
    }

    @Test
    void anEndInGoodOrderIsToldFromAReset() throws Exception {
        client.send(Frame.close(1000));
        assertThat(other.await(Frame.CLOSE).closeCode()).isEqualTo(1000);
        client.close();
        assertThat(other.awaitEnd()).isEqualTo(RawPeer.End.CLOSED);

        client = RawPeer.connect(server.uri());
        other = server.next();
        client.reset();
        assertThat(other.awaitEnd()).isEqualTo(RawPeer.End.RESET);
    }

    @Test
    void framesOfAnyLengthArriveWhole() throws Exception {
        client.mute();
        for (int length : new int[] {0, 125, 126, 65_535, 65_536}) {
            other.send(new Frame(true, Frame.BINARY, new byte[length]));
            assertThat(client.awaitData().payload()).hasSize(length);
            client.send(new Frame(true, Frame.BINARY, new byte[length]));
            assertThat(other.awaitData().payload()).hasSize(length);
        }
    }

    private void ask() throws Exception {
        other.send(new Frame(true, Frame.PING, ASKED));
    }
}
