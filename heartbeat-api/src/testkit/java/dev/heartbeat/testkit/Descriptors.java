package dev.heartbeat.testkit;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Looks in /proc for what no transport tells: whether a process still holds the file descriptor of a connection. Where
 * there is no /proc, the test is skipped.
 */
public final class Descriptors {

    private static final int ANY = 0;

    private Descriptors() {}

    /**
     * Tells whether this process holds the server's end of a connection: a socket between those two ports.
     *
     * @param serverPort the port here
     * @param peerPort the port there
     * @return false once the descriptor is free
     */
    public static boolean isHeld(int serverPort, int peerPort) {
        return isHeld(ProcessHandle.current().pid(), serverPort, peerPort);
    }

    /**
     * Tells whether another process, a server that a test has started, holds its end of a connection.
     *
     * @param process its number
     * @param serverPort the port there
     * @param peerPort the port of the peer
     * @return false once the descriptor is free, or the process has ended
     */
    public static boolean isHeld(long process, int serverPort, int peerPort) {
        return isAnyHeld(process, inodes(serverPort, peerPort));
    }

    /**
     * Tells whether this process holds a client's end of a connection.
     *
     * @param serverPort the port there
     * @return false once no descriptor of a connection to that port is left
     */
    public static boolean isHeldByClient(int serverPort) {
        return isAnyHeld(ProcessHandle.current().pid(), inodes(ANY, serverPort));
    }

    private static boolean isAnyHeld(long process, Set<String> inodes) {
        assumeTrue(Files.exists(Path.of("/proc/self/fd")), "descriptors are looked for in /proc");
        return !inodes.isEmpty() && held(process).stream().anyMatch(inodes::contains);
    }

    private static Set<String> inodes(int localPort, int remotePort) {
        Set<String> inodes = new HashSet<>();
        for (Path table : List.of(Path.of("/proc/net/tcp"), Path.of("/proc/net/tcp6"))) {
            if (!Files.exists(table)) {
                continue;
            }
            try (Stream<String> lines = Files.lines(table)) {
                lines.skip(1)
                        .map(line -> line.strip().split("\\s+"))
                        .filter(row -> (localPort == ANY || port(row[1]) == localPort) && port(row[2]) == remotePort)
                        .forEach(row -> inodes.add("socket:[" + row[9] + "]"));
            } catch (IOException unreadable) {
                throw new UncheckedIOException(unreadable);
            }
        }
        return inodes;
    }

    private static int port(String address) {
        return Integer.parseInt(address.substring(address.indexOf(':') + 1), 16);
    }

    private static Set<String> held(long process) {
        Set<String> held = new HashSet<>();
        Path directory = Path.of("/proc", String.valueOf(process), "fd");
        if (!Files.exists(directory)) {
            return held;
        }
        try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(directory)) {
            for (Path descriptor : descriptors) {
                try {
                    held.add(Files.readSymbolicLink(descriptor).toString());
                } catch (IOException closedMeanwhile) {
                    // so it is not held
                }
            }
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
        return held;
    }
}
