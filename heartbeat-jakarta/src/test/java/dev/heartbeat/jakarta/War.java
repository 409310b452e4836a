package dev.heartbeat.jakarta;

import dev.heartbeat.ZombieDetector;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.simple.SimpleLogger;

/** Packs a web application: {@link DeployedEndpoint}, and in {@code WEB-INF/lib} this library as users have it. */
final class War {

    private static final List<Class<?>> LIBRARIES =
            List.of(SessionHeartbeat.class, ZombieDetector.class, Logger.class, SimpleLogger.class);

    private War() {}

    /**
     * Writes the file.
     *
     * @param war where to
     * @param events where the application is to write what it hears
     */
    static void write(Path war, Path events) throws IOException {
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(war))) {
            add(
                    out,
                    "WEB-INF/classes/" + DeployedEndpoint.FILE,
                    events.toString().getBytes(StandardCharsets.UTF_8));
            Path classes = location(DeployedEndpoint.class);
            String prefix = DeployedEndpoint.class.getName().replace('.', '/');
            for (Path file : files(classes)) {
                String name = name(classes, file);
                if (name.startsWith(prefix)) {
                    add(out, "WEB-INF/classes/" + name, Files.readAllBytes(file));
                }
            }
            for (Class<?> library : LIBRARIES) {
                Path jar = location(library);
                add(
                        out,
                        "WEB-INF/lib/" + library.getSimpleName() + ".jar",
                        Files.isDirectory(jar) ? jar(jar) : Files.readAllBytes(jar));
            }
        }
    }

    /** Within a build of all modules a module is a directory of classes. */
    private static byte[] jar(Path classes) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JarOutputStream out = new JarOutputStream(bytes)) {
            for (Path file : files(classes)) {
                add(out, name(classes, file), Files.readAllBytes(file));
            }
        }
        return bytes.toByteArray();
    }

    private static List<Path> files(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(Files::isRegularFile).toList();
        }
    }

    private static String name(Path root, Path file) {
        return root.relativize(file).toString().replace('\\', '/');
    }

    private static void add(JarOutputStream out, String name, byte[] content) throws IOException {
        out.putNextEntry(new JarEntry(name));
        out.write(content);
        out.closeEntry();
    }

    private static Path location(Class<?> type) {
        try {
            return Path.of(
                    type.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (URISyntaxException malformed) {
            throw new IllegalStateException(malformed);
        }
    }
}
