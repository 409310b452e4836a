package dev.heartbeat.examples;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Counts the file descriptors that this process holds for connections accepted on one port, which tells the server's ends
 * from the devices' in the same process. Needs Linux' {@code /proc}.
 */
final class Descriptors {

    private static final Path OWN = Path.of("/proc/self/fd");
    private static final List<Path> TABLES = List.of(Path.of("/proc/self/net/tcp"), Path.of("/proc/self/net/tcp6"));
    private static final String LISTENING = "0A";
    private static final int LOCAL = 1;
    private static final int STATE = 3;
    private static final int INODE = 9;

    private final String localPort;

    Descriptors(int port) {
        this.localPort = String.format(":%04X", port);
    }

    /** How many there are now; empty where that cannot be known. */
    OptionalInt count() {
        try {
            Set<String> accepted = accepted();
            int held = 0;
            try (DirectoryStream<Path> own = Files.newDirectoryStream(OWN)) {
                for (Path descriptor : own) {
                    if (accepted.contains(target(descriptor))) {
                        held++;
                    }
                }
            }
            return OptionalInt.of(held);
        } catch (IOException elsewhere) {
            return OptionalInt.empty();
        }
    }

    /** The server's connections, as the links in {@code fd} show them. */
    private Set<String> accepted() throws IOException {
        Set<String> sockets = new HashSet<>();
        for (Path table : TABLES) {
            if (Files.exists(table)) {
                for (String row : Files.readAllLines(table)) {
                    String[] fields = row.trim().split("\\s+", -1);
                    if (fields[LOCAL].endsWith(localPort) && !fields[STATE].equals(LISTENING)) {
                        sockets.add("socket:[" + fields[INODE] + "]");
                    }
                }
            }
        }
        return sockets;
    }

    private static String target(Path descriptor) throws IOException {
        try {
            return Files.readSymbolicLink(descriptor).toString();
        } catch (NoSuchFileException closedMeanwhile) {
            return "";
        }
    }
}
