package dev.heartbeat.jakarta;

import dev.heartbeat.jakarta.internal.Opening;
import org.jspecify.annotations.Nullable;

/** Looks at the settings of one session, once, when its opening has made them final. */
final class SettingsCheck implements Opening {

    private volatile @Nullable Runnable check;
    private volatile boolean isOpening;

    /** The watch has begun, and this is to be looked at. */
    void by(Runnable settings) {
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
    }

    /** A ping is about to be sent. */
    void pinging() {
        if (!isOpening) {
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
