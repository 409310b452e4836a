package dev.heartbeat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import dev.heartbeat.internal.engine.Internals;
import dev.heartbeat.testkit.ScriptedPeer;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Watch, stop, closed, close: each in any order. */
class LifecycleTest extends DetectorTest {

    @Test
    void aCloseThatTheTransportReportsIsHeardAtOnce() {
        ScriptedPeer peer = peer("polite").answering(Duration.ofMillis(84));
        awaitPings(peer, 1);
        clock.advance(Duration.ofSeconds(1));

        peer.heartbeat().closed();
        peer.heartbeat().closed();
        clock.runDue();

        assertThat(heard.namesFor(peer)).containsExactly("pong", "closed");
        assertThat(detector.watched()).isZero();
    }

    @Test
    void aCloseThatNobodyReportsIsNoticedWithinFiveSeconds() {
        ScriptedPeer peer = peer("polite").answering(Duration.ofMillis(84));
        clock.advance(Duration.ofMinutes(2));

        peer.close();
        clock.advance(Duration.ofSeconds(5).plus(SLACK));

        assertThat(heard.namesFor(peer)).endsWith("closed");
        assertThat(detector.watched()).isZero();
    }

    @Test
    void aCloseThatIsNeverFinishedIsReapedWithoutAPing() {
        ScriptedPeer peer = peer("never echoes the close").answering(Duration.ofMillis(84));
        awaitPings(peer, 1);
        clock.advance(Duration.ofSeconds(1));

        peer.heartbeat().closing();
        peer.heartbeat().closing();
        clock.advance(PATIENCE.minus(SLACK));
        peer.heartbeat().dataReceived();
        assertThat(heard.namesFor(peer)).containsExactly("pong");

        clock.advance(SLACK.multipliedBy(2));
        assertThat(heard.namesFor(peer)).containsExactly("pong", "reap");
        assertThat(peer.terminations()).containsExactly(ReapReason.CLOSE_UNFINISHED);
        assertThat(peer.pings()).hasSize(1);
    }

    @Test
    void aCloseThatIsFinishedInTimeIsAClose() {
        ScriptedPeer peer = peerThatFallsMute();

        peer.heartbeat().closing();
        clock.advance(TIMEOUT.plus(SLACK));
        peer.heartbeat().closed();
        clock.advance(PATIENCE);

        assertThat(heard.namesFor(peer)).containsExactly("pong", "closed");
    }

    @Test
    void stopEndsTheWatchWithoutAWord() {
        ScriptedPeer peer = peerThatFallsMute();
        clock.advance(TIMEOUT.plus(SLACK));

        peer.heartbeat().stop();
        peer.heartbeat().stop();
        peer.pongLatest();
        clock.advance(Duration.ofMinutes(5));

        assertThat(heard.namesFor(peer)).containsExactly("pong", "timeout");
        assertThat(peer.terminations()).isEmpty();
        assertThat(peer.heartbeat().isWatched()).isFalse();
        assertThat(detector.watched()).isZero();
    }

    @Test
    void noCallbackBeginsAfterStopEvenForAnEventThatWasQueued() {
        ScriptedPeer peer = peerThatFallsMute();
        peer.pongLatest();

        peer.heartbeat().stop();
        clock.advance(Duration.ofSeconds(1));

        assertThat(heard.namesFor(peer)).containsExactly("pong");
    }

    @Test
    void watchingTwiceGivesTwoHeartbeatsThatKnowNothingOfEachOther() {
        ScriptedPeer peer = peer("twice");
        Heartbeat first = peer.heartbeat();
        Heartbeat second = peer.watchedBy(detector).heartbeat();

        first.stop();

        assertThat(second).isNotSameAs(first);
        assertThat(second.isWatched()).isTrue();
        assertThat(detector.watched()).isOne();
    }

    @Test
    void closeStopsJudgingAndLeavesConnectionsOpen() {
        ScriptedPeer peer = peerThatFallsMute();

        detector.close();
        detector.close();
        peer.pongLatest();
        clock.advance(Duration.ofMinutes(5));

        assertThat(heard.namesFor(peer)).containsExactly("pong");
        assertThat(peer.isOpen()).isTrue();
        assertThat(peer.heartbeat().isWatched()).isFalse();
        assertThat(detector.watched()).isZero();
        assertThat(clock.isShutdown()).isFalse();
    }

    @Test
    void aClosedDetectorLetsGoOfItsConnections() {
        ScriptedPeer peer = peer("let go");

        detector.close();
        clock.advance(SLACK);

        assertThat(Internals.connection(peer.heartbeat())).isNull();
        assertThat(clock.pending()).isZero();
    }

