package dev.heartbeat.jakarta;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.Phaser;
import org.junit.jupiter.api.Test;

/** Work that goes on when somebody begins to ask is never overlooked, whenever it ends. */
class WorkTest {

    private static final int ROUNDS = 100_000;

    private final Work work = new Work();

    @Test
    void hindersOnceMoreAfterItHasEnded() {
        work.enter();
        assertThat(work.hinders()).isTrue();
        work.end();

        assertThat(work.hinders()).isTrue();
        assertThat(work.hinders()).isFalse();
    }

    @Test
    void hindersWhenItEndsWhileItIsAskedFor() throws Exception {
        Phaser round = new Phaser(2);
        Thread worker = new Thread(
                () -> {
                    for (int i = 0; i < ROUNDS; i++) {
                        work.enter();
                        round.arriveAndAwaitAdvance();
                        work.end();
                        round.arriveAndAwaitAdvance();
                    }
                },
                "worker");
        worker.setDaemon(true);
        worker.start();

        int overlooked = 0;
        for (int i = 0; i < ROUNDS; i++) {
            round.arriveAndAwaitAdvance();
            overlooked += work.hinders() ? 0 : 1;
            round.arriveAndAwaitAdvance();
            work.hinders();
        }

        assertThat(overlooked).isZero();
    }
}
