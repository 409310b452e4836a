package dev.heartbeat.jakarta;

import dev.heartbeat.Heartbeat;
import dev.heartbeat.jakarta.internal.Opening;
import org.jspecify.annotations.Nullable;

/**
 * Looks at the settings of one session, once, when its opening has made them final. An idle timeout that it has set is heeded from
 * the next ping on, so that a session which was pinged meanwhile has that planned anew.
 */
final class SettingsCheck implements Opening {

    private volatile @Nullable Runnable check;
    private volatile @Nullable Heartbeat heartbeat;
    private volatile boolean isOpening;
    private volatile boolean isPingedEarly;

    /** The watch has begun, and this is to be looked at. */
    void by(Heartbeat begun, Runnable settings) {
        heartbeat = begun;
        check = settings;
    }

    @Override
    public void opening() {
        isOpening = true;
    }

    @Override
    public void opened() {
        isOpening = false;
        run();
        Heartbeat begun = heartbeat;
        if (isPingedEarly && begun != null) {
            begun.policy(begun.policy());
        }
    }

    /** A ping is about to be sent. */
    void pinging() {
        if (isOpening) {
            isPingedEarly = true;
        } else {
            run();
        }
    }

    private void run() {
        Runnable settings = check;
        check = null;
        if (settings != null) {
            settings.run();
        }
    }
}
