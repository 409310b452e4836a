package dev.heartbeat.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whoever copies Java from the README has something that compiles. */
class ReadmeTest {

    private static final Path README = Path.of("..", "README.md");
    private static final Pattern BLOCK = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);
    private static final String IMPORTS = """
            import dev.heartbeat.*;
            import dev.heartbeat.examples.LoggingListener;
            import dev.heartbeat.jakarta.SessionHeartbeat;
            import dev.heartbeat.micrometer.HeartbeatMetrics;
            import dev.heartbeat.netty.HeartbeatHandler;
            import dev.heartbeat.testkit.*;
            import io.micrometer.core.instrument.MeterRegistry;
            import io.netty.channel.*;
            import io.netty.handler.codec.http.*;
            import io.netty.handler.codec.http.websocketx.*;
            import jakarta.websocket.*;
            import java.time.Duration;
            import org.slf4j.*;
            """;

    @TempDir
    private Path classes;

    static Stream<String> blocks() throws IOException {
        return BLOCK.matcher(Files.readString(README)).results().map(block -> block.group(1));
    }

    @Test
    void hasJavaToCopy() throws IOException {
        assertThat(blocks()).hasSizeGreaterThan(3);
    }

    @ParameterizedTest
    @MethodSource("blocks")
    void compiles(String block) {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter complaints = new StringWriter();

        boolean compiled = compiler.getTask(
                        complaints,
                        null,
                        null,
                        List.of("-proc:none", "-d", classes.toString()),
                        null,
                        List.of(source(unit(block))))
                .call();

        assertThat(compiled).as("%s%n%s", block, complaints).isTrue();
    }

    /** What the README leaves out: imports, and what its lines stand in. */
    private static String unit(String block) {
        boolean isClass = block.contains("class ");
        boolean isMember = block.contains("@OnOpen") || block.contains("@OnMessage");
        String log = "static final Logger log = LoggerFactory.getLogger(\"app\");";
        if (isClass) {
            return IMPORTS.replace("import dev.heartbeat.examples.LoggingListener;\n", "")
                    + block.replaceFirst("public ", "").replaceFirst("\\{", "{ " + log);
        }
        String context = log
                + "Session session; HeartbeatPolicy policy; Heartbeat heartbeat; MeterRegistry registry; ChannelPipeline pipeline;";
        String body = isMember ? block : "ZombieDetector detector; void run() throws Exception {\n" + block + "}";
        return IMPORTS + "class Snippet { " + context + "\n" + body + "}";
    }

    private static JavaFileObject source(String text) {
        return new SimpleJavaFileObject(URI.create("string:///Snippet.java"), JavaFileObject.Kind.SOURCE) {
            @Override
            public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                return text;
            }
        };
    }
}
