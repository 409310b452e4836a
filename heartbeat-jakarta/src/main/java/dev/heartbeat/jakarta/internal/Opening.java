package dev.heartbeat.jakarta.internal;

/**
 * A connection whose application may set its session up while that opens: the settings are looked at when the opening has ended,
 * and, of a session whose opening nobody tells of, before the first ping. Any thread.
 */
public interface Opening {

    /** The opening is about to run; {@link #opened} follows. */
    void opening();

    void opened();
}
