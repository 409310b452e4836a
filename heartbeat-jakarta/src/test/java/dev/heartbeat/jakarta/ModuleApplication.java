package dev.heartbeat.jakarta;

import dev.heartbeat.ZombieDetector;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A process in which the library, a container and an application are named modules. */
final class ModuleApplication implements AutoCloseable {

    private static final String UNNAMED = "/wildfly-common-1.";

    private static final String MODULE = "application";

    private static final Path SOURCES = Path.of("src", "test", "java", "dev", "heartbeat", "application");

    private final Process process;
    private final Path output;

    private ModuleApplication(Process process, Path output) {
        this.process = process;
        this.output = output;
    }

    /** What the process prints is in {@code target}. */
    static ModuleApplication start(ModularContainer container) throws Exception {
        Path directory = Files.createTempDirectory(
                Files.createDirectories(Path.of("target")).toAbsolutePath(), "modules-");
        String modules = modulePath(container, directory);
        Path application = compile(container, modules, Files.createDirectory(directory.resolve(MODULE)));
        Path output = directory.resolve("output.log");
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(container.options());
        command.addAll(List.of("--module-path", application + File.pathSeparator + modules));
        command.addAll(List.of("--module", MODULE + "/dev.heartbeat.application." + container.main()));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        return new ModuleApplication(process, output);
    }

    /** The library and the jars of one container, of all that the tests have. */
    private static String modulePath(ModularContainer container, Path directory) throws Exception {
        List<String> modules = new ArrayList<>(List.of(code(ZombieDetector.class), code(SessionHeartbeat.class)));
        modules.addAll(container.ownJars());
        for (String jar : System.getProperty("java.class.path").split(File.pathSeparator)) {
            if (container.needs(jar)) {
                modules.add(
                        jar.contains(UNNAMED) ? named(Path.of(jar), directory).toString() : jar);
            }
        }
        return String.join(File.pathSeparator, modules);
    }

    /** Is called by the name that later versions have, and that others require, as only the name of its file can tell here. */
    private static Path named(Path jar, Path directory) throws IOException {
        return Files.copy(jar, directory.resolve("org.wildfly.common.jar"));
    }

    private static String code(Class<?> type) throws Exception {
        return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI())
                .toString();
    }

    private static Path compile(ModularContainer container, String modules, Path to) throws Exception {
        Path descriptor = Files.writeString(to.resolve("module-info.java"), descriptor(container));
        List<String> command = new ArrayList<>(container.compilerOptions());
        command.addAll(List.of("--module-path", modules, "-d", to.toString(), descriptor.toString()));
        command.addAll(Stream.of("Application", container.main())
                .map(name -> SOURCES.resolve(name + ".java").toString())
                .toList());
        int result = ToolProvider.findFirst("javac")
                .orElseThrow()
                .run(System.out, System.err, command.toArray(String[]::new));
        if (result != 0) {
            throw new IllegalStateException("cannot be compiled: " + descriptor);
        }
        return to;
    }

    private static String descriptor(ModularContainer container) {
        return container.required().stream()
                .map(name -> "requires " + name + "; ")
                .collect(Collectors.joining(
                        "",
                        "module " + MODULE + " { requires dev.heartbeat; requires dev.heartbeat.jakarta; ",
                        "opens dev.heartbeat.application; }"));
    }

    URI uri(String path) {
        return URI.create("ws://127.0.0.1:" + port() + path);
    }

    int port() {
        Bench.await("a port in " + output).until(() -> !printed("port ").isEmpty() || !process.isAlive());
        return printed("port ").stream()
                .findFirst()
                .map(Integer::valueOf)
                .orElseThrow(() -> new IllegalStateException("the process has ended, see " + output));
    }

    long pid() {
        return process.pid();
    }

    /** Each verdict, what became of the descriptor, and whether anything was known to wait to be sent. */
    List<String> reaped() {
        return printed("reaped ");
    }

    private List<String> printed(String beginning) {
        try (Stream<String> lines = Files.lines(output)) {
            return lines.filter(line -> line.startsWith(beginning))
                    .map(line -> line.substring(beginning.length()))
                    .toList();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
        process.onExit().orTimeout(1, TimeUnit.MINUTES).join();
    }
}
