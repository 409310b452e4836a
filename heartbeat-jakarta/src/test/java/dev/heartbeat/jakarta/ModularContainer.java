package dev.heartbeat.jakarta;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A container whose jars are modules, and what it takes that the library can do its work there. */
enum ModularContainer {
    TYRUS(
            "OnTyrus",
            List.of("/tyrus-", "/grizzly-", "/jakarta."),
            List.of(
                    "jakarta.websocket",
                    "org.glassfish.tyrus.server",
                    "org.glassfish.tyrus.spi",
                    "org.glassfish.tyrus.container.grizzly.server"),
            List.of(
                    "org.glassfish.tyrus.core/org.glassfish.tyrus.core",
                    "org.glassfish.tyrus.spi/org.glassfish.tyrus.spi",
                    "org.glassfish.tyrus.container.grizzly.server/org.glassfish.tyrus.container.grizzly.server",
                    "org.glassfish.tyrus.container.grizzly.client/org.glassfish.tyrus.container.grizzly.client")),
    TOMCAT(
            "OnTomcat",
            List.of("/tomcat-"),
            List.of("org.apache.tomcat.embed.core", "org.apache.tomcat.embed.websocket"),
            List.of()),
    JETTY(
            "OnJetty",
            List.of("/jetty-", "/jakarta.", "/asm"),
            List.of(
                    "jakarta.websocket",
                    "org.eclipse.jetty.server",
                    "org.eclipse.jetty.ee10.servlet",
                    "org.eclipse.jetty.ee10.websocket.jakarta.server"),
            List.of(
                    "org.eclipse.jetty.io/org.eclipse.jetty.io",
                    "org.eclipse.jetty.io/org.eclipse.jetty.io.ssl",
                    "org.eclipse.jetty.websocket.core.common/org.eclipse.jetty.websocket.core",
                    "org.eclipse.jetty.websocket.core.common/org.eclipse.jetty.websocket.core.internal",
                    "org.eclipse.jetty.websocket.core.common/org.eclipse.jetty.websocket.core.util")),
    UNDERTOW(
            "OnUndertow",
            List.of("/undertow-", "/xnio-", "/jboss-threads-", "/wildfly-", "/smallrye-", "/jakarta."),
            List.of(
                    "jakarta.websocket",
                    "jakarta.servlet",
                    "org.jboss.threads",
                    "undertow.core",
                    "undertow.servlet",
                    "undertow.websockets.jsr"),
            List.of());

    private final String main;
    private final List<String> jars;
    private final List<String> required;
    private final List<String> opened;

    ModularContainer(String main, List<String> jars, List<String> required, List<String> opened) {
        this.main = main;
        this.jars = jars;
        this.required = required;
        this.opened = opened;
    }

    static Stream<ModularContainer> chosen() {
        Set<String> wanted = Launcher.chosen()
                .map(launcher -> launcher.toString().toUpperCase(Locale.ROOT))
                .collect(Collectors.toSet());
        return Stream.of(values()).filter(container -> wanted.contains(container.name()));
    }

    /** The class of the application that starts it. */
    String main() {
        return main;
    }

    /** Beside the library, what the application's module requires. */
    List<String> required() {
        return required;
    }

    boolean needs(String jar) {
        return Stream.concat(Stream.of("/slf4j-"), jars.stream()).anyMatch(jar::contains);
    }

    /** What is of another version among modules than on the class path. */
    List<String> ownJars() throws IOException {
        if (this != UNDERTOW) {
            return List.of();
        }
        try (Stream<Path> jars = Files.list(Path.of("target", "modules-of-undertow"))) {
            return jars.map(jar -> jar.toAbsolutePath().toString()).toList();
        }
    }

    /** Where the API is in a module of the container's, the compiler is told that the library means that one. */
    List<String> compilerOptions() {
        return this == TOMCAT
                ? List.of("--add-reads", "dev.heartbeat.jakarta=org.apache.tomcat.embed.websocket")
                : List.of();
    }

    List<String> options() {
        return opened.stream()
                .flatMap(opens -> Stream.of("--add-opens", opens + "=dev.heartbeat.jakarta"))
                .toList();
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
