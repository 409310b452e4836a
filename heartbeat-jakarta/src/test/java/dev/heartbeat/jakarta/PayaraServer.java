package dev.heartbeat.jakarta;

import java.nio.file.Path;
import java.util.List;

/** Payara Micro: Tyrus as a part of a servlet container on Grizzly, as in GlassFish. */
final class PayaraServer implements ApplicationServer {

    @Override
    public Path files() {
        return FILES.resolve("payara-micro.jar");
    }

    @Override
    public List<String> command(Path war, int port, Path directory) {
        return ApplicationServer.java(
                "-Xmx512m",
                "-jar",
                files(),
                "--rootDir",
                directory,
                "--port",
                port,
                "--noCluster",
                "--noHazelcast",
                "--deploy",
                war);
    }

    @Override
    public String product() {
        return "payara-micro " + System.getProperty("heartbeat.payara.version");
    }

    @Override
    public String toString() {
        return "payara";
    }
}
