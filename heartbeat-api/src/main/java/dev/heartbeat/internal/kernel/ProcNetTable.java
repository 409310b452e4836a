package dev.heartbeat.internal.kernel;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteOrder;
import java.nio.file.AccessMode;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Set;

/**
 * The table that Linux shows to every process, one line for each TCP socket of its network namespace. What has no descriptor any
 * more, listens, or only waits for the end of its time, is not found in it. Any thread.
 */
public final class ProcNetTable implements SocketTable {

    private final Path tcp;
    private final Path tcp6;
    private final ByteOrder order;

    /** The table of this process's network namespace. */
    public ProcNetTable() {
        this(Path.of("/proc/self/net/tcp"), Path.of("/proc/self/net/tcp6"), ByteOrder.nativeOrder());
    }

    ProcNetTable(Path tcp, Path tcp6, ByteOrder order) {
        this.tcp = tcp;
        this.tcp6 = tcp6;
        this.order = order;
    }

    @Override
    public TableContents read(Set<SocketAddresses> wanted) throws IOException {
        WantedSockets sockets = new WantedSockets(wanted);
        TableReader reader = new TableReader(order, sockets);
        try (InputStream in = open(tcp)) {
            reader.read(in);
        }
        try (InputStream in = open(tcp6)) {
            reader.read(in);
        } catch (NoSuchFileException withoutIpv6) {
            return new TableContents(sockets.found(), reader.rows());
        }
        return new TableContents(sockets.found(), reader.rows());
    }

    /**
     * Not a channel, which an interrupt of the thread would close. A process that has run out of descriptors is refused with
     * the same exception as one that finds no file, so that the difference is asked for.
     */
    private static InputStream open(Path path) throws IOException {
        path.getFileSystem().provider().checkAccess(path, AccessMode.READ);
        return new FileInputStream(path.toFile());
    }
}
