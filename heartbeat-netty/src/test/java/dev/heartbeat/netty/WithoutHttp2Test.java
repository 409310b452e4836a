package dev.heartbeat.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heartbeat.HeartbeatPolicy;
import dev.heartbeat.TransportFacts;
import dev.heartbeat.ZombieDetector;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.File;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** An application need not have the HTTP/2 codec. */
class WithoutHttp2Test {

    @Test
    void aChannelWithoutAnOutboundBufferIsAskedInVain() throws Exception {
        try (URLClassLoader application = new URLClassLoader(withoutHttp2(), ClassLoader.getPlatformClassLoader())) {
            assertThatThrownBy(() -> application.loadClass("io.netty.handler.codec.http2.Http2StreamChannel"))
                    .isInstanceOf(ClassNotFoundException.class);

            LongSupplier waiting = (LongSupplier) application
                    .loadClass(Waiting.class.getName())
                    .getDeclaredConstructor()
                    .newInstance();

            assertThat(waiting.getAsLong()).isEqualTo(TransportFacts.UNKNOWN);
        }
    }

    private static URL[] withoutHttp2() {
        return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> !entry.contains("http2"))
                .map(Path::of)
                .map(Path::toUri)
                .map(WithoutHttp2Test::url)
                .toArray(URL[]::new);
    }

    private static URL url(URI uri) {
        try {
            return uri.toURL();
        } catch (MalformedURLException impossible) {
            throw new AssertionError(impossible);
        }
    }

    /** What waits in a channel that is closed, by the classes that the application has. */
    public static final class Waiting implements LongSupplier {

        /** For the class loader. */
        public Waiting() {}

        @Override
        public long getAsLong() {
            try (ZombieDetector detector = ZombieDetector.create(HeartbeatPolicy.defaults())) {
                HeartbeatHandler handler = new HeartbeatHandler(detector);
                EmbeddedChannel channel = new EmbeddedChannel(handler);
                channel.close();
                return handler.facts().waiting();
            }
        }
    }
}
