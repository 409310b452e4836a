package dev.heartbeat.internal.kernel;

import java.io.IOException;
import java.util.Set;

/** Where the sockets of this host stand. */
public interface SocketTable {

    /**
     * Reads the table once; may take a second where there are very many sockets.
     *
     * @param wanted the sockets that are asked about
     * @return those of them that the table has, and how long it is
     * @throws java.nio.file.NoSuchFileException if there is no table here, nor will there be
     * @throws java.nio.file.AccessDeniedException if this process may not read it, nor will it be allowed to
     * @throws IOException if it could not be read this time
     */
    TableContents read(Set<SocketAddresses> wanted) throws IOException;
}
