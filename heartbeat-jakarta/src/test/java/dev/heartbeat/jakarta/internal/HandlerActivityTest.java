package dev.heartbeat.jakarta.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.Phaser;
import org.junit.jupiter.api.Test;

/** A handler that is running when a call begins is never overlooked, whenever it ends. */
class HandlerActivityTest {

    private static final int ROUNDS = 100_000;

    private final HandlerActivity activity = new HandlerActivity();

    @Test
    void isActiveForOneMoreCallAfterAHandlerHasEnded() {
        activity.started();
        assertThat(activity.activeSinceLastCall()).isTrue();
        activity.ended();

        assertThat(activity.activeSinceLastCall()).isTrue();
        assertThat(activity.activeSinceLastCall()).isFalse();
    }

    @Test
    void isActiveForACallDuringWhichAHandlerEnds() throws Exception {
        Phaser round = new Phaser(2);
        Thread worker = new Thread(
                () -> {
                    for (int i = 0; i < ROUNDS; i++) {
                        activity.started();
                        round.arriveAndAwaitAdvance();
                        activity.ended();
                        round.arriveAndAwaitAdvance();
                    }
                },
                "worker");
        worker.setDaemon(true);
        worker.start();

        int overlooked = 0;
        for (int i = 0; i < ROUNDS; i++) {
            round.arriveAndAwaitAdvance();
            overlooked += activity.activeSinceLastCall() ? 0 : 1;
            round.arriveAndAwaitAdvance();
            activity.activeSinceLastCall();
        }

        assertThat(overlooked).isZero();
    }
}
