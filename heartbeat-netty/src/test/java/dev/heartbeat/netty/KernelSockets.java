package dev.heartbeat.netty;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Stream;

/** What the Linux kernel still keeps of connections: a row in {@code /proc/net/tcp} each, with or without a descriptor. */
final class KernelSockets {

    private KernelSockets() {}

    /** The states of the sockets from one local port to one remote port, as hexadecimal numbers: 01 is established. */
    static Stream<String> states(int localPort, int remotePort) {
        String local = String.format(Locale.ROOT, ":%04X", localPort);
        String remote = String.format(Locale.ROOT, ":%04X", remotePort);
        return Stream.of("/proc/net/tcp", "/proc/net/tcp6")
                .map(Path::of)
                .filter(Files::exists)
                .flatMap(KernelSockets::rows)
                .map(row -> row.trim().split(" +"))
                .filter(columns -> columns[1].endsWith(local) && columns[2].endsWith(remote))
                .map(columns -> columns[3]);
    }

    private static Stream<String> rows(Path table) {
        try {
            return Files.readAllLines(table).stream().skip(1);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
