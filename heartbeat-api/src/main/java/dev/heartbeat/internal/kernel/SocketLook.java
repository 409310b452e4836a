package dev.heartbeat.internal.kernel;

import dev.heartbeat.SocketState;
import org.jspecify.annotations.Nullable;

/** A question to the kernel about one socket. Any thread. */
public final class SocketLook {

    final SocketAddresses socket;

    /** The one that was asked before it and is not answered either. */
    @Nullable
    SocketLook next;

    private volatile boolean done;
    private volatile boolean found;
    private volatile boolean absent;
    private volatile @Nullable SocketState state;

    SocketLook(SocketAddresses socket) {
        this.socket = socket;
    }

    /** The table has been read, and has the socket, or several that look like it, of whose state nothing is known. */
    void found(@Nullable SocketState known) {
        state = known;
        found = true;
        done = true;
    }

    /** The table has been read, and has no such socket. */
    void missed() {
        absent = true;
        done = true;
    }

    /** The table could not be read. */
    void giveUp() {
        done = true;
    }

    /** Whether it has been answered. */
    public boolean isDone() {
        return done;
    }

    /** Whether the kernel has such a socket, or several. */
    public boolean isFound() {
        return found;
    }

    /** Whether the kernel has no such socket that anybody holds; false also if it cannot be asked. A pass may miss a socket. */
    public boolean isAbsent() {
        return absent;
    }

    /** What the kernel knows; null if it does not know the socket, or cannot be asked, or has not been yet. */
    public @Nullable SocketState state() {
        return state;
    }
}
