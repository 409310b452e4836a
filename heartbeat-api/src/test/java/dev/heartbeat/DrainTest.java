package dev.heartbeat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.heartbeat.testkit.ScriptedPeer;
import dev.heartbeat.testkit.VirtualTime;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.Test;

/** Detector closed is not connections closed; draining is a call of its own. */
class DrainTest extends DetectorTest {

    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final List<Duration> closes = new ArrayList<>();
    private final List<Integer> codes = new ArrayList<>();

    @Test
    void closesEveryConnectionWithTheCodeSpreadOverHalfTheTime() {
        for (int i = 0; i < 100; i++) {
            politePeer(i).watchedBy(detector);
            politePeer(i).watchedOnLoopBy(detector);
        }
        clock.advance(SLACK);

        CompletableFuture<Integer> drained = detector.drain(1012, MINUTE).toCompletableFuture();
        Duration begin = clock.elapsed();
        clock.advance(MINUTE);

        assertThat(drained).isCompletedWithValue(0);
        assertThat(codes).hasSize(200).containsOnly(1012);
        assertThat(closes).allMatch(close -> close.compareTo(begin.plusSeconds(31)) < 0);
        assertThat(closes)
                .filteredOn(close -> close.compareTo(begin.plusSeconds(15)) < 0)
                .hasSizeBetween(90, 115);
        assertThat(heard.of(LivenessEvent.Closed.class)).hasSize(200);
        assertThat(heard.of(LivenessEvent.Reap.class)).isEmpty();
        assertThat(detector.watched()).isZero();
    }

    @Test
    void terminatesWhatIsStillOpenWhenTheTimeIsOver() {
        ScriptedPeer deaf = new ScriptedPeer(clock, "ignores the close frame") {
            @Override
            public void close(int code) throws IOException {
                codes.add(code);
                throw new IOException("broken pipe");
            }
        };
        deaf.watchedBy(detector);

        CompletableFuture<Integer> drained = detector.drain(1001, MINUTE).toCompletableFuture();
        clock.advance(MINUTE.minusSeconds(2).minus(SLACK));
        assertThat(drained).isNotDone();
        clock.advance(SLACK.multipliedBy(2));

        assertThat(drained).isCompletedWithValue(1);
        assertThat(codes).containsExactly(1001);
        assertThat(heard.namesFor(deaf)).containsExactly("reap");
        assertThat(deaf.terminations()).containsExactly(ReapReason.CLOSE_UNFINISHED);
    }

    @Test
    void judgesNobodyWhileItDrains() {
        ScriptedPeer mute = new ScriptedPeer(clock, "mute") {
            @Override
            public void close(int code) {}
        };
        mute.watchedBy(detector);

        detector.drain(1001, Duration.ofHours(1));
        clock.advance(Duration.ofMinutes(59));

        assertThat(mute.pings()).isEmpty();
        assertThat(heard.namesFor(mute)).isEmpty();
    }

    @Test
    void refusesConnectionsWhileItDrainsAndStaysOpenUntilItIsClosed() {
        CompletableFuture<Integer> drained = detector.drain(1001, MINUTE).toCompletableFuture();

        assertThat(drained).isCompletedWithValue(0);
        assertThatIllegalStateException().isThrownBy(() -> peer("late")).withMessage("the detector is draining");
        assertThat(detector.drain(1012, MINUTE).toCompletableFuture()).isCompletedWithValue(0);
        detector.close();
        assertThatIllegalStateException()
                .isThrownBy(() -> detector.drain(1001, MINUTE))
                .withMessage("the detector is closed");
    }

    @Test
    void closingTheDetectorEndsADrainUnfinished() {
        politePeer(1).watchedBy(detector);
        CompletableFuture<Integer> drained = detector.drain(1001, MINUTE).toCompletableFuture();

        detector.close();
        clock.advance(SLACK);

        assertThat(drained).isDone();
    }

    @Test
    void refusesOtherCodesAndTimes() {
        for (int code : new int[] {1000, 1005, 1006, 3000, -1}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> detector.drain(code, MINUTE))
                    .withMessage("code must be 1001 (going away) or 1012 (service restart): " + code);
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> detector.drain(1001, Duration.ZERO))
                .withMessage("within must be from 1 ms to 1 day: PT0S");
        assertThat(peer("still taken").heartbeat().isWatched()).isTrue();
    }

    @Test
    void waitsForNoEventLoopThatWasShutDownBefore() {
        politePeer(1).watchedBy(detector);
        VirtualTime loop = new VirtualTime();
        detector.watch(new ScriptedPeer(clock, "gone with its loop"), loop);
        loop.shutdownNow();

        CompletableFuture<Integer> drained = detector.drain(1001, MINUTE).toCompletableFuture();
        clock.advance(MINUTE);

        assertThat(drained).isCompletedWithValue(0);
    }

    @Test
    void isOverWhenAnEventLoopThatShutsDownHasClosedItsConnections() {
        VirtualTime loop = new VirtualTime();
        Heartbeat heartbeat = detector.watch(new ScriptedPeer(clock, "closed with its loop"), loop);
        CompletableFuture<Integer> drained = detector.drain(1001, MINUTE).toCompletableFuture();

        loop.shutdownNow();
        assertThat(drained).isNotDone();
        heartbeat.closed();

        assertThat(drained).isCompletedWithValue(0);
    }

    @Test
    void refusesAConnectionThatComesJustWhenItBegins() {
        Runnable[] meanwhile = {() -> {}};
        ScheduledExecutorService loop = (ScheduledExecutorService) Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {ScheduledExecutorService.class},
                (self, method, arguments) -> switch (method.getName()) {
                    case "isShutdown" -> {
                        meanwhile[0].run();
                        yield false;
                    }
                    case "hashCode" -> 1;
                    case "equals" -> self == arguments[0];
                    default -> method.invoke(clock, arguments);
                });
        Heartbeat first = detector.watch(politePeer(1), loop);
        clock.advance(SLACK);

        meanwhile[0] = () -> {
            meanwhile[0] = () -> {};
            detector.drain(1001, MINUTE);
        };

        assertThatIllegalStateException()
                .isThrownBy(() -> detector.watch(politePeer(2), loop))
                .withMessage("the detector is draining");
        assertThat(detector.watched()).isOne();
        detector.close();
        assertThat(first.isWatched()).isFalse();
    }

    private ScriptedPeer politePeer(int number) {
        return new ScriptedPeer(clock, "polite " + number) {
            @Override
            public void close(int code) {
                codes.add(code);
                closes.add(clock.elapsed());
                close();
                heartbeat().closed();
            }
        };
    }
}
