package dev.heartbeat;

import dev.heartbeat.internal.kernel.SocketTable;

/** Gives tests in other packages a kernel of their own. */
public final class KernelAccess {

    private KernelAccess() {}

    /**
     * Has a detector ask another table of sockets.
     *
     * @param builder of the detector
     * @param table the table
     * @return the builder
     */
    public static ZombieDetector.Builder sockets(ZombieDetector.Builder builder, SocketTable table) {
        return builder.sockets(table);
    }
}
