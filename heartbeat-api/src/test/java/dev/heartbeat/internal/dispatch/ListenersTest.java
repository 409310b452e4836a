package dev.heartbeat.internal.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import dev.heartbeat.Connection;
import dev.heartbeat.LivenessEvent.Closed;
import dev.heartbeat.LivenessEvent.Pong;
import dev.heartbeat.LivenessEvent.Reap;
import dev.heartbeat.LivenessEvent.Timeout;
import dev.heartbeat.LivenessListener;
import dev.heartbeat.testkit.RecordingListener;
import dev.heartbeat.testkit.ScriptedPeer;
import dev.heartbeat.testkit.VirtualTime;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.mockito.Mockito;

/** Which callbacks anybody listens to, so that no event is made for nobody. */
class ListenersTest {

    private final ScriptedPeer connection = new ScriptedPeer(new VirtualTime(), "cp1");

    /** Package-private, as application classes often are. */
    static class OnReapOnly implements LivenessListener {
        @Override
        public void onReap(Reap event) {}
    }

    static class Inheriting extends OnReapOnly {
        @Override
        public void onClose(Closed event) {}
    }

    interface PongLogging extends LivenessListener {
        @Override
        default void onPong(Pong event) {}
    }

    @Test
    void nobodyHearsNothing() {
        assertThat(heardBy()).isEmpty();
    }

    @Test
    void aListenerHearsWhatItOverrides() {
        assertThat(heardBy(new OnReapOnly())).containsExactly(Callback.REAP);
        assertThat(heardBy(new LivenessListener() {
                    @Override
                    public void onTimeout(Timeout event) {}
                }))
                .containsExactly(Callback.TIMEOUT);
    }

    @Test
    void whatIsInheritedCounts() {
        assertThat(heardBy(new Inheriting())).containsExactly(Callback.REAP, Callback.CLOSE);
        assertThat(heardBy(new PongLogging() {})).containsExactly(Callback.PONG);
    }

    @Test
    void severalListenersHearWhatAnyOfThemOverrides() {
        assertThat(heardBy(new OnReapOnly(), new PongLogging() {})).containsExactly(Callback.PONG, Callback.REAP);
    }

    @Test
    void aListenerThatOverridesNothingMayBeAMockAndHearsEverything() {
        LivenessListener proxy = (LivenessListener) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {LivenessListener.class}, (self, method, args) -> null);

        assertThat(heardBy(proxy)).isEqualTo(EnumSet.allOf(Callback.class));
        assertThat(heardBy(new LivenessListener() {})).isEqualTo(EnumSet.allOf(Callback.class));
        assertThat(heardBy(Mockito.mock(LivenessListener.class))).isEqualTo(EnumSet.allOf(Callback.class));
    }

    @Test
    void everyCallbackOfTheListenerIsOneThatCanBeHeard() {
        Set<String> callbacks = Arrays.stream(LivenessListener.class.getMethods())
                .map(method -> method.getName())
                .collect(Collectors.toSet());

        assertThat(Callback.values()).hasSameSizeAs(callbacks);
        assertThat(heardBy(new RecordingListener())).isEqualTo(EnumSet.allOf(Callback.class));
    }

    @Test
    void aConnectionsOwnListenerCountsForItAlone() {
        Connection own = new ScriptedPeer(new VirtualTime(), "own") {
            @Override
            public Optional<LivenessListener> listener() {
                return Optional.of(new Inheriting());
            }
        };
        Listeners listeners = new Listeners(List.of(new PongLogging() {}));

        assertThat(listeners.hear(Callback.CLOSE, own)).isTrue();
        assertThat(listeners.hear(Callback.PONG, own)).isTrue();
        assertThat(listeners.hear(Callback.TIMEOUT, own)).isFalse();
        assertThat(listeners.hear(Callback.CLOSE, connection)).isFalse();
        assertThat(listeners.hear(Callback.CLOSE)).isFalse();
    }

    @Test
    void aConnectionWhoseListenerCannotBeHadHasNone() {
        Connection broken = new ScriptedPeer(new VirtualTime(), "broken") {
            @Override
            public Optional<LivenessListener> listener() {
                throw new NoClassDefFoundError("the application is gone");
            }
        };
        RecordingListener heard = new RecordingListener();
        Listeners listeners = new Listeners(List.of(heard));

        listeners.tell(Callback.CLOSE, new Closed(broken));

        assertThat(heard.namesFor(broken)).containsExactly("closed");
        assertThat(new Listeners(List.of()).hear(Callback.CLOSE, broken)).isFalse();
    }

    @Test
    void refusesNull() {
        assertThatNullPointerException().isThrownBy(() -> new Listeners(Arrays.asList((LivenessListener) null)));
    }

    private Set<Callback> heardBy(LivenessListener... listeners) {
        Listeners all = new Listeners(List.of(listeners));
        EnumSet<Callback> heard = EnumSet.noneOf(Callback.class);
        for (Callback callback : Callback.values()) {
            assertThat(all.hear(callback, connection)).isEqualTo(all.hear(callback));
            if (all.hear(callback)) {
                heard.add(callback);
            }
        }
        return heard;
    }
}
