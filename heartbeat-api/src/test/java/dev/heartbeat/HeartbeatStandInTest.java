package dev.heartbeat;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Tests of an application put something in a heartbeat's place: a mock, made as every library makes one of an interface. */
class HeartbeatStandInTest {

    @Test
    void anythingThatIsMadeAtRunTimeCanStandInForAHeartbeat() {
        List<String> calls = new ArrayList<>();
        Heartbeat standIn = (Heartbeat) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {Heartbeat.class}, (self, method, arguments) -> {
                    calls.add(method.getName());
                    return null;
                });

        standIn.messageReceived();
        standIn.probe();

        assertThat(calls).containsExactly("messageReceived", "probe");
    }
}
