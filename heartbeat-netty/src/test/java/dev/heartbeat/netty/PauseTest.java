package dev.heartbeat.netty;

import static dev.heartbeat.netty.LiveServer.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.channel.EventLoopGroup;
import java.io.File;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The server's process is really stopped, for twice as long as it waits for a pong. */
@ExtendWith(NoLeaks.class)
class PauseTest {

    private static final Duration INTERVAL = Duration.ofSeconds(1);

    /** Enough for healthy peers that a slow machine keeps from answering: nobody would spare them. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private static final Duration PAUSE = PATIENCE.multipliedBy(2);
    private static final int HEALTHY = 30;
    private static final int ZOMBIES = 5;

    @ParameterizedTest
    @EnumSource
    void sparesTheHealthyAndReapsTheDeadAfterAPause(Transport transport) throws Exception {
        assumeTrue(File.separatorChar == '/', "needs signals");
        EventLoopGroup group = Transport.NIO.group(1);
        try (PausedServer server = PausedServer.start(transport.orSkip(), INTERVAL, PATIENCE);
                PeerGroup healthy = PeerGroup.silent(group, Duration.ofMillis(100));
                PeerGroup zombies = PeerGroup.silent(group, Duration.ZERO)) {
            healthy.connect(server.port, HEALTHY, INTERVAL);
            zombies.connect(server.port, ZOMBIES, INTERVAL);
            await().until(() -> healthy.connected() == HEALTHY && zombies.connected() == ZOMBIES);
            pass(INTERVAL.multipliedBy(2));
            assertThat(healthy.lost()).isZero();

            zombies.fallSilent();
            server.stop();
            pass(PAUSE);
            server.goOn();

            await().until(() -> zombies.lost() == ZOMBIES);
            pass(INTERVAL.multipliedBy(2));
            assertThat(healthy.lost()).isZero();
        } finally {
            group.shutdownGracefully(0, 10, TimeUnit.SECONDS).syncUninterruptibly();
        }
    }

    private static void pass(Duration duration) {
        long begin = System.nanoTime();
        for (long left = duration.toNanos(); left > 0; left = begin + duration.toNanos() - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }
}
