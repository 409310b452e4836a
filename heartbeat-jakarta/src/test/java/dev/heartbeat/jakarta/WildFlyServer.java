package dev.heartbeat.jakarta;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** WildFly, which serves by Undertow, in modules of its own kind. */
final class WildFlyServer implements ApplicationServer {

    private static final String VERSION = System.getProperty("heartbeat.wildfly.version");

    @Override
    public Path files() {
        return FILES.resolve("wildfly-" + VERSION);
    }

    @Override
    public List<String> command(Path war, int port, Path directory) throws IOException {
        Path configuration = Files.createDirectories(directory.resolve("configuration"));
        Path original = files().resolve("standalone").resolve("configuration");
        try (Stream<Path> files = Files.list(original)) {
            for (Path file : files.toList()) {
                Files.copy(file, configuration.resolve(file.getFileName()));
            }
        }
        Path deployments = Files.createDirectories(directory.resolve("deployments"));
        Files.copy(war, deployments.resolve("app.war"));
        return ApplicationServer.java(
                "-Xmx512m",
                "--add-exports=java.naming/com.sun.jndi.ldap=ALL-UNNAMED",
                "--add-opens=java.base/java.lang=ALL-UNNAMED",
                "--add-opens=java.base/java.lang.invoke=ALL-UNNAMED",
                "--add-opens=java.base/java.util=ALL-UNNAMED",
                "--add-opens=java.base/java.util.concurrent=ALL-UNNAMED",
                "-Djboss.home.dir=" + files(),
                "-Djboss.server.base.dir=" + directory,
                "-Djboss.bind.address=0.0.0.0",
                "-Djboss.http.port=" + port,
                "-Djboss.https.port=0",
                "-Djboss.management.http.port=0",
                "-jar",
                files().resolve("jboss-modules.jar"),
                "-mp",
                files().resolve("modules"),
                "org.jboss.as.standalone");
    }

    @Override
    public String product() {
        return "wildfly " + VERSION;
    }

    @Override
    public String toString() {
        return "wildfly";
    }
}
