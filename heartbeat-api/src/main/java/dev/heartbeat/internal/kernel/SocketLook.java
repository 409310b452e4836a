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
    private volatile @Nullable SocketState state;

    SocketLook(SocketAddresses socket) {
        this.socket = socket;
    }

    void answer(@Nullable SocketState found) {
        state = found;
        done = true;
    }

    /** Whether it has been answered. */
    public boolean isDone() {
        return done;
    }

    /** What the kernel knows; null if it does not know the socket, or cannot be asked, or has not been yet. */
    public @Nullable SocketState state() {
        return state;
    }
}
