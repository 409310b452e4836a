package dev.heartbeat.netty;

import static dev.heartbeat.netty.LiveServer.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.testkit.RawPeer;
import java.io.IOException;
import java.io.StringWriter;
import java.net.BindException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import javax.tools.JavaCompiler;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The program in the documentation of the package is one. */
class ManualTest {

    private static final Path MANUAL = Path.of("src/main/java/dev/heartbeat/netty/package-info.java");

    @TempDir
    Path classes;

    @Test
    void theServerInTheManualCompilesAndShakesHands() throws Exception {
        compile("EchoServer", program());
        int port = freePort();
        Thread server = new Thread(() -> run("EchoServer", Integer.toString(port)), "echo-server");
        server.start();

        try {
            await().until(() -> shakesHands(port));
        } finally {
            server.interrupt();
            server.join();
        }
    }

    private static String program() throws IOException {
        String manual = Files.readString(MANUAL).replaceAll("(?m)^ \\* ?", "");
        int begin = manual.indexOf("{@code\n") + "{@code\n".length();
        return manual.substring(begin, manual.indexOf("}</pre>", begin));
    }

    private void compile(String name, String program) {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        SimpleJavaFileObject source =
                new SimpleJavaFileObject(URI.create("string:///" + name + ".java"), SimpleJavaFileObject.Kind.SOURCE) {
                    @Override
                    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                        return program;
                    }
                };
        StringWriter complaints = new StringWriter();
        List<String> options = List.of("-d", classes.toString(), "-classpath", System.getProperty("java.class.path"));
        assertThat(compiler.getTask(complaints, null, null, options, null, List.of(source))
                        .call())
                .as(complaints::toString)
                .isTrue();
    }

    private void run(String name, String... args) {
        try (URLClassLoader loader =
                new URLClassLoader(new URL[] {classes.toUri().toURL()})) {
            loader.loadClass(name).getMethod("main", String[].class).invoke(null, (Object) args);
        } catch (ReflectiveOperationException | IOException interrupted) {
            // as every server is in the end
        }
    }

    private static boolean shakesHands(int port) {
        try (RawPeer peer = RawPeer.connect(URI.create("ws://127.0.0.1:" + port + "/echo"))) {
            return peer.localPort() != 0;
        } catch (IOException notYet) {
            return false;
        }
    }

    /** A port out of the range from which the kernel serves all others, so that nobody takes it before the server does. */
    private static int freePort() throws IOException {
        while (true) {
            int port = ThreadLocalRandom.current().nextInt(20_000, 32_000);
            try (ServerSocket socket = new ServerSocket(port)) {
                return socket.getLocalPort();
            } catch (BindException taken) {
                // so another one
            }
        }
    }
}
