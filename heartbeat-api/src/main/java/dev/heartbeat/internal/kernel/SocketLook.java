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
    private volatile boolean read;
    private volatile @Nullable FoundSocket socketFound;

    SocketLook(SocketAddresses socket) {
        this.socket = socket;
    }

    /** The table has been read; null if it has no such socket. */
    void answer(@Nullable FoundSocket found) {
        socketFound = found;
        read = true;
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
        return socketFound != null;
    }

    /** Whether the kernel has no such socket that anybody holds; false also if it cannot be asked. A pass may miss a socket. */
    public boolean isAbsent() {
        return read && socketFound == null;
    }

    /** The number of the socket, by which it is told from another with the same ends; 0 if that is not known. */
    public long number() {
        FoundSocket found = socketFound;
        return found == null ? 0 : found.number();
    }

    /** What the kernel knows; null if it does not know the socket, or cannot be asked, or has not been yet. */
    public @Nullable SocketState state() {
        FoundSocket found = socketFound;
        return found == null ? null : found.state();
    }
}
