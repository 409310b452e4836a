package dev.heartbeat.jakarta;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Open Liberty, whose WebSocket implementation is its own, in OSGi bundles. */
final class LibertyServer implements ApplicationServer {

    private static final String NAME = "heartbeat";

    @Override
    public Path files() {
        return FILES.resolve("wlp");
    }

    @Override
    public List<String> command(Path war, int port, Path directory) throws IOException {
        Path server = Files.createDirectories(directory.resolve("servers").resolve(NAME));
        Files.writeString(server.resolve("server.xml"), """
                <server>
                  <featureManager><feature>servlet-6.0</feature><feature>websocket-2.1</feature></featureManager>
                  <httpEndpoint id="defaultHttpEndpoint" host="*" httpPort="%d"/>
                  <webApplication location="%s" contextRoot="/app"/>
                </server>
                """.formatted(port, war));
        return List.of(
                "env",
                "WLP_USER_DIR=" + directory,
                ApplicationServer.java().get(0),
                "-Xmx512m",
                "-jar",
                files().resolve("bin").resolve("tools").resolve("ws-server.jar").toString(),
                NAME);
    }

    @Override
    public String product() {
        return "openliberty " + System.getProperty("heartbeat.liberty.version");
    }

    @Override
    public String toString() {
        return "liberty";
    }
}