    @Test
    void aClosedDetectorRefusesToWatch() {
        detector.close();

        assertThatIllegalStateException().isThrownBy(() -> peer("too late")).withMessage("the detector is closed");
        assertThatIllegalStateException()
                .isThrownBy(() -> new ScriptedPeer(clock, "too late").watchedOnLoopBy(detector))
                .withMessage("the detector is closed");
    }

    @Test
    void anEventLoopThatIsShutDownIsRefused() {
        clock.shutdown();

        assertThatIllegalStateException()
                .isThrownBy(() -> new ScriptedPeer(clock, "too late").watchedOnLoopBy(detector))
                .withMessageStartingWith("the executor is shut down");
        assertThat(detector.watched()).isZero();
    }

    @Test
    void nothingTicksWhileNothingIsWatched() {
        assertThat(clock.pending()).isZero();

        ScriptedPeer peer = peer("short-lived");
        assertThat(clock.pending()).isOne();
        peer.heartbeat().stop();
        clock.advance(INTERVAL.plus(SLACK));

        assertThat(clock.pending()).isZero();
    }

    @Test
    void watchingAgainAfterAnIdleTimeIsNoStall() {
        peer("first").heartbeat().stop();
        clock.advance(INTERVAL.plus(SLACK));
        clock.advance(Duration.ofDays(40));

        ScriptedPeer peer = peer("second");
        clock.advance(POLICY.detectionTime());

        assertThat(heard.namesFor(peer)).containsExactly("timeout", "reap");
    }

    @Test
    void anEndedHeartbeatHoldsNoConnection() {
        ScriptedPeer stopped = peer("stopped");
        ScriptedPeer closed = peer("closed");
        ScriptedPeer reaped = peer("reaped");
        stopped.heartbeat().stop();
        closed.heartbeat().closed();

        clock.advance(POLICY.detectionTime());

        for (ScriptedPeer peer : Arrays.asList(stopped, closed, reaped)) {
            assertThat(Internals.connection(peer.heartbeat())).isNull();
        }
    }

    @Test
    void refusesNull() {
        ScriptedPeer peer = peer("any");

        assertThatNullPointerException().isThrownBy(() -> detector.watch(null)).withMessage("connection");
        assertThatNullPointerException()
                .isThrownBy(() -> detector.watch(peer, null))
                .withMessage("eventLoop");
        assertThatNullPointerException()
                .isThrownBy(() -> peer.heartbeat().pongReceived(null))
                .withMessage("payload");
        assertThatNullPointerException()
                .isThrownBy(() -> peer.heartbeat().policy(null))
                .withMessage("policy");
        assertThatNullPointerException()
                .isThrownBy(() -> ZombieDetector.builder(null))
                .withMessage("policy");
        assertThatNullPointerException()
                .isThrownBy(() -> ZombieDetector.builder(POLICY).listeners(Arrays.asList(heard, null)))
                .withMessage("listener");
    }

    @Test
    void aTickThatCannotBeScheduledAtFirstIsScheduledForTheNextConnection() {
        boolean[] starved = {true};
        ScheduledExecutorService loop = scheduling(tick -> {
            if (starved[0]) {
                tick.cancel(false);
                throw new OutOfMemoryError("no native thread, on purpose");
            }
        });
        assertThatExceptionOfType(OutOfMemoryError.class)
                .isThrownBy(() -> detector.watch(new ScriptedPeer(clock, "refused"), loop));
        assertThat(detector.watched()).isZero();

        starved[0] = false;
        ScriptedPeer mute = new ScriptedPeer(clock, "mute");
        detector.watch(mute, loop);
        clock.advance(POLICY.detectionTime());

        assertThat(heard.namesFor(mute)).containsExactly("timeout", "reap");
    }

    /** As the JDK's executor does when it is shut down between looking and taking. */
    @Test
    void anExecutorThatCancelsTheFirstTickRatherThanRefusingItIsRefused() {
        ScheduledExecutorService loop = scheduling(tick -> tick.cancel(false));

        assertThatIllegalStateException()
                .isThrownBy(() -> detector.watch(new ScriptedPeer(clock, "refused"), loop))
                .withMessageStartingWith("the executor is shut down");
        assertThat(detector.watched()).isZero();
    }

    private ScheduledExecutorService scheduling(Consumer<Future<?>> fate) {
        return (ScheduledExecutorService) Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {ScheduledExecutorService.class},
                (self, method, arguments) -> switch (method.getName()) {
                    case "schedule" -> {
                        Future<?> tick = (Future<?>) method.invoke(clock, arguments);
                        fate.accept(tick);
                        yield tick;
                    }
                    case "hashCode" -> 1;
                    case "equals" -> self == arguments[0];
                    default -> method.invoke(clock, arguments);
                });
    }
}
