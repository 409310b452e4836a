package dev.heartbeat.internal.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.Connection;
import dev.heartbeat.Hindrance;
import dev.heartbeat.testkit.ScriptedPeer;
import dev.heartbeat.testkit.VirtualTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SafeCallsTest {

    @ParameterizedTest
    @ValueSource(strings = {"charge-point 17", "b\u00fcro-\u03c0", ""})
    void anIdIsWrittenAsItIs(String id) {
        assertThat(SafeCalls.id(named(id))).isEqualTo(id);
    }

    @Test
    void anIdCannotForgeALogLine() {
        String forged = "cp1\r\nINFO all is well\u0085two\u2028three\u2029four\u001b[2J\u0000";

        assertThat(SafeCalls.id(named(forged))).isEqualTo("cp1??INFO all is well?two?three?four?[2J?");
    }

    @Test
    void aConnectionThatCannotNameItselfGoesByItsClass() {
        Connection nameless = new ScriptedPeer(new VirtualTime(), "unused") {
            @Override
            public String id() {
                throw new NoClassDefFoundError("the application is gone");
            }
        };

        assertThat(SafeCalls.id(nameless)).isEqualTo(nameless.getClass().getName());
        assertThat(SafeCalls.id(named(null))).isEqualTo(ScriptedPeer.class.getName());
    }

    @Test
    void aConnectionThatCannotTellIsOpenAndUnhinderedAndSeesPongs() {
        Connection mute = new ScriptedPeer(new VirtualTime(), "unused") {
            @Override
            public boolean isOpen() {
                throw new NoClassDefFoundError("the application is gone");
            }

            @Override
            public Hindrance hindrance() {
                throw new NoClassDefFoundError("the application is gone");
            }

            @Override
            public boolean seesPongs() {
                throw new NoClassDefFoundError("the application is gone");
            }
        };

        assertThat(SafeCalls.isOpen(mute)).isTrue();
        assertThat(SafeCalls.hindrance(mute)).isEqualTo(Hindrance.NONE);
        assertThat(SafeCalls.seesPongs(mute)).isTrue();
    }

    private static Connection named(String id) {
        return new ScriptedPeer(new VirtualTime(), id);
    }
}
