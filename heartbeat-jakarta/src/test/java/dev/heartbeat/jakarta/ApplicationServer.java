package dev.heartbeat.jakarta;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A server that is a program of its own and deploys a web application. Its files are in {@code target/servers}, where the
 * profile of the build that is named after it puts them.
 */
interface ApplicationServer {

    Path FILES = Path.of("target", "servers").toAbsolutePath();

    /** The file or directory that the server is. */
    Path files();

    /** The product and its version. */
    String product();

    /**
     * The command that starts the server, in the foreground, on a port, with a web application at {@code /app}.
     *
     * @param war {@code app.war}
     * @param directory for whatever the server wants to write
     */
    List<String> command(Path war, int port, Path directory) throws IOException;

    /** Those that the build has unpacked. */
    static Stream<ApplicationServer> present() {
        return Stream.<ApplicationServer>of(new PayaraServer(), new WildFlyServer(), new LibertyServer())
                .filter(server -> Files.exists(server.files()));
    }

    /** A command that begins with the JVM of this test. */
    static List<String> java(Object... arguments) {
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        Stream.of(arguments).map(String::valueOf).forEach(command::add);
        return command;
    }
}
