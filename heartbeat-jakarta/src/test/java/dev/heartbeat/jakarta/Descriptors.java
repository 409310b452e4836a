package dev.heartbeat.jakarta;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/** Looks in /proc for what {@code isOpen} does not tell: whether this process still holds a file descriptor. */
final class Descriptors {

    private static final int ANY = 0;

    private Descriptors() {}

    /** Whether this process holds the server's end of a connection: a socket between those two ports. */
    static boolean isHeld(int serverPort, int peerPort) {
        Set<String> inodes = inodes(serverPort, peerPort);
        return !inodes.isEmpty() && held().stream().anyMatch(inodes::contains);
    }

    /** Whether this process holds a client's end of a connection to that port. */
    static boolean isHeldByClient(int serverPort) {
        Set<String> inodes = inodes(ANY, serverPort);
        return !inodes.isEmpty() && held().stream().anyMatch(inodes::contains);
    }

    private static Set<String> inodes(int localPort, int remotePort) {
        Set<String> inodes = new HashSet<>();
        for (String table : new String[] {"/proc/net/tcp", "/proc/net/tcp6"}) {
            Path path = Path.of(table);
            if (!Files.exists(path)) {
                continue;
            }
            try (Stream<String> lines = Files.lines(path)) {
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
        return Integer.parseInt(address.substring(address.indexOf(':') + 1).toUpperCase(Locale.ROOT), 16);
    }

    private static Set<String> held() {
        Set<String> held = new HashSet<>();
        try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
            for (Path descriptor : descriptors) {
                try {
                    held.add(Files.readSymbolicLink(descriptor).toString());
                } catch (IOException closedMeanwhile) {
                    continue;
                }
            }
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
        return held;
    }
}
