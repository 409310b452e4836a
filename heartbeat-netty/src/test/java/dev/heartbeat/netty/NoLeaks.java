package dev.heartbeat.netty;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Fails a test class that leaks a buffer, under the paranoid detector that the POM turns on. */
final class NoLeaks implements AfterAllCallback {

    @Override
    public void afterAll(ExtensionContext context) {
        List<String> leaks = List.copyOf(LeakRecorder.leaks());
        LeakRecorder.leaks().clear();
        assertThat(leaks).isEmpty();
    }
}
